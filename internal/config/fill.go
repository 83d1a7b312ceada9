package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// fill reads text into the field of the key and returns what is wrong with
// it.
func (c *Config) fill(k Key, text string) []error {
	if len(k.OneOf) > 0 && !oneOf(k.OneOf, text) {
		return []error{refuse(k.Name, fmt.Sprintf("%q is not one of %s", text, strings.Join(k.OneOf, ", ")))}
	}
	err := c.read(k, text)
	switch {
	case err != nil && k.Secret: // the text of the error could hold the value
		return []error{refuse(k.Name, "cannot be read")}
	case err != nil:
		return []error{refuse(k.Name, err.Error())}
	}
	return nil
}

func (c *Config) read(k Key, text string) (err error) {
	switch field := k.at(c).(type) {
	case *string:
		*field = text
	case *Hidden:
		*field = Hidden(text)
	case *bool:
		*field, err = strconv.ParseBool(text)
	case *int64:
		*field, err = between(k, text, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	case *time.Duration:
		*field, err = between(k, text, time.ParseDuration)
	case *slog.Level:
		err = field.UnmarshalText([]byte(text))
	case *[]netip.Prefix:
		*field, err = networks(text)
	default:
		err = fmt.Errorf("no reader for %T", field)
	}
	return err
}

// between reads a number and holds it against the limits of its key.
func between[T int64 | time.Duration](k Key, text string, read func(string) (T, error)) (T, error) {
	value, err := read(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a value of the form %s", text, k.Default)
	}
	if low, err := read(k.Min); err == nil && value < low {
		return 0, fmt.Errorf("%s is below %s", text, k.Min)
	}
	if high, err := read(k.Max); err == nil && value > high {
		return 0, fmt.Errorf("%s is above %s", text, k.Max)
	}
	return value, nil
}

func networks(text string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if address, single := netip.ParseAddr(part); err != nil && single == nil {
			network, err = address.Prefix(address.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 10.1.0.0/16", part)
		}
		if network.Bits() == 0 {
			return nil, fmt.Errorf("%q would believe every client about its own address", part)
		}
		out = append(out, network.Masked())
	}
	return out, nil
}

// impossible returns the combinations that cannot be meant, and works out
// what follows from others.
func (c *Config) impossible() []error {
	var wrong []error
	add := func(broken bool, key, why string) {
		if broken {
			wrong = append(wrong, refuse(key, why))
		}
	}
	c.Cookie.Secure = c.Cookie.Mode == "true" || c.Cookie.Mode == "auto" && !c.Demo
	loopback, err := isLoopback(c.Listen)
	if err != nil {
		return append(wrong, refuse("listen", err.Error()))
	}
	add(c.Demo && !loopback, "demo", "the demo world has open accounts and is served on a loopback address only, not on "+c.Listen)
	add(!c.Cookie.Secure && !loopback, "cookie.secure", "cannot be false while the program listens beyond this machine ("+c.Listen+")")
	add(c.DataDir == "", "data.dir", "must not be empty")
	add(c.Session.Idle > c.Session.Absolute, "session.idle", "is longer than session.absolute")
	add(c.Session.AccessTTL > c.Session.Absolute, "session.access_ttl", "is longer than session.absolute")
	add(c.Metrics.Token != "" && len(c.Metrics.Token) < 16, "metrics.token", "is shorter than 16 characters")
	if c.Secret != "" {
		if err := checkSecret(c.Secret.Reveal()); err != nil {
			wrong = append(wrong, refuse("secret", err.Error()))
		}
	}
	return append(wrong, c.impossibleMail()...)
}

// isLoopback tells whether the address can be reached from this machine
// only. A name other than localhost counts as reachable from elsewhere: what
// it resolves to may change.
func isLoopback(listen string) (bool, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return false, fmt.Errorf("%q is not of the form 127.0.0.1:8080", listen)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return false, fmt.Errorf("%q is not a port", port)
	}
	if host == "localhost" {
		return true, nil
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback(), nil
}

func oneOf(words []string, text string) bool {
	for _, w := range words {
		if w == text {
			return true
		}
	}
	return false
}
