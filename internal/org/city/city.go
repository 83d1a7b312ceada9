package city

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
)

// Load returns the organisation of Zhongshan as the first content of a
// database: 72 units, 10 chains, 25 parks, the numbers of the city and the
// published office calendar.
//
// It fails on a name in the file that the program does not know, so that no
// fact is dropped without a word.
func Load() (org.City, error) { return load(false) }

// load reads the file; chinese gives the sources and notes as the Chinese
// page shows them.
func load(chinese bool) (org.City, error) {
	var f file
	if err := decode(organisation, &f); err != nil {
		return org.City{}, fmt.Errorf("read zhongshan.yaml: %w", err)
	}
	r := reader{sources: f.Sources, chinese: chinese}
	if chinese {
		maps.Copy(r.sources, f.SourcesZH)
	}
	if r.asOf, r.err = clock.ParseDate(f.Meta.AsOf); r.err != nil {
		return org.City{}, fmt.Errorf("read zhongshan.yaml: as_of: %w", r.err)
	}
	city := org.City{
		Units: r.units(f), Chains: r.chains(f.Chains), Parks: r.parks(f), Rules: r.rules(f.Rules), Days: clock.PublishedDays(),
	}
	if r.err != nil {
		return org.City{}, fmt.Errorf("read zhongshan.yaml: %w", r.err)
	}
	return city, nil
}

func decode(data []byte, into any) error {
	return yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
}

// The slug of the bureau, under which groups and chain teams stand.
const bureau = "zs-ipb"

// reader turns entries into units; the first mistake stays in err.
type reader struct {
	sources map[string]string
	chinese bool
	asOf    clock.Date
	err     error
}

func (r *reader) units(f file) []org.CityUnit {
	var out []org.CityUnit
	for _, e := range f.Bodies {
		out = append(out, r.unit(e, bodyKind(e.Slug)))
	}
	for _, e := range f.Groups {
		u := r.unit(e, org.Group)
		u.Above = bureau
		u.Note = r.sentences(r.say("region: ", "区域：")+e.Region+" ("+r.source(e.RegionSource)+")", r.say(e.Note, e.NoteZH))
		out = append(out, u)
	}
	for _, e := range f.Platforms {
		out = append(out, r.unit(e, org.Platform))
	}
	for _, e := range f.Towns {
		out = append(out, r.unit(e, org.Town))
	}
	for _, e := range f.Departments {
		u := r.unit(e, org.Department)
		u.Note = r.sentences(r.say("one of the 17: ", "17 个部门之一：")+r.source(e.In17), r.text(r.say(e.Note, e.NoteZH)))
		out = append(out, u)
	}
	for _, e := range f.Chains {
		out = append(out, r.team(e))
	}
	for _, e := range f.Others {
		out = append(out, r.unit(e, org.Other))
	}
	r.link(out, f)
	return out
}

func bodyKind(slug string) org.Kind {
	switch slug {
	case bureau:
		return org.Bureau
	case "four-bodies":
		return org.Leading
	}
	return org.Other
}

func (r *reader) unit(e entry, kind org.Kind) org.CityUnit {
	u := org.CityUnit{Unit: org.Unit{
		Slug: e.Slug, NameZH: e.NameZH, NameEN: e.NameEN, ShortZH: e.ShortZH, Kind: kind, Confirmed: e.confirmed(),
		Source: r.source(e.Source), Note: r.sentences(e.NameFullZH, strings.Join(e.Aliases, "、"), r.text(r.say(e.Note, e.NoteZH))),
		AdmissionPower: e.AdmissionPower, OpenedOn: r.asOf,
	}}
	if e.ClosedOn != "" {
		u.ClosedOn = r.day(e.Slug, e.ClosedOn)
		u.Note = r.sentences(u.Note, r.say("closed: ", "撤销：")+r.source(e.ClosedSource))
	}
	if e.Code == "" {
		return u
	}
	present := org.Code{Code: e.Code, Source: r.source(e.Source)}
	for _, former := range e.FormerCodes {
		present.FromOn = r.day(e.Slug, e.CodeChangedOn)
		u.Codes = append(u.Codes, org.Code{Code: former, UntilOn: present.FromOn.AddDays(-1), Source: r.source("src:xiangyuecn")})
	}
	u.Codes = append(u.Codes, present)
	return u
}

// team is the unit that follows the leads of a chain.
func (r *reader) team(e entry) org.CityUnit {
	u := r.unit(e, org.ChainTeam)
	u.Slug, u.Above = "chain-"+e.Slug, bureau
	u.NameZH, u.NameEN = e.NameZH+"产业链工作组", e.NameEN+" Chain Team"
	return u
}

// link joins platforms with the towns they coordinate, and partners. The
// days on which these began are not published: the file's own day stands.
func (r *reader) link(units []org.CityUnit, f file) {
	at := map[string]*org.CityUnit{}
	for i := range units {
		at[units[i].Slug] = &units[i]
	}
	said := map[string]string{} // the source that names a town's platform, where one does
	for _, t := range f.Towns {
		said[t.Slug] = t.PlatformSource
	}
	for _, p := range f.Platforms {
		for _, town := range p.CoordinatesTowns {
			at[p.Slug].Links = append(at[p.Slug].Links, org.CityLink{
				Kind: org.Coordinates, Other: town, FromOn: r.asOf, Source: r.source(cmp.Or(said[town], p.Source)),
			})
		}
	}
	for _, t := range f.Towns {
		if t.Partner == "" {
			continue
		}
		u, ok := at[t.Partner]
		if !ok {
			r.fail("%s: unknown partner %q", t.Slug, t.Partner)
			continue
		}
		u.Links = append(u.Links, org.CityLink{
			Kind: org.Partner, Other: t.Slug, FromOn: r.asOf, Source: r.source(t.PartnerSource),
		})
	}
}

func (r *reader) chains(entries []entry) []org.CityChain {
	var out []org.CityChain
	for _, e := range entries {
		tier := e.Tier
		if tier == "unknown" {
			tier = ""
		}
		out = append(out, org.CityChain{
			Chain: org.Chain{
				Code: e.Slug, NameZH: e.NameZH, NameEN: e.NameEN, Tier: tier, Confirmed: e.confirmed(), Source: r.source(e.Source),
			},
			TeamSlug: "chain-" + e.Slug, LeadSlug: e.LeadDepartment,
		})
	}
	return out
}

func (r *reader) parks(f file) []org.CityPark {
	var out []org.CityPark
	for _, list := range []struct {
		kind    org.ParkKind
		entries []entry
	}{
		{org.ThemePark, f.ThemeParks},
		{org.ProvincialPark, f.ProvincialParks},
		{org.SpecialisedPark, f.SpecialisedParks},
		{org.MegaPark, f.MegaParks.Items},
	} {
		for _, e := range list.entries {
			out = append(out, org.CityPark{
				Park: org.Park{
					Slug: e.Slug, NameZH: e.NameZH, NameEN: e.NameEN, Kind: list.kind, Confirmed: e.confirmed(),
					Source: r.source(e.Source), Note: r.text(r.say(e.Note, e.NoteZH)),
				},
				HostSlugs: e.Host,
			})
		}
	}
	return out
}

func (r *reader) rules(entries []ruleEntry) []org.Rule {
	var out []org.Rule
	for _, e := range entries {
		out = append(out, org.Rule{
			Key: e.Key, Value: e.Value, FromOn: r.asOf, Source: r.sentences(r.source(e.Source), r.say(e.Note, e.NoteZH)),
		})
	}
	return out
}

// source returns the title that stands for a key of the file.
func (r *reader) source(key string) string {
	title, ok := r.sources[strings.TrimPrefix(key, "src:")]
	if !ok {
		r.fail("unknown source %q", key)
	}
	return title
}

// text puts titles in place of source keys within a note.
func (r *reader) text(note string) string {
	for key, title := range r.sources {
		note = strings.NewReplacer("src:"+key, title, "["+key+"]", "("+title+")").Replace(note)
	}
	return note
}

func (r *reader) day(slug, text string) clock.Date {
	d, err := clock.ParseDate(text)
	if err != nil {
		r.fail("%s: %q: %v", slug, text, err)
	}
	return d
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// say returns the words of the language that is read; a note without
// Chinese stays as it is.
func (r *reader) say(en, zh string) string {
	if r.chinese && zh != "" {
		return zh
	}
	return en
}

func (r *reader) sentences(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, r.say("; ", "；"))
}
