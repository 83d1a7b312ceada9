package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// facts writes what was known of each life: stages and holders as they were,
// the rest as it is now. That it was put together afterwards is marked.
func (w lifeWriter) facts(ctx context.Context, lives []Life) error {
	towns, err := w.towns(ctx)
	if err != nil {
		return err
	}
	b := w.Bulk("lead_facts", "lead_id", "from_at", "until", "stage", "in_talks", "track", "unit_id", "town_unit_id", "first_unit_id", "chain",
		"since_on", "planned_cents", "currency", "created_on", "signed_on", "started_on", "produced_on", "lost_on", "lost_to", "restricted")
	cells := factCells{}
	for i := range lives {
		spans := lives[i].facts(towns)
		for _, f := range spans {
			err := b.Add(ctx, int64(f.LeadID), f.FromAt, f.Until, string(f.Stage), f.InTalks, f.Track, int64(f.UnitID), int64(f.TownUnitID),
				int64(f.FirstUnitID), f.Chain, f.SinceOn, f.PlannedCents, f.Currency, f.CreatedOn, f.SignedOn, f.StartedOn, f.ProducedOn,
				f.LostOn, f.LostTo, f.Restricted)
			if err != nil {
				return err
			}
		}
		cells.add(spans[len(spans)-1], 1)
	}
	if err := b.Flush(ctx); err != nil {
		return err
	}
	err = w.DB(ctx).Exec("INSERT INTO lead_fact_marks (at, what) VALUES (?, 'taken over')", w.Now(ctx)).Error
	if err != nil {
		return fmt.Errorf("mark the facts that were taken over: %w", err)
	}
	return cells.write(ctx, w.Tx.Tx)
}

// places are the units of division codes, and the units that are places
// themselves.
type places struct {
	codes map[string]id.Unit
	towns map[id.Unit]bool
}

func (w lifeWriter) towns(ctx context.Context) (places, error) {
	out := places{codes: map[string]id.Unit{}, towns: map[id.Unit]bool{}}
	var codes []struct {
		Code   string
		UnitID id.Unit
	}
	if err := w.DB(ctx).Raw("SELECT code, unit_id FROM unit_codes ORDER BY id").Scan(&codes).Error; err != nil {
		return out, fmt.Errorf("read the division codes: %w", err)
	}
	for _, c := range codes {
		out.codes[c.Code] = c.UnitID
	}
	var towns []id.Unit
	if err := w.DB(ctx).Raw("SELECT id FROM units WHERE kind IN ('town', 'platform')").Scan(&towns).Error; err != nil {
		return out, fmt.Errorf("read the towns: %w", err)
	}
	for _, t := range towns {
		out.towns[t] = true
	}
	return out, nil
}

func (p places) of(l *lead.Lead) id.Unit {
	if l.LocationCode != nil {
		if unit, known := p.codes[*l.LocationCode]; known {
			return unit
		}
	}
	if p.towns[l.UnitID] {
		return l.UnitID
	}
	return 0
}

// facts are the spans of one life: a new one with every change of stage or
// holder.
func (l Life) facts(towns places) []facts {
	stages := l.spans()
	var at []time.Time
	for _, s := range stages {
		at = append(at, s.FromAt)
	}
	for _, p := range l.Parts {
		if p.Part == access.Owner {
			at = append(at, p.FromAt)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	at = slices.CompactFunc(at, time.Time.Equal)
	var out []facts
	var before facts
	for i, from := range at {
		f := l.factsAt(before, stages, from, i == len(at)-1)
		f.FromAt = from
		if i+1 < len(at) {
			f.Until = at[i+1]
		}
		f.TownUnitID = towns.of(&lead.Lead{LocationCode: l.Lead.LocationCode, UnitID: f.UnitID})
		out, before = append(out, f), f
	}
	return out
}

func (l Life) factsAt(before facts, stages []lead.Span, at time.Time, last bool) facts {
	state := l.Lead
	span := stages[0]
	for _, s := range stages {
		if !s.FromAt.After(at) {
			span = s
		}
	}
	for _, p := range l.Parts {
		if p.Part == access.Owner && !p.FromAt.After(at) && p.Until.After(at) {
			state.UnitID = p.UnitID
		}
	}
	if !last {
		state.Stage, state.StageSince = span.Stage, span.FromAt
	}
	on := clock.DateOf(span.FromAt).String()
	if span.HappenedOn != nil && !span.HappenedOn.IsZero() {
		on = span.HappenedOn.String()
	}
	return factsAfter(before, &state, on)
}
