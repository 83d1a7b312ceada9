package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/once"
)

// Repeats keeps what a POST under an Idempotency-Key was answered, in the
// transaction of its effect. Between StartOnce and FinishOnce every use case
// with the context works in that transaction.
type Repeats interface {
	KeptOnce(ctx context.Context, user id.User, key string) (once.Kept, bool, error)
	StartOnce(ctx context.Context, request once.Request) context.Context
	ChangedOnce(ctx context.Context) []id.Lead
	FinishOnce(ctx context.Context, answer once.Answer) error
	DropOnce(ctx context.Context)
}

const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
	longestKey     = 255
)

// keyed tells whether the route takes an Idempotency-Key: every POST that
// changes business rows. A session and an unmasked contact are given anew or
// not at all.
func (e *entry) keyed() bool {
	return e.Method == http.MethodPost && e.Kind == Write && e.Permission != access.Public &&
		!strings.HasPrefix(e.Path, basePath+"/auth/") && !strings.HasSuffix(e.Path, "/reveal")
}

// repeat finds out whether a POST was answered before under its key. Then
// neither the row's state nor its version is asked again: the first request
// changed both. Whether the caller still reads the row is asked by replay.
func (r *Router) repeat(c *gin.Context) {
	now := current(c)
	key := c.GetHeader(keyHeader)
	if key == "" || !now.entry.keyed() || r.options.Repeats == nil {
		return
	}
	if !wellFormedKey(key) {
		r.fail(c, fault.BadField(keyHeader, "not_a_key"))
		return
	}
	now.once = &once.Request{
		User: now.actor.User, Key: key, Route: now.method + " " + c.Request.URL.EscapedPath(),
		Unit: now.actor.Acting, Keep: r.options.KeepAnswers,
	}
	now.answerHeader = c.Writer.Header()
	if now.unsaid != nil {
		return
	}
	kept, found, err := r.options.Repeats.KeptOnce(c.Request.Context(), now.actor.User, key)
	switch {
	case err != nil:
		r.fail(c, err)
	case found && !sameRequest(kept, *now.once):
		r.fail(c, keyReused())
	case found:
		now.kept = &kept
	}
}

// wellFormedKey takes what is visible ASCII, as in a UUID.
func wellFormedKey(key string) bool {
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(key) <= longestKey
}

func sameRequest(kept once.Kept, now once.Request) bool {
	return kept.Route == now.Route && kept.Unit == now.Unit
}

func keyReused() error {
	return &fault.Error{
		Kind: fault.Invalid, Code: codeKeyReused, Message: "The key was used for another request.",
		Fields: []fault.Field{{Name: keyHeader, Code: codeKeyReused}},
	}
}

// perform runs the use case of a route; under a key at most once.
func perform[I, O any](
	ctx context.Context, r *Router, handle func(context.Context, access.Actor, *I) (*O, error), in *I,
) (*O, error) {
	c := callOf(ctx)
	if c.once == nil {
		return handle(ctx, c.actor, in)
	}
	if c.kept == nil {
		out, err := first(ctx, r, handle, in)
		if err == nil {
			return out, nil
		}
		// Two came at once: this one waited for the other, or met what it did.
		if !r.answeredMeanwhile(ctx, c) {
			if errors.Is(err, once.ErrAnswered) {
				err = keyReused()
			}
			return nil, err
		}
	}
	if err := c.askedBefore(); err != nil {
		return nil, err
	}
	return replay[O](ctx, r, c)
}

// askedBefore compares the request with the one that its key was answered
// for, if there is one.
func (c *call) askedBefore() error {
	if c.kept == nil {
		return nil
	}
	sum, err := c.sum()
	if err == nil && sum != c.kept.Sum {
		err = keyReused()
	}
	return err
}

// answeredMeanwhile looks once more whether the same request was answered under
// its key, by another that came at the same time.
func (r *Router) answeredMeanwhile(ctx context.Context, c *call) bool {
	if c.once == nil || c.unsaid != nil {
		return false
	}
	kept, found, err := r.options.Repeats.KeptOnce(ctx, c.actor.User, c.once.Key)
	if err != nil || !found || !sameRequest(kept, *c.once) {
		return false
	}
	c.kept = &kept
	return true
}

// first does the work and keeps its answer with it, or neither.
func first[I, O any](
	ctx context.Context, r *Router, handle func(context.Context, access.Actor, *I) (*O, error), in *I,
) (*O, error) {
	c := callOf(ctx)
	ctx = r.options.Repeats.StartOnce(ctx, *c.once)
	defer r.options.Repeats.DropOnce(ctx)
	out, err := handle(ctx, c.actor, in)
	if err != nil {
		return nil, err
	}
	answer, err := answerOf(c, out)
	if err != nil {
		return nil, err
	}
	for _, l := range r.options.Repeats.ChangedOnce(ctx) {
		// An act may take its own actor's sight of the lead, as a refusal does:
		// then there is nothing to ask again.
		switch _, err := r.sight(ctx, c.actor, l); {
		case err == nil:
			answer.Leads = append(answer.Leads, l)
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	if err := r.options.Repeats.FinishOnce(ctx, answer); err != nil {
		return nil, err
	}
	return out, nil
}

// answerOf is the answer as it is kept.
func answerOf(c *call, out any) (once.Answer, error) {
	sum, err := c.sum()
	if err != nil {
		return once.Answer{}, err
	}
	a := once.Answer{Sum: sum, Status: cmp.Or(c.entry.status, http.StatusNoContent)}
	v := reflect.ValueOf(out).Elem()
	a.ETag, a.Location = textOf(v, "ETag"), textOf(v, "Location")
	if body := v.FieldByName("Body"); body.IsValid() && body.Kind() != reflect.Func {
		a.Status = cmp.Or(c.entry.status, http.StatusOK)
		if a.Body, err = keepable(body); err != nil {
			return once.Answer{}, err
		}
	}
	return a, nil
}

func textOf(v reflect.Value, field string) string {
	if f := v.FieldByName(field); f.IsValid() {
		return f.String()
	}
	return ""
}

// replay gives the first answer again, to a caller who still may have it.
func replay[O any](ctx context.Context, r *Router, c *call) (*O, error) {
	seen, err := r.seenNow(ctx, c)
	if err != nil {
		return nil, err
	}
	out := new(O)
	v := reflect.ValueOf(out).Elem()
	for name, text := range map[string]string{"ETag": c.kept.ETag, "Location": c.kept.Location} {
		if f := v.FieldByName(name); f.IsValid() {
			f.SetString(text)
		}
	}
	if body := v.FieldByName("Body"); body.IsValid() && body.Kind() != reflect.Func {
		if err := r.showAgain(ctx, c.actor, body, seen); err != nil {
			return nil, err
		}
	}
	c.answerHeader.Set(replayedHeader, "true")
	return out, nil
}

// seenNow is what the caller sees by now of all the leads of the answer.
//
// Errors: NotFound when one of them is out of his sight.
func (r *Router) seenNow(ctx context.Context, c *call) (access.Seen, error) {
	all := access.Seen{Public: true, Open: true, Money: true, Contact: true, File: true}
	for _, l := range c.kept.Leads {
		seen, err := r.sight(ctx, c.actor, l)
		if err != nil {
			return access.Seen{}, err
		}
		all = access.Seen{
			Public: all.Public && seen.Public, Open: all.Open && seen.Open, Money: all.Money && seen.Money,
			Contact: all.Contact && seen.Contact, File: all.File && seen.File,
		}
	}
	return all, nil
}
