package lead

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/firm"
)

// MatchKey is one way to recognise an investor that somebody reported
// before.
type MatchKey struct {
	Kind string // credit_code, name, kin, near, domain, phone or mail
	Key  string
}

// The kinds of keys that do not come from names.
const (
	keyCreditCode = "credit_code"
	keyDomain     = "domain"
	keyPhone      = "phone"
	keyMail       = "mail"
)

// Party is what the register recognises an investor by.
type Party struct {
	Name, CreditCode             *string
	ParentName, ParentCreditCode *string
	Website                      *string
	Phones                       []string // keyed hashes of their tails
	Mails                        []string // domains of mail addresses
}

// party is who the lead is about; contacts are kept apart.
func (l *Lead) party() Party {
	return Party{
		Name: l.InvestorName, CreditCode: l.CreditCode, ParentName: l.ParentName, ParentCreditCode: l.ParentCreditCode, Website: l.Website,
	}
}

// names reads the names of the investor and its group's parent.
func (p Party) names() []firm.Name { return namesOf(p.Name, p.ParentName) }

func namesOf(names ...*string) []firm.Name {
	var out []firm.Name
	for _, n := range names {
		if n != nil {
			out = append(out, firm.Read(*n))
		}
	}
	return out
}

// MatchKeys returns the keys that a lead is kept under, but for those of its
// contacts; none while nothing of the investor is known.
func MatchKeys(l Lead) []MatchKey {
	p := l.party()
	out := p.sure()
	for _, n := range p.names() {
		for _, k := range n.Keys() {
			out = append(out, MatchKey{Kind: k.Kind, Key: k.Value})
		}
	}
	return sortedKeys(out)
}

// sure are the keys that need no comparison of names.
func (p Party) sure() []MatchKey {
	var out []MatchKey
	for _, code := range []*string{p.CreditCode, p.ParentCreditCode} {
		if code != nil && *code != "" {
			out = append(out, MatchKey{Kind: keyCreditCode, Key: *code})
		}
	}
	if p.Website != nil {
		if domain, ok := firm.Domain(*p.Website); ok {
			out = append(out, MatchKey{Kind: keyDomain, Key: domain})
		}
	}
	return out
}

// ContactKeys returns the keys of a contact: the tail of the number as a
// keyed hash, and the domain of the mail address. Nothing of a person can be
// read from them.
func (s *Service) ContactKeys(c Contact) []MatchKey {
	var out []MatchKey
	if c.Phone != nil {
		if tail, ok := firm.PhoneTail(*c.Phone); ok {
			mac := hmac.New(sha256.New, s.phoneKey)
			mac.Write([]byte(tail))
			out = append(out, MatchKey{Kind: keyPhone, Key: base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:15])})
		}
	}
	if c.Email != nil {
		if domain, ok := firm.Domain(*c.Email); ok {
			out = append(out, MatchKey{Kind: keyMail, Key: domain})
		}
	}
	return out
}

// with adds the keys of a contact.
func (p Party) with(keys []MatchKey) Party {
	for _, k := range keys {
		if k.Kind == keyPhone {
			p.Phones = append(p.Phones, k.Key)
		} else {
			p.Mails = append(p.Mails, k.Key)
		}
	}
	return p
}

// Probe is what to look for in the index of keys.
type Probe struct {
	Equal  []MatchKey
	Begin  []string // of keys of the kind name
	Except id.Lead  // no hit; 0 for none
}

// probe returns what finds every lead whose investor may be the party.
func (p Party) probe() Probe {
	var out Probe
	out.Equal = p.sure()
	for _, n := range p.names() {
		look := n.Look()
		for _, k := range look.Equal {
			out.Equal = append(out.Equal, MatchKey{Kind: k.Kind, Key: k.Value})
		}
		out.Begin = append(out.Begin, look.Begin...)
	}
	for _, k := range out.Equal {
		if k.Kind == keyDomain {
			out.Equal = append(out.Equal, MatchKey{Kind: keyMail, Key: k.Key})
		}
	}
	for _, phone := range p.Phones {
		out.Equal = append(out.Equal, MatchKey{Kind: keyPhone, Key: phone})
	}
	for _, mail := range p.Mails {
		out.Equal = append(out.Equal, MatchKey{Kind: keyMail, Key: mail}, MatchKey{Kind: keyDomain, Key: mail})
	}
	out.Equal = sortedKeys(out.Equal)
	slices.Sort(out.Begin)
	out.Begin = slices.Compact(out.Begin)
	return out
}

// claims are the keys by which registrations of one investor wait for each
// other, in the one order that all of them take.
func (p Party) claims() []MatchKey {
	out := p.sure()
	for _, n := range p.names() {
		for _, k := range n.Keys() {
			if k.Kind == "name" || k.Kind == "kin" {
				out = append(out, MatchKey{Kind: k.Kind, Key: k.Value})
			}
		}
	}
	for _, phone := range p.Phones {
		out = append(out, MatchKey{Kind: keyPhone, Key: phone})
	}
	return sortedKeys(out)
}

func sortedKeys(keys []MatchKey) []MatchKey {
	slices.SortFunc(keys, func(a, b MatchKey) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key)) })
	return slices.Compact(keys)
}
