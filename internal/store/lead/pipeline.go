package lead

import (
	"context"
	"fmt"
	"sort"

	"github.com/leadrelay/leadrelay/internal/lead"
)

// Pipeline counts and sums the leads of a scope by one dimension: from kept
// counters for who sees everything, else along the walks of the scope.
func (s *Store) Pipeline(ctx context.Context, q lead.Query, by lead.Dimension) ([]lead.Tally, error) {
	if q.Read.Empty() {
		return []lead.Tally{}, nil
	}
	var kept []lead.Tally
	walks := s.walks(q, s.db.Present())
	if q.Read.Any() {
		var err error
		if kept, err = s.keptPipeline(ctx, q, by); err != nil {
			return nil, err
		}
		walks = walks[1:] // the normal leads are in the counters
		if q.Read.AnyRestricted() {
			walks = nil
		}
	}
	if len(walks) == 0 {
		return merge(kept), nil
	}
	walked, err := s.walkedPipeline(ctx, walks, by)
	return merge(kept, walked), err
}

func (s *Store) keptPipeline(ctx context.Context, q lead.Query, by lead.Dimension) ([]lead.Tally, error) {
	dimension, key := string(by), "key"
	if by == lead.ByUnit {
		dimension, key = "stage", "CAST(unit_id AS text)"
	}
	where := sqlf("dimension = ?", dimension)
	if !q.Read.AnyRestricted() {
		where = where.and(sqlf("restricted = ?", false))
	}
	var out []lead.Tally
	err := s.db.Read(ctx).Raw("SELECT "+key+" AS key, SUM(leads) AS count, SUM(known) AS known, SUM(cents) AS sum_cents FROM lead_counters WHERE "+
		where.sql+" GROUP BY 1 HAVING SUM(leads) > 0", where.args...).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("add the kept counters by %s: %w", by, err)
	}
	return out, nil
}

// walkedPipeline counts row by row along the walks; a lead that several walks
// reach counts once. What a branch does not hold counts as unknown there.
func (s *Store) walkedPipeline(ctx context.Context, walks []branch, by lead.Dimension) ([]lead.Tally, error) {
	pieces := make([]frag, len(walks))
	for i, b := range walks {
		amount := "NULL"
		if b.columns.money {
			amount = "CASE WHEN " + b.columns.currency() + " = 'CNY' THEN " + b.columns.planned + " END"
		}
		key := b.columns.dimension(by)
		pieces[i] = sqlf(fmt.Sprintf("SELECT %s AS id, %s AS k, %s AS cents FROM %s WHERE %s",
			b.columns.id, key, amount, b.from(key, amount, b.where.sql), b.where.sql), b.where.args...)
	}
	all := join(pieces, " UNION ALL ")
	var out []lead.Tally
	err := s.db.Read(ctx).Raw("SELECT k AS key, count(*) AS count, count(cents) AS known, COALESCE(SUM(cents), 0) AS sum_cents FROM "+
		"(SELECT id, max(k) AS k, max(cents) AS cents FROM ("+all.sql+") AS a GROUP BY id) AS d GROUP BY k", all.args...).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("count the walks by %s: %w", by, err)
	}
	return out, nil
}

// currency is the column that says what the amount of a branch is in.
func (c columns) currency() string {
	if c.open {
		return "l.currency"
	}
	return "h.snap_currency"
}

// dimension is the key of a lead in a branch; a past holder knows neither
// month nor chain.
func (c columns) dimension(by lead.Dimension) string {
	switch {
	case by == lead.ByStage:
		return c.stage
	case by == lead.ByUnit:
		return "CAST(" + c.unit + " AS text)"
	case !c.open:
		return "''"
	case by == lead.ByMonth:
		return "substr(COALESCE(l.signed_on, l.expected_sign_on, ''), 1, 7)"
	}
	return "COALESCE(l.chain, '')"
}

// merge adds tallies with equal keys, sorted by key.
func merge(lists ...[]lead.Tally) []lead.Tally {
	byKey := map[string]lead.Tally{}
	for _, list := range lists {
		for _, t := range list {
			sum := byKey[t.Key]
			sum.Key = t.Key
			sum.Count += t.Count
			sum.Known += t.Known
			sum.SumCents += t.SumCents
			byKey[t.Key] = sum
		}
	}
	out := make([]lead.Tally, 0, len(byKey))
	for _, t := range byKey {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}
