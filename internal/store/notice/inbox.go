package notice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/page"
)

// wanted are the conditions of a query on notices under an alias.
func wanted(q module.Query, alias string) (string, []any) {
	where, args := []string{alias + ".user_id = ?"}, []any{q.User}
	if q.Unread {
		where = append(where, alias+".read_at IS NULL")
	}
	if q.Topic != "" {
		where, args = append(where, alias+".topic = ?"), append(args, string(q.Topic))
	}
	return strings.Join(where, " AND "), args
}

// heads finds the latest notice of each lead: those without a later one of
// the same lead. A notice without a lead stands alone.
func heads(q module.Query) (string, []any) {
	mine, args := wanted(q, "n")
	later, laterArgs := wanted(q, "m")
	return mine + " AND NOT EXISTS (SELECT 1 FROM notices m WHERE " + later + " AND m.lead_id = n.lead_id AND m.seq > n.seq)",
		append(args, laterArgs...)
}

// Threads returns the latest notice of each lead, the latest lead first, with
// how many there are.
func (s *Store) Threads(ctx context.Context, q module.Query) ([]module.Thread, error) {
	where, args := heads(q)
	if q.Before != 0 {
		where, args = where+" AND n.seq < ?", append(args, q.Before)
	}
	// A notice without a lead is a thread of its own: nothing is to be counted.
	same, sameArgs := wanted(q, "k")
	count := " ELSE (SELECT count(*) FROM notices k WHERE " + same + " AND k.lead_id = n.lead_id"
	all := append(append(append([]any{}, sameArgs...), sameArgs...), args...)
	var rows []struct {
		ID     id.Notice
		Seq    int64
		LeadID *id.Lead
		Total  int64
		Unread int64
	}
	err := s.db.Read(ctx).Raw("SELECT n.id, n.seq, n.lead_id, CASE WHEN n.lead_id IS NULL THEN 1"+count+") END AS total, "+
		"CASE WHEN n.lead_id IS NULL THEN CASE WHEN n.read_at IS NULL THEN 1 ELSE 0 END"+count+" AND k.read_at IS NULL) END AS unread "+
		"FROM notices n WHERE "+where+" ORDER BY n.seq DESC LIMIT ?", append(all, q.Limit+1)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read threads: %w", err)
	}
	out := make([]module.Thread, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.Thread{Latest: r.ID, Seq: r.Seq, Lead: or(r.LeadID), Count: r.Total, Unread: r.Unread})
	}
	return out, nil
}

// Count counts the threads of a query, up to page.CountCap.
func (s *Store) Count(ctx context.Context, q module.Query) (page.Total, error) {
	where, args := heads(q)
	var n int64
	err := s.db.Read(ctx).Raw("SELECT count(*) FROM (SELECT 1 FROM notices n WHERE "+where+" LIMIT ?) AS t",
		append(args, page.CountCap+1)...).Scan(&n).Error
	if err != nil {
		return page.Total{}, fmt.Errorf("count threads: %w", err)
	}
	if n > page.CountCap {
		return page.Total{Count: page.CountCap}, nil
	}
	return page.Total{Count: n, Exact: true}, nil
}

// noticeRow is a notice with what happened and who did it.
type noticeRow struct {
	NoticeID  id.Notice
	Seq       int64
	ReadAt    *time.Time
	MailID    *id.Mail
	ToldApart bool
	ByName    *string
	What      happenedRow `gorm:"embedded"`
}

const noticeFields = "n.id AS notice_id, n.seq, n.read_at, n.mail_id, n.apart AS told_apart, u.name AS by_name, " + happenedFields

const fromNotices = " FROM notices n JOIN notice_events e ON e.id = n.event_id LEFT JOIN users u ON u.id = e.by_user WHERE "

func (r noticeRow) notice() (module.Notice, error) {
	what, err := r.What.happened()
	n := module.Notice{ID: r.NoticeID, Seq: r.Seq, ReadAt: r.ReadAt, Mailed: r.MailID != nil, Apart: r.ToldApart, What: what}
	if r.ByName != nil {
		n.By = &module.Author{ID: what.By, Name: *r.ByName}
	}
	return n, err
}

func noticesOf(rows []noticeRow) ([]module.Notice, error) {
	out := make([]module.Notice, 0, len(rows))
	for _, r := range rows {
		n, err := r.notice()
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// Notices returns the latest notices of each thread, the latest first.
func (s *Store) Notices(ctx context.Context, q module.Query, threads []module.Thread, each int) ([]module.Notice, error) {
	var leads []id.Lead
	var alone []id.Notice
	for _, t := range threads {
		if t.Lead != 0 {
			leads = append(leads, t.Lead)
		} else {
			alone = append(alone, t.Latest)
		}
	}
	mine, args := wanted(q, "k")
	ranked := "SELECT k.id FROM (SELECT k.id, row_number() OVER (PARTITION BY k.lead_id ORDER BY k.seq DESC) AS place " +
		"FROM notices k WHERE " + mine + " AND k.lead_id IN ?) AS k WHERE k.place <= ?"
	args = append(append([]any{q.User}, args...), orNone(leads), each, orNone(alone))
	var rows []noticeRow
	err := s.db.Read(ctx).Raw("SELECT "+noticeFields+fromNotices+"n.user_id = ? AND (n.id IN ("+ranked+") OR n.id IN ?) ORDER BY n.seq DESC",
		args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return noticesOf(rows)
}

// Since returns a person's notices after a number, the oldest first.
func (s *Store) Since(ctx context.Context, user id.User, seq int64, limit int) ([]module.Arrived, error) {
	var out []module.Arrived
	err := s.db.Read(ctx).Raw("SELECT id, seq FROM notices WHERE user_id = ? AND seq > ? ORDER BY seq LIMIT ?", user, seq, limit).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read news: %w", err)
	}
	return out, nil
}

const selectFeed = "SELECT last_seq, unread FROM notice_feeds WHERE user_id = ?"

// Feed returns where an inbox stands; zeros for one that got nothing yet.
func (s *Store) Feed(ctx context.Context, user id.User) (f module.Feed, err error) {
	if err = s.db.Read(ctx).Raw(selectFeed, user).Scan(&f).Error; err != nil {
		return f, fmt.Errorf("read where the inbox stands: %w", err)
	}
	return f, nil
}

// MailNotices returns what a mail is about, the oldest first.
func (s *Store) MailNotices(ctx context.Context, mail id.Mail) ([]module.Notice, error) {
	var rows []noticeRow
	err := s.db.Read(ctx).Raw("SELECT "+noticeFields+fromNotices+"n.mail_id = ? ORDER BY n.seq", mail).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the notices of a mail: %w", err)
	}
	return noticesOf(rows)
}

// ToldBefore returns those of the persons whom an earlier event of the same
// hand-off was told, or of the same lead where there is none.
func (s *Store) ToldBefore(ctx context.Context, h module.Happened, people []id.User) ([]id.User, error) {
	query := "SELECT DISTINCT n.user_id FROM notices n JOIN notice_events e ON e.id = n.event_id WHERE n.user_id IN ? AND n.lead_id = ? AND e.id < ?"
	args := []any{orNone(people), h.Lead, h.ID}
	if h.Handoff != 0 {
		query, args = query+" AND e.handoff_id = ?", append(args, h.Handoff)
	}
	var out []id.User
	if err := s.db.Read(ctx).Raw(query, args...).Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read who was told before: %w", err)
	}
	return out, nil
}
