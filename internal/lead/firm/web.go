package firm

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Domain returns the registered domain of a web or mail address: the part
// that its owner paid for. False for what is none, for addresses of numbers,
// for free mail and shared hosts, which many firms use, and for the domains
// that stand in examples.
func Domain(address string) (string, bool) {
	host := strings.ToLower(strings.TrimSpace(plain(address)))
	if i := strings.LastIndex(host, "@"); i >= 0 {
		host = host[i+1:]
	}
	if !strings.Contains(host, "://") {
		host = "http://" + host
	}
	u, err := url.Parse(host)
	if err != nil {
		return "", false
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(u.Hostname(), "."))
	if err != nil {
		return "", false
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(ascii)
	if err != nil || numeric(domain[strings.LastIndex(domain, ".")+1:]) {
		return "", false
	}
	return domain, !known().shared[domain]
}

func numeric(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}

// tail is how many digits at the end tell telephone numbers apart, however
// the code of the country or town is written.
const tail = 8

// PhoneTail returns the last eight digits of a telephone number without its
// extension; false for short and for plainly invented ones.
func PhoneTail(number string) (string, bool) {
	text := plain(number)
	for _, mark := range []string{"ext", "转", "#", "x", ",", ";", "/", "、"} {
		text, _, _ = strings.Cut(text, mark)
	}
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, text)
	if len(digits) < tail || strings.HasPrefix(digits, "0000") {
		return "", false
	}
	last := digits[len(digits)-tail:]
	return last, strings.Trim(last, last[:1]) != ""
}
