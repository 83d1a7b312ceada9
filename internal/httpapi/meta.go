package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
)

// meta tells the page the words and lists of this city, so that none of them
// is written into it.
type meta struct {
	org     *org.Service
	gate    *gate.Service
	options Options
}

func (h meta) routes(r *Router) {
	route(r, http.MethodGet, "/meta", access.Self, h.get,
		Summary("Units, stages, chains, words with labels, numbers of the city, limits."))
}

// metaView is everything the page asks for once.
type metaView struct {
	Product   string         `json:"product"`
	Demo      bool           `json:"demo"`
	Version   string         `json:"version"`
	Today     clock.Date     `json:"today"`
	Units     []metaUnit     `json:"units"`
	Stages    []metaStage    `json:"stages"`
	Tracks    []Label        `json:"tracks"`
	Chains    []metaChain    `json:"chains"`
	Parks     []metaPark     `json:"parks"`
	Locations []metaLocation `json:"locations"`
	Enums     metaEnums      `json:"enums"`
	Rules     []metaRule     `json:"rules"`
	Limits    metaLimits     `json:"limits"`
	// StageLimits are the days of each stage by track.
	StageLimits map[string]map[string]int64 `json:"stage_limits" doc:"Calendar days before a stage counts as late, by track and stage; the track general for a project without one."`
	FileKinds   []Label                     `json:"file_kinds" doc:"What a file can be evidence of."`
	GateNeeds   []metaNeed                  `json:"gate_needs" doc:"What a stage may need."`
	Calendar    []metaDay                   `json:"calendar"`
	// SourcesZH is the Chinese of sources and notes that stand in English.
	SourcesZH map[string]string `json:"sources_zh" doc:"The Chinese of a source or note of the first content, by its text."`
}

type metaUnit struct {
	ID        id.Unit  `json:"id"`
	Slug      string   `json:"slug"`
	NameZH    string   `json:"name_zh"`
	NameEN    string   `json:"name_en"`
	ShortZH   string   `json:"short_zh"`
	Kind      org.Kind `json:"kind"`
	ParentID  *id.Unit `json:"parent_id"`
	Pinyin    string   `json:"pinyin"`
	Initials  string   `json:"initials"`
	Confirmed bool     `json:"confirmed"`
	Source    string   `json:"source"`
	Open      bool     `json:"open"`
}

type metaStage struct {
	Label
	Order     int    `json:"order"`
	Kind      string `json:"kind" enum:"main,side"`
	Ended     bool   `json:"ended"`
	LimitDays *int64 `json:"limit_days"`
}

type metaChain struct {
	Label
	Confirmed bool     `json:"confirmed"`
	Source    string   `json:"source"`
	UnitID    *id.Unit `json:"unit_id"`
}

type metaPark struct {
	ID        id.Park      `json:"id"`
	Slug      string       `json:"slug"`
	ZH        string       `json:"zh"`
	EN        string       `json:"en"`
	Kind      org.ParkKind `json:"kind"`
	Confirmed bool         `json:"confirmed"`
	Source    string       `json:"source"`
	UnitIDs   []id.Unit    `json:"unit_ids" doc:"The units on whose land it lies."`
}

type metaLocation struct {
	Label
	UnitID id.Unit `json:"unit_id"`
}

type metaEnums struct {
	SourceChannel   []Label `json:"source_channel"`
	Confidentiality []Label `json:"confidentiality"`
	HandoffState    []Label `json:"handoff_state"`
	ClockKind       []Label `json:"clock_kind"`
	ClockResult     []Label `json:"clock_result"`
	NoteKind        []Label `json:"note_kind"`
	HandoffKind     []Label `json:"handoff_kind"`
	Cause           []Label `json:"handoff_cause"`
	UnitKind        []Label `json:"unit_kind"`
	ParkKind        []Label `json:"park_kind"`
	Role            []Label `json:"role"`
	Class           []Label `json:"class"`
	Part            []Label `json:"part"`
	Permission      []Label `json:"permission"`
	ActivityKind    []Label `json:"activity_kind"`
	Protection      []Label `json:"protection"`
	Currency        []Label `json:"currency"`
}

type metaRule struct {
	Key       string     `json:"key"`
	Value     int64      `json:"value"`
	FromOn    clock.Date `json:"from_on"`
	Source    string     `json:"source"`
	Confirmed bool       `json:"confirmed"`
}

type metaLimits struct {
	BodyBytes int64 `json:"body_bytes"`
	FileBytes int64 `json:"file_bytes"`
	TitleLen  int   `json:"title_len"`
	TextLen   int   `json:"text_len"`
	PageMax   int   `json:"page_max"`
}

type metaDay struct {
	Day     clock.Date `json:"day"`
	Working bool       `json:"working"`
	Name    string     `json:"name"`
}

func (h meta) get(ctx context.Context, _ access.Actor, _ *struct{}) (*Answer[metaView], error) {
	today, err := h.org.Today(ctx)
	if err != nil {
		return nil, err
	}
	d, err := h.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	limits, err := h.stageLimits(ctx)
	if err != nil {
		return nil, err
	}
	return NewAnswer(metaView{
		Product: h.options.Product, Demo: h.options.Demo, Version: h.options.Version, Today: today,
		Units: metaUnits(d, today), Stages: metaStages(limits), Tracks: trackLabels(),
		Chains: metaChains(d), Parks: metaParks(d), Locations: metaLocations(d, today),
		Enums: enums(), Rules: metaRules(d, today), Calendar: metaDays(d, today), SourcesZH: h.sources(),
		StageLimits: limits, FileKinds: fileKindLabels(), GateNeeds: metaNeeds(),
		Limits: metaLimits{
			BodyBytes: bodyBytes, FileBytes: h.options.FileBytes,
			TitleLen: lead.MaxTitle, TextLen: lead.MaxText, PageMax: page.MaxLimit,
		},
	}), nil
}

// stageLimits are the days of the stages as the life cycle that rules today
// has them; none while none rules.
func (h meta) stageLimits(ctx context.Context) (map[string]map[string]int64, error) {
	out := map[string]map[string]int64{}
	if h.gate == nil {
		return out, nil
	}
	cycle, err := h.gate.Ruling(ctx)
	if fault.CodeOf(err) == "lifecycle.none" {
		return out, nil
	}
	for _, s := range cycle.Steps {
		if out[s.Track] == nil {
			out[s.Track] = map[string]int64{}
		}
		if s.LimitDays != nil {
			out[s.Track][s.Stage] = *s.LimitDays
		}
	}
	return out, err
}

// metaNeed is one thing that a stage may need.
type metaNeed struct {
	Kind gate.NeedKind `json:"kind"`
	Name string        `json:"name"`
	ZH   string        `json:"zh"`
	EN   string        `json:"en"`
}

func metaNeeds() []metaNeed {
	var out []metaNeed
	for _, kind := range []gate.NeedKind{gate.Field, gate.File, gate.Register, gate.Fair} {
		for _, name := range kind.Names() {
			text := gate.Named(kind, name)
			out = append(out, metaNeed{Kind: kind, Name: name, ZH: text.ZH, EN: text.EN})
		}
	}
	return out
}

func fileKindLabels() []Label {
	var out []Label
	for _, kind := range gate.FileKinds() {
		text := gate.Named(gate.File, kind)
		out = append(out, Label{Code: kind, ZH: text.ZH, EN: text.EN})
	}
	return out
}

// sources is never null, so that the page need not ask.
func (h meta) sources() map[string]string {
	if h.options.SourcesZH == nil {
		return map[string]string{}
	}
	return h.options.SourcesZH
}

func metaUnits(d *org.Directory, today clock.Date) []metaUnit {
	out := []metaUnit{}
	for _, u := range d.Units() {
		out = append(out, metaUnit{
			ID: u.ID, Slug: u.Slug, NameZH: u.NameZH, NameEN: u.NameEN, ShortZH: u.ShortZH, Kind: u.Kind,
			ParentID: present(u.Parent), Pinyin: u.Pinyin, Initials: u.Initials,
			Confirmed: u.Confirmed, Source: u.Source, Open: u.OpenOn(today),
		})
	}
	return out
}

func metaStages(limits map[string]map[string]int64) []metaStage {
	names := byCode(stageLabels())
	out := []metaStage{}
	for _, s := range lead.Stages() {
		m := metaStage{Label: names[string(s.Code)], Order: s.Order, Kind: "main", Ended: s.Ended}
		if s.Side {
			m.Kind = "side"
		}
		if days, ok := limits[gate.General][string(s.Code)]; ok {
			m.LimitDays = &days
		}
		out = append(out, m)
	}
	return out
}

func metaChains(d *org.Directory) []metaChain {
	out := []metaChain{}
	for _, c := range d.Chains() {
		out = append(out, metaChain{
			Label: Label{Code: c.Code, ZH: c.NameZH, EN: c.NameEN}, Confirmed: c.Confirmed,
			Source: c.Source, UnitID: present(c.Team),
		})
	}
	return out
}

func metaParks(d *org.Directory) []metaPark {
	out := []metaPark{}
	for _, p := range d.Parks() {
		out = append(out, metaPark{
			ID: p.ID, Slug: p.Slug, ZH: p.NameZH, EN: p.NameEN, Kind: p.Kind, Confirmed: p.Confirmed,
			Source: p.Source, UnitIDs: append([]id.Unit{}, p.Hosts...),
		})
	}
	return out
}

func metaLocations(d *org.Directory, today clock.Date) []metaLocation {
	out := []metaLocation{}
	for _, c := range d.Locations(today) {
		u, _ := d.Unit(c.Unit)
		out = append(out, metaLocation{Label: Label{Code: c.Code, ZH: u.NameZH, EN: u.NameEN}, UnitID: c.Unit})
	}
	return out
}

func metaRules(d *org.Directory, today clock.Date) []metaRule {
	out := []metaRule{}
	for _, k := range org.RuleKeys() {
		if r, ok := d.Rules().InForce(k.Key, today); ok {
			out = append(out, metaRule{Key: r.Key, Value: r.Value, FromOn: r.FromOn, Source: r.Source, Confirmed: r.Confirmed})
		}
	}
	return out
}

// metaDays returns the calendar of this year and the next: enough for every
// limit that can be running.
func metaDays(d *org.Directory, today clock.Date) []metaDay {
	out := []metaDay{}
	for _, day := range d.Days() {
		if y := day.Date.Year(); y == today.Year() || y == today.Year()+1 {
			out = append(out, metaDay{Day: day.Date, Working: day.Working, Name: day.Name})
		}
	}
	return out
}

func present[T any](i id.Of[T]) *id.Of[T] {
	if i == 0 {
		return nil
	}
	return &i
}
