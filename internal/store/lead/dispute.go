package lead

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

func unknownDispute() error { return fault.New(fault.NotFound, "dispute.unknown", "No such dispute.") }

// disputesFrom opens the disputes about live leads as "d", with their lead as
// "l".
const disputesFrom = "disputes d JOIN leads l ON l.id = d.lead_id"

// disputeWhere compiles a scope of disputes to one condition: one of the
// units is a party, or the leading body of a dispute that was raised; or the
// scope covers the whole city, of restricted leads only those whose member
// the person is. The holder of a restricted lead is no party: the bureau
// answers for it.
func disputeWhere(s access.Scope, now clause.Expr) frag {
	var or []frag
	for _, p := range s.Only(access.Owner).ByPart() {
		or = append(or, sqlf("d.claimant_unit_id IN ? OR NOT d.stands_in AND d.respondent_unit_id IN ? "+
			"OR d.leading_unit_id IN ? AND ("+raised+")", p.Units, p.Units, p.Units, now))
	}
	if s.Any() {
		or = append(or, allowed(s, "l", "l.id", now))
	}
	if len(or) == 0 {
		return never()
	}
	all := join(or, " OR ")
	return sqlf("l.deleted_at IS NULL AND ("+all.sql+")", all.args...)
}

// raised tells that a dispute is or was before the leading body: somebody
// brought it there, or the bureau's time passed while it was open.
const raised = "d.raised_at IS NOT NULL OR d.rule_due_at <= COALESCE(d.closed_at, ?)"

// Dispute returns one dispute inside the scope; see lead.DisputeReader.
func (s *Store) Dispute(ctx context.Context, q lead.DisputeQuery, dispute id.Dispute) (lead.SeenDispute, error) {
	return oneDispute(s.db.Read(ctx), q, dispute)
}

// DisputeFor reads a dispute in a transaction; see lead.DisputeTx.
func (t Tx) DisputeFor(ctx context.Context, q lead.DisputeQuery, dispute id.Dispute) (lead.SeenDispute, error) {
	return oneDispute(t.DB(ctx), q, dispute)
}

func oneDispute(db *gorm.DB, q lead.DisputeQuery, dispute id.Dispute) (lead.SeenDispute, error) {
	rows, err := readDisputes(db, sqlf("d.id = ?", dispute).and(disputeWhere(q.Read, instant(q.Now))), 1)
	if err != nil {
		return lead.SeenDispute{}, fmt.Errorf("get dispute %s: %w", dispute, err)
	}
	if len(rows) == 0 {
		return lead.SeenDispute{}, unknownDispute()
	}
	return rows[0], fillDisputes(db, q, rows)
}

// Disputes returns one page, newest first, and one row more when there is a
// next page.
func (s *Store) Disputes(ctx context.Context, q lead.DisputeQuery) ([]lead.SeenDispute, page.Total, error) {
	now := instant(q.Now)
	where := disputeWhere(q.Read, now).and(disputeStates(q.States, now))
	if q.Mine {
		if len(q.Units) == 0 {
			return nil, page.Total{Exact: true}, nil
		}
		where = where.and(sqlf("(d.claimant_unit_id IN ? OR d.respondent_unit_id IN ?)", q.Units, q.Units))
	}
	if q.Lead != 0 {
		where = where.and(sqlf("(d.lead_id = ? OR d.own_lead_id = ?)", q.Lead, q.Lead))
	}
	paged := where
	if q.After > 0 {
		paged = paged.and(sqlf("d.id < ?", q.After))
	}
	db := s.db.Read(ctx)
	rows, err := readDisputes(db, paged, q.Limit+1)
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("walk the disputes: %w", err)
	}
	n, err := amountOf(db.Raw(fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %d) AS n",
		disputesFrom, where.sql, page.CountCap+1), where.args...))
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("count the disputes: %w", err)
	}
	return rows, page.Total{Count: min(n, page.CountCap), Exact: n <= page.CountCap}, fillDisputes(db, q, rows)
}

// disputeStates reads the states by the deadlines, not by whether a job has
// recorded that they passed.
func disputeStates(states []lead.DisputeState, now clause.Expr) frag {
	var or []frag
	for _, state := range states {
		switch state {
		case lead.DisputeTalking:
			or = append(or, sqlf("d.state = 'talking' AND d.talk_due_at > ?", now))
		case lead.DisputeRuling:
			or = append(or, sqlf("(d.state = 'ruling' OR d.state = 'talking' AND d.talk_due_at <= ?) AND d.rule_due_at > ?", now, now))
		case lead.DisputeLeading:
			or = append(or, sqlf("d.state = 'leading' OR d.state IN ('talking', 'ruling') AND d.rule_due_at <= ?", now))
		default:
			or = append(or, sqlf("d.state = ?", state))
		}
	}
	if len(or) == 0 {
		return frag{}
	}
	all := join(or, " OR ")
	return sqlf("("+all.sql+")", all.args...)
}

// disputeFields are the columns of a dispute in the order of its targets.
const disputeFields = `d.id, d.lead_id, d.own_lead_id, d.pair_low, d.pair_high, d.claimant_unit_id, d.respondent_unit_id,
	d.leading_unit_id, d.stands_in, d.state, d.claim, d.reason, d.opened_by, d.opened_at, d.talk_due_at, d.rule_due_at,
	d.raised_at, d.closed_at, d.closed_by, d.outcome_id, d.version, l.code, l.created_at, l.restricted`

func disputeTargets(d *lead.SeenDispute) []any {
	return []any{
		&d.ID, &d.LeadID, &d.OwnLeadID, &d.PairLow, &d.PairHigh, &d.ClaimantUnitID, &d.RespondentUnitID, &d.LeadingUnitID,
		&d.StandsIn, &d.State, &d.Claim, &d.Reason, &d.OpenedBy, &d.OpenedAt, &d.TalkDueAt, &d.RuleDueAt, &d.RaisedAt,
		&d.ClosedAt, &d.ClosedBy, &d.OutcomeID, &d.Version, &d.Code, &d.ReportedAt, &d.Restricted,
	}
}

func readDisputes(db *gorm.DB, where frag, limit int) ([]lead.SeenDispute, error) {
	var out []lead.SeenDispute
	var d lead.SeenDispute
	targets := disputeTargets(&d)
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY d.id DESC LIMIT %d", disputeFields, disputesFrom, where.sql, limit)
	err := each(db.Raw(query, where.args...), func(rows *sql.Rows) error {
		err := rows.Scan(targets...)
		out = append(out, d)
		return err
	})
	return out, err
}

// fillDisputes adds the leads that the person may read, whether it is a
// member of a restricted one, and the people.
func fillDisputes(db *gorm.DB, q lead.DisputeQuery, rows []lead.SeenDispute) error {
	if len(rows) == 0 {
		return nil
	}
	var leadIDs []id.Lead
	var users []id.User
	for _, d := range rows {
		leadIDs = append(append(leadIDs, d.LeadID), some(d.OwnLeadID)...)
		users = append(append(users, d.Dispute.OpenedBy), some(d.Dispute.ClosedBy)...)
	}
	now := instant(q.Now)
	readable, err := seenByID(db, q.Leads, leadIDs, now)
	if err != nil {
		return err
	}
	member, err := memberOf(db, leadIDs, q.Read.User(), now)
	if err != nil {
		return err
	}
	people, err := peopleOf(db, users)
	if err != nil {
		return err
	}
	for i := range rows {
		d := &rows[i]
		d.Lead, d.Member = readable[d.LeadID], member[d.LeadID]
		if d.OwnLeadID != nil {
			d.Own = readable[*d.OwnLeadID]
		}
		opener := d.Dispute.OpenedBy
		d.Opener, d.Closer = named(people, &opener), named(people, d.Dispute.ClosedBy)
	}
	return nil
}

// seenByID reads those of the leads that are inside the scope.
func seenByID(db *gorm.DB, read access.Scope, ids []id.Lead, now clause.Expr) (map[id.Lead]*lead.Seen, error) {
	fields := leadFields(now)
	found, err := readLeads(leads(db, read, now).Select(fields.sql, fields.args...).Where("l.id IN ?", ids))
	if err != nil {
		return nil, fmt.Errorf("read leads by number: %w", err)
	}
	seen, err := standings(db, read, found, now)
	if err != nil {
		return nil, err
	}
	out := make(map[id.Lead]*lead.Seen, len(seen))
	for i := range seen {
		out[seen[i].Lead.ID] = &seen[i]
	}
	return out, nil
}

// DisputeOutcomes returns the outcomes of disputes that were read through a
// scope, oldest first.
func (s *Store) DisputeOutcomes(ctx context.Context, disputes []lead.SeenDispute) (map[id.Dispute][]lead.DisputeOutcome, error) {
	out := map[id.Dispute][]lead.DisputeOutcome{}
	if len(disputes) == 0 {
		return out, nil
	}
	ids := make([]id.Dispute, len(disputes))
	for i, d := range disputes {
		ids[i] = d.ID
	}
	rows, err := outcomesWhere(s.db.Read(ctx), sqlf("dispute_id IN ?", ids))
	for _, o := range rows {
		out[o.DisputeID] = append(out[o.DisputeID], o)
	}
	return out, err
}

func outcomesWhere(db *gorm.DB, where frag) ([]lead.DisputeOutcome, error) {
	var rows []lead.DisputeOutcome
	if err := db.Raw("SELECT * FROM dispute_outcomes WHERE "+where.sql+" ORDER BY id", where.args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the outcomes of disputes: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	at := map[int64]int{}
	ids := make([]int64, len(rows))
	for i, o := range rows {
		at[o.ID], ids[i] = i, o.ID
	}
	err := each(db.Raw("SELECT outcome_id, unit_id, basis_points FROM dispute_shares WHERE outcome_id IN ? ORDER BY basis_points DESC, unit_id", ids),
		func(r *sql.Rows) error {
			var outcome int64
			var share lead.Share
			err := r.Scan(&outcome, &share.UnitID, &share.BasisPoints)
			rows[at[outcome]].Shares = append(rows[at[outcome]].Shares, share)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the shares of outcomes: %w", err)
	}
	return rows, nil
}

// DisputeSteps returns what happened in a dispute, in order.
func (s *Store) DisputeSteps(ctx context.Context, d lead.SeenDispute) ([]lead.DisputeStep, error) {
	var rows []lead.DisputeStep
	err := s.db.Read(ctx).Raw("SELECT * FROM dispute_entries WHERE dispute_id = ? ORDER BY id", d.ID).Scan(&rows).Error
	return rows, wrap(err, "read the steps of dispute %s", d.ID)
}

// DisputeFiles returns the documents of a dispute.
func (s *Store) DisputeFiles(ctx context.Context, d lead.SeenDispute) ([]lead.DisputeFile, error) {
	var rows []lead.DisputeFile
	err := s.db.Read(ctx).Raw("SELECT * FROM dispute_files WHERE dispute_id = ? ORDER BY id", d.ID).Scan(&rows).Error
	return rows, wrap(err, "read the files of dispute %s", d.ID)
}

// DueDisputes returns open disputes whose stage has run out unrecorded.
func (s *Store) DueDisputes(ctx context.Context, scope access.Scope, limit int) ([]lead.Dispute, error) {
	now := s.db.Present()
	where := disputeWhere(scope, now).and(sqlf("d.closed_at IS NULL AND d.state <> 'leading' AND "+
		"(d.state = 'talking' AND d.talk_due_at <= ? OR d.rule_due_at <= ?)", now, now))
	rows, err := readDisputes(s.db.Read(ctx), where, limit)
	if err != nil {
		return nil, fmt.Errorf("read disputes whose time has passed: %w", err)
	}
	out := make([]lead.Dispute, len(rows))
	for i, d := range rows {
		out[i] = d.Dispute
	}
	return out, nil
}

// LeadByReference returns the live lead of a code or a first report, or the lead that answers
// for it; see lead.DisputeTx.
func (t Tx) LeadByReference(ctx context.Context, scope access.Scope, reference string) (id.Lead, error) {
	var found []id.Lead
	now, said := instant(t.Now(ctx)), strings.ToUpper(strings.TrimSpace(reference))
	err := each(leads(t.DB(ctx), scope, now).
		Select("COALESCE((SELECT m.answer_lead_id FROM merges m WHERE m.lead_id = l.id AND m.undone_at IS NULL), l.id)").
		Where("l.code = ? OR l.protection_reference = ?", said, said).Limit(1), func(rows *sql.Rows) error {
		var one id.Lead
		err := rows.Scan(&one)
		found = append(found, one)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for the reference of a lead: %w", err)
	}
	if len(found) == 0 {
		return 0, fault.New(fault.NotFound, "dispute.reference_unknown", "No lead has this reference.")
	}
	return found[0], nil
}

// OpenDisputes counts the open disputes about a locked lead.
func (t Tx) OpenDisputes(ctx context.Context, seen lead.Seen) (int64, error) {
	n, err := amountOf(t.DB(ctx).Raw("SELECT count(*) FROM disputes WHERE (lead_id = ? OR own_lead_id = ?) AND closed_at IS NULL",
		seen.Lead.ID, seen.Lead.ID))
	return n, wrap(err, "count the disputes about lead %s", seen.Lead.ID)
}

// SharesOf returns who holds which share of a lead that was read through a
// scope.
func (s *Store) SharesOf(ctx context.Context, seen lead.Seen) ([]lead.Share, error) {
	return sharesOf(s.db.Read(ctx), seen, s.db.Present())
}

// SharesFor is SharesOf for a locked lead.
func (t Tx) SharesFor(ctx context.Context, seen lead.Seen) ([]lead.Share, error) {
	return sharesOf(t.DB(ctx), seen, instant(t.Now(ctx)))
}

func sharesOf(db *gorm.DB, seen lead.Seen, now clause.Expr) ([]lead.Share, error) {
	var rows []lead.Share
	err := db.Raw("SELECT unit_id, basis_points FROM lead_shares WHERE lead_id = ? AND from_at <= ? AND until > ? ORDER BY basis_points DESC, unit_id",
		seen.Lead.ID, now, now).Scan(&rows).Error
	return rows, wrap(err, "read the shares of lead %s", seen.Lead.ID)
}
