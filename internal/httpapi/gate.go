package httpapi

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// begin ties the request to its route.
func (r *Router) begin(e *entry) gin.HandlerFunc {
	return func(c *gin.Context) {
		now := current(c)
		now.entry = e
		if row, err := strconv.ParseInt(c.Param("id"), 10, 64); err == nil {
			now.row = row
		}
	}
}

// authenticate puts the caller into the request; without a live session it
// ends here.
func (r *Router) authenticate(c *gin.Context) {
	now := current(c)
	if now.entry.Permission == access.Public {
		now.actor.Origin = now.origin(0)
		return
	}
	token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok || token == "" {
		r.fail(c, fault.New(fault.Unauthenticated, "auth.required", "No access token."))
		return
	}
	actor, person, err := r.options.Auth.Authenticate(c.Request.Context(), token)
	if err != nil {
		r.fail(c, err)
		return
	}
	actor.Origin = now.origin(actor.Origin.Session)
	now.actor, now.person = actor, person
	if person.MustChangePassword && !now.entry.beforePassword {
		r.fail(c, fault.New(fault.Forbidden, "auth.password_change_required", "The initial password must be changed first."))
	}
}

// require asks for the permission and settles the unit acted for. That the
// unit is unsaid is kept for later, because 404 and 412 come before 400.
func (r *Router) require(c *gin.Context) {
	now := current(c)
	perm := now.entry.Permission
	if perm == access.Public {
		return
	}
	if !now.actor.Holds(perm) {
		r.fail(c, fault.New(fault.Forbidden, "forbidden", "No membership permits this."))
		return
	}
	unit, err := actingUnit(c.GetHeader("X-Acting-Unit"))
	if err != nil {
		now.unsaid = err
		return
	}
	if now.entry.Kind == Read || unit == 0 && now.entry.actingInBody {
		perm = access.Self // membership of the named unit is all that is asked
	}
	acting, err := now.actor.ActFor(unit, perm)
	switch {
	case fault.KindOf(err) == fault.Invalid && err != nil:
		now.unsaid = err
	case err != nil:
		r.fail(c, err)
	default:
		now.actor = acting
	}
}

func actingUnit(header string) (id.Unit, error) {
	if header == "" {
		return 0, nil
	}
	unit, err := id.Parse[unitKind](header)
	if err != nil {
		return 0, fault.BadField("X-Acting-Unit", "not_an_id")
	}
	return id.Unit(unit), nil
}

type unitKind struct{}

// precheck answers for the row before the body is looked at.
func (r *Router) precheck(c *gin.Context) {
	now := current(c)
	if !now.entry.input.pathFits(c.Param) {
		r.fail(c, fault.New(fault.NotFound, "not_found", "The path names no row."))
		return
	}
	at := Target{param: c.Param, match: c.GetHeader("If-Match")}
	if now.kept != nil {
		return
	}
	if now.entry.precheck != nil {
		if err := now.entry.precheck(c.Request.Context(), now.actor, at); err != nil {
			if !r.answeredMeanwhile(c.Request.Context(), now) {
				r.fail(c, err)
			}
			return
		}
	}
	if now.entry.versioned {
		if _, err := at.Version(); err != nil {
			r.fail(c, err)
			return
		}
	}
	if now.unsaid != nil {
		r.fail(c, now.unsaid)
	}
}

// current returns the facts of the request that gin is handling.
func current(c *gin.Context) *call { return callOf(c.Request.Context()) }
