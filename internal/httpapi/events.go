package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/notice"
)

// events is the live stream of an open page: server-sent events that name
// rows and say nothing of them.
type events struct {
	service *notice.Service
	account *account.Service
	policy  *access.Policy
	now     func() time.Time
}

const (
	// beat is how often a silent stream shows that it lives, and how late a
	// lost signal is noticed.
	beat = 20 * time.Second
	// oneWrite bounds a write: a page that does not read loses its stream.
	oneWrite = 10 * time.Second
)

func (h events) routes(r *Router) {
	route(r, http.MethodGet, "/events", access.Self, h.open,
		Summary("Server-sent events: unread count, new notices, changed leads, by their numbers"))
}

type openEvents struct {
	Since   int64    `header:"Last-Event-ID" minimum:"0" doc:"The number of the last notice that arrived."`
	Seconds Opt[int] `query:"seconds" minimum:"0" maximum:"43200" doc:"End after so long; 0: after what there is now. Left out: with the session."`
}

// liveStream is the answer that stays open.
type liveStream struct {
	ContentType string `header:"Content-Type"`
	Buffering   string `header:"X-Accel-Buffering"`
	Body        func(huma.Context)
}

func (h events) open(ctx context.Context, actor access.Actor, in *openEvents) (*liveStream, error) {
	pages, first, err := h.service.Open(ctx, actor, in.Since, h.alive(actor))
	if err != nil {
		return nil, err
	}
	return &liveStream{
		ContentType: "text/event-stream; charset=utf-8", Buffering: "no",
		Body: func(hc huma.Context) { //nolint:contextcheck // the stream outlives the handler: it ends with the request's own context
			defer pages.Close()
			hc.SetStatus(http.StatusOK)
			if hc.Method() == http.MethodHead {
				return
			}
			ctx, cancel := hc.Context(), context.CancelFunc(func() {})
			if in.Seconds.Set {
				ctx, cancel = context.WithTimeout(ctx, time.Duration(in.Seconds.Value)*time.Second)
			}
			defer cancel()
			h.run(ctx, newEventWriter(hc, h.now), pages, first)
		},
	}, nil
}

// alive asks whether the session lives and what it may do now.
func (h events) alive(actor access.Actor) func(context.Context) (access.Actor, error) {
	return func(ctx context.Context) (access.Actor, error) {
		c, err := h.account.Alive(ctx, actor)
		if err != nil {
			return access.Actor{}, err
		}
		return c.Actor(h.policy), nil
	}
}

// run writes until the page goes away, the session ends or the time is up.
func (h events) run(ctx context.Context, w *eventWriter, pages *notice.Stream, news []notice.Message) {
	for {
		if err := w.write(news); err != nil {
			return // the page is gone
		}
		for _, m := range news {
			if m.Name == "end" {
				return
			}
		}
		var err error
		if news, err = pages.Next(ctx, beat); err != nil {
			return // gone, or the database is away: the page comes back by itself
		}
	}
}

// eventWriter writes server-sent events, each within its time.
type eventWriter struct {
	to   http.ResponseWriter
	ctrl *http.ResponseController
	now  func() time.Time
}

func newEventWriter(hc huma.Context, now func() time.Time) *eventWriter {
	to := humagin.Unwrap(hc).Writer
	w := &eventWriter{to: to, ctrl: http.NewResponseController(to), now: now}
	// The server's limit for reading a request would end the stream; a writer
	// without deadlines is one of the tests.
	_ = w.ctrl.SetReadDeadline(time.Time{})
	return w
}

// write sends messages, or a comment when there is none.
func (w *eventWriter) write(news []notice.Message) error {
	var buf bytes.Buffer
	for _, m := range news {
		data, err := json.Marshal(m.Data)
		if err != nil {
			return fmt.Errorf("write an event: %w", err)
		}
		buf.WriteString("event: " + m.Name + "\n")
		if m.Seq > 0 {
			buf.WriteString("id: " + strconv.FormatInt(m.Seq, 10) + "\n")
		}
		buf.WriteString("data: " + string(data) + "\n\n")
	}
	if len(news) == 0 {
		buf.WriteString(": beat\n\n")
	}
	if err := w.ctrl.SetWriteDeadline(w.now().Add(oneWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("bound a write: %w", err)
	}
	if _, err := w.to.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if err := w.ctrl.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("send an event: %w", err)
	}
	return nil
}
