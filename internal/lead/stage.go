package lead

import (
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Stage is where a lead stands in its life. Codes are stable; the order and
// labels come from Stages.
type Stage string

// The main stages and the side states of a lead's life.
const (
	StageLead      Stage = "lead"
	Qualified      Stage = "qualified"
	Negotiating    Stage = "negotiating"
	Review         Stage = "review"
	ToSign         Stage = "to_sign"
	Signed         Stage = "signed"
	Registered     Stage = "registered"
	SiteSecured    Stage = "site_secured"
	Permitted      Stage = "permitted"
	Started        Stage = "started"
	Invested       Stage = "invested"
	Completed      Stage = "completed"
	Producing      Stage = "producing"
	FullCapacity   Stage = "full_capacity"
	Aftercare      Stage = "aftercare"
	Suspended      Stage = "suspended"
	Lost           Stage = "lost"
	Withdrawn      Stage = "withdrawn"
	Duplicate      Stage = "duplicate"
	TransferredOut Stage = "transferred_out"
	InvalidStage   Stage = "invalid"
)

// StageInfo describes one stage for the page and for moves.
type StageInfo struct {
	Code  Stage
	Order int  // position in the main line; side states follow
	Side  bool // beside the main line
	Ended bool // only a reopening leads back
}

// mainLine and sideStates are arrays, because every act on a lead asks for
// its stage and a slice would be made anew each time.
func mainLine() [15]Stage {
	return [...]Stage{
		StageLead, Qualified, Negotiating, Review, ToSign, Signed, Registered, SiteSecured,
		Permitted, Started, Invested, Completed, Producing, FullCapacity, Aftercare,
	}
}

func sideStates() [6]Stage {
	return [...]Stage{Suspended, Lost, Withdrawn, Duplicate, TransferredOut, InvalidStage}
}

// Stages lists the stages in order: the main line, then the side states.
func Stages() []StageInfo {
	main, side := mainLine(), sideStates()
	out := make([]StageInfo, 0, len(main)+len(side))
	for i, s := range main {
		out = append(out, StageInfo{Code: s, Order: i + 1})
	}
	for i, s := range side {
		out = append(out, StageInfo{Code: s, Order: len(main) + 1 + i, Side: true, Ended: s != Suspended})
	}
	return out
}

// Info returns the description of a stage; false when it is not on the list.
func (s Stage) Info() (StageInfo, bool) {
	main, side := mainLine(), sideStates()
	for i, other := range main {
		if other == s {
			return StageInfo{Code: s, Order: i + 1}, true
		}
	}
	for i, other := range side {
		if other == s {
			return StageInfo{Code: s, Order: len(main) + 1 + i, Side: true, Ended: s != Suspended}, true
		}
	}
	return StageInfo{}, false
}

// Ended tells whether only a reopening leads back from the stage.
func (s Stage) Ended() bool {
	switch s {
	case Lost, Withdrawn, Duplicate, TransferredOut, InvalidStage:
		return true
	}
	return false
}

// Track is the kind of project, which decides the stages that apply.
type Track string

// Tracks lists the tracks: land, rented or bought premises, expansion or
// technical upgrade, headquarters and services, agritourism, renewal of old
// industrial sites.
func Tracks() []Track {
	return []Track{"land", "premises", "expansion", "headquarters", "agritourism", "renewal"}
}

// Known tells whether the track is on the list.
func (t Track) Known() bool {
	for _, k := range Tracks() {
		if k == t {
			return true
		}
	}
	return false
}

// Move asks for a change of stage.
type Move struct {
	To           Stage
	Reason       string
	HappenedOn   *clock.Date // the day it happened; nil means today
	LostTo       string      // the city or place that a lost project went to
	LostProvince string
	LostCountry  string // ISO 3166-1 alpha-2
}

// Moved returns the lead in its new stage, or every rule that the move
// breaks.
//
// A move forward along the main line needs no reason; a move back, into a
// side state or out of one does. Leaving an ended state is a reopening:
// mayReopen says whether the caller has that right.
//
// Errors: Conflict "stage.same"; Forbidden "stage.reopen" when an ended lead
// is moved without the right; Conflict "handoff.pending" is decided by the
// caller; Invalid with the fields to, reason, happened_on, lost_to.
func (l Lead) Moved(m Move, today clock.Date, mayReopen bool) (Lead, error) {
	to, known := m.To.Info()
	if !known {
		return l, fault.BadField("to", "unknown_value")
	}
	if to.Code == l.Stage {
		return l, fault.New(fault.Conflict, "stage.same", "The lead is in this stage already.")
	}
	if l.Ended() && !mayReopen {
		return l, fault.New(fault.Forbidden, "stage.reopen", "An ended lead is reopened by a head.")
	}
	if err := fault.Broken("input.invalid", m.broken(l, to, today)); err != nil {
		return l, err
	}
	l.Stage = to.Code
	l.AsReported, l.StageAssumed = false, false
	day := today
	if m.HappenedOn != nil {
		day = *m.HappenedOn
	}
	l.rememberDay(day)
	return l, nil
}

func (m Move) broken(l Lead, to StageInfo, today clock.Date) []fault.Field {
	var bad rules
	from, _ := l.Stage.Info()
	back := to.Side || from.Side || to.Order < from.Order
	bad.text("reason", m.Reason, back, MaxReason)
	bad.text("lost_to", m.LostTo, to.Code == Lost, MaxShort)
	bad.text("lost_to_province", m.LostProvince, false, MaxShort)
	if m.LostCountry != "" && !knownCountry(m.LostCountry) {
		bad.add("lost_to_country", "unknown_value")
	}
	if m.HappenedOn != nil {
		bad.day("happened_on", m.HappenedOn)
		if today.Before(*m.HappenedOn) {
			bad.add("happened_on", "day.future")
		}
	}
	return bad
}

// rememberDay keeps the day of signing and of the start the first time the
// lead reaches them.
func (l *Lead) rememberDay(day clock.Date) {
	if l.Stage == Signed && l.SignedOn == nil {
		l.SignedOn = &day
	}
	if l.Stage == Started && l.StartedOn == nil {
		l.StartedOn = &day
	}
}
