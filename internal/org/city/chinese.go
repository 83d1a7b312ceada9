package city

import "github.com/leadrelay/leadrelay/internal/org"

// Chinese returns the Chinese of the sources and notes of the first content,
// by the text that Load gives, which is what the database holds. A text that
// an administrator wrote is not in it and is shown as it was written.
// It fails where Load fails.
func Chinese() (map[string]string, error) {
	stored, err := load(false)
	if err != nil {
		return nil, err
	}
	shown, err := load(true)
	if err != nil {
		return nil, err
	}
	out, zh := map[string]string{}, texts(shown)
	for i, text := range texts(stored) {
		if text != zh[i] {
			out[text] = zh[i]
		}
	}
	return out, nil
}

// texts lists every source and note, in the order of the file.
func texts(c org.City) []string {
	var out []string
	for _, u := range c.Units {
		out = append(out, u.Source, u.Note)
		for _, code := range u.Codes {
			out = append(out, code.Source)
		}
		for _, l := range u.Links {
			out = append(out, l.Source)
		}
	}
	for _, chain := range c.Chains {
		out = append(out, chain.Source)
	}
	for _, p := range c.Parks {
		out = append(out, p.Source, p.Note)
	}
	for _, r := range c.Rules {
		out = append(out, r.Source)
	}
	return out
}
