package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// registerRoutes are those of the register of first reports.
func (h leads) registerRoutes(r *Router) {
	route(r, http.MethodPost, "/duplicates/check", access.DuplicateCheck, h.duplicates, ReadOnly(),
		Summary("Whether somebody reported an investor before."))
	route(r, http.MethodGet, "/duplicates/users", access.DuplicateWatch, h.checkUsers,
		Summary("Who asks the duplicate check most."))
	route(r, http.MethodGet, "/registrations", access.ProtectionConfirm, h.pending,
		Summary("Registrations that wait for the bureau."))
	route(r, http.MethodPost, "/leads/{id}/protection/confirm", access.ProtectionConfirm, h.confirmProtection,
		Precheck(h.may(access.ProtectionConfirm, false)), Summary("Confirm that a lead is a project of its own."))
	route(r, http.MethodPost, "/leads/{id}/protection/reject", access.ProtectionConfirm, h.rejectProtection,
		Precheck(h.may(access.ProtectionConfirm, false)), Summary("Reject that a lead is a project of its own."))
	route(r, http.MethodPost, "/leads/{id}/protection/renew", access.ProtectionRenew, h.renewProtection,
		Precheck(h.may(access.ProtectionRenew, false)), Summary("Give a lead a further window of protection."))
}

type checkDuplicates struct {
	Body struct {
		InvestorName     *string `json:"investor_name,omitempty"`
		CreditCode       *string `json:"credit_code,omitempty"`
		ParentName       *string `json:"parent_name,omitempty"`
		ParentCreditCode *string `json:"parent_credit_code,omitempty"`
		Website          *string `json:"website,omitempty"`
	}
}

func (h leads) duplicates(ctx context.Context, actor access.Actor, in *checkDuplicates) (*Answer[lead.CheckView], error) {
	b := in.Body
	return answer(h.service.CheckDuplicates(ctx, actor, lead.Party{
		Name: b.InvestorName, CreditCode: b.CreditCode, ParentName: b.ParentName, ParentCreditCode: b.ParentCreditCode, Website: b.Website,
	}))
}

func (h leads) checkUsers(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[lead.CheckUsersView], error) {
	return answer(h.service.CheckUsers(ctx, actor))
}

// choiceBody is what somebody says of earlier reports of an investor.
type choiceBody struct {
	Choice     lead.Choice `json:"choice"`
	Reason     string      `json:"reason,omitempty"`
	References []string    `json:"references,omitempty"`
}

func (b *choiceBody) claimed() lead.Claimed {
	if b == nil {
		return lead.Claimed{}
	}
	return lead.Claimed{Choice: b.Choice, Reason: b.Reason, References: b.References}
}

type listPending struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string `query:"cursor" maxLength:"1000"`
}

// pendingPage is a page of registrations; it has no total.
type pendingPage struct {
	Items []lead.PendingView `json:"items"`
	Next  *string            `json:"next"`
}

func (h leads) pending(ctx context.Context, actor access.Actor, in *listPending) (*Answer[pendingPage], error) {
	found, next, err := h.service.Pending(ctx, actor, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(pendingPage{Items: found, Next: next}), nil
}

type decideProtection struct {
	ID   id.Lead `path:"id"`
	Body struct {
		Reason string `json:"reason,omitempty"`
	}
}

func (h leads) confirmProtection(ctx context.Context, actor access.Actor, in *decideProtection) (*Item[lead.View], error) {
	return leadItem(h.service.DecideProtection(ctx, actor, in.ID, true, in.Body.Reason))
}

func (h leads) rejectProtection(ctx context.Context, actor access.Actor, in *decideProtection) (*Item[lead.View], error) {
	return leadItem(h.service.DecideProtection(ctx, actor, in.ID, false, in.Body.Reason))
}

type renewProtection struct {
	ID   id.Lead `path:"id"`
	Body struct {
		Reason string   `json:"reason"`
		FileID *id.File `json:"file_id,omitempty"`
		NoteID *id.Note `json:"note_id,omitempty"`
	}
}

func (h leads) renewProtection(ctx context.Context, actor access.Actor, in *renewProtection) (*Item[lead.View], error) {
	b := in.Body
	return leadItem(h.service.RenewProtection(ctx, actor, in.ID, lead.Renewing{Reason: b.Reason, FileID: b.FileID, NoteID: b.NoteID}))
}
