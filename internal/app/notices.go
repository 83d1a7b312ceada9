package app

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/job"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/mail"
	"github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/page"
	noticestore "github.com/leadrelay/leadrelay/internal/store/notice"
)

func (a *App) buildNotice(_ []byte, cursors page.Cursors) error {
	needs := notice.Needs{
		Store: noticestore.New(a.DB), Leads: noticedLeads{service: a.Lead}, Rules: leadCity{org: a.Org}, Policy: a.Policy, Cursors: cursors,
		Random: rand.Reader, Product: Product, Site: a.Config.Public.URL,
	}
	if s := a.Config.SMTP; s.Host != "" {
		sender, err := mail.New(mail.Server{
			Host: s.Host, Port: s.Port, Security: s.Security, Username: s.Username, Password: s.Password.Reveal(),
			From: s.From, CAFile: s.CAFile,
		})
		if err != nil {
			return err
		}
		needs.Poster, needs.Domain = poster{sender: sender}, sender.Domain()
	}
	a.Notice = notice.New(needs)
	return nil
}

// poster hands letters to the mail server.
type poster struct{ sender *mail.Sender }

// Post sends one letter.
func (p poster) Post(ctx context.Context, l notice.Letter) error {
	return p.sender.Send(ctx, mail.Letter(l))
}

// noticedLeads tells notices what a person may know of leads.
type noticedLeads struct{ service *lead.Service }

// Heads returns those of the leads that the actor may read.
func (n noticedLeads) Heads(ctx context.Context, actor access.Actor, leads []id.Lead) (map[id.Lead]notice.Head, error) {
	views, err := n.service.Some(ctx, actor, leads)
	if err != nil {
		return nil, err
	}
	out := make(map[id.Lead]notice.Head, len(views))
	for _, v := range views {
		out[v.ID] = notice.Head{ID: v.ID, Code: v.Code, Title: v.Title, Stage: string(v.Stage), UnitID: v.UnitID}
	}
	return out, nil
}

// Standings returns who may read the leads.
func (n noticedLeads) Standings(ctx context.Context, leads []id.Lead) ([]notice.Standing, error) {
	list, err := n.service.Watchers(ctx, leads)
	if err != nil {
		return nil, err
	}
	out := make([]notice.Standing, 0, len(list))
	for _, w := range list {
		out = append(out, notice.Standing(w))
	}
	return out, nil
}

// noticeJobs tell people, pass changes on to open pages and send mail: at
// once when something says so, and every few seconds in case it was missed.
func (a *App) noticeJobs() []job.Job {
	count := func(run func(context.Context) (int, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := run(ctx)
			return err
		}
	}
	return []job.Job{
		{Name: "listen to commits", Every: 2 * time.Second, Run: func(ctx context.Context) error {
			return a.DB.Listen(ctx, a.Notice.Hear)
		}},
		{Name: "tell people", Every: 5 * time.Second, Wake: a.Notice.Told(), Run: count(a.Notice.Tell)},
		{Name: "pass changes on", Every: 5 * time.Second, Wake: a.Notice.Changed(), Run: a.Notice.PassOn},
		{Name: "write daily mail", Every: time.Minute, Run: count(a.Notice.Digest)},
		{Name: "tidy notices and mail", Every: time.Hour, Run: count(a.Notice.Tidy)},
		{Name: "send mail", Every: 15 * time.Second, Wake: a.Notice.Posted(), Run: count(a.Notice.Post)},
	}
}

// Work runs the recurring work until ctx ends, and returns when all of it has
// stopped.
func (a *App) Work(ctx context.Context) { job.Run(ctx, a.Log, a.Jobs()...) }
