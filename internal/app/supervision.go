package app

import (
	"context"
	"io"
	"time"

	"github.com/leadrelay/leadrelay/internal/job"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	supervisestore "github.com/leadrelay/leadrelay/internal/store/supervise"
	"github.com/leadrelay/leadrelay/internal/supervise"
)

func (a *App) buildSupervision(_ []byte, cursors page.Cursors) error {
	city := admissionCity{leadCity{org: a.Org}}
	a.Supervise = supervise.New(supervisestore.New(a.DB, leadstore.Within), city, slipVault{lead: a.Lead}, cursors)
	return nil
}

// superviseJobs tell of slips that are due.
func (a *App) superviseJobs() []job.Job {
	return []job.Job{{Name: "remind of supervision slips", Every: time.Minute, Run: func(ctx context.Context) error {
		_, err := a.Supervise.Remind(ctx)
		return err
	}}}
}

// slipVault keeps the documents of slips beside those of leads.
type slipVault struct{ lead *lead.Service }

// Keep checks and stores a content.
func (v slipVault) Keep(ctx context.Context, name string, content io.Reader) (supervise.Kept, error) {
	f, err := v.lead.StoreContent(ctx, lead.Document{Name: name, Content: content})
	return supervise.Kept{Name: f.Name, Stored: f.StoredName, Mime: f.Mime, SHA256: f.SHA256, Size: f.Size}, err
}

// Drop removes a content whose row was refused.
func (v slipVault) Drop(ctx context.Context, stored string, why error) error {
	return v.lead.DropContent(ctx, stored, why)
}

// Open returns a content.
func (v slipVault) Open(ctx context.Context, stored string) (io.ReadSeekCloser, error) {
	return v.lead.OpenContent(ctx, stored)
}
