package httpapi

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/lead"
)

type checkDuplicates struct {
	Body struct {
		InvestorName *string `json:"investor_name,omitempty"`
		CreditCode   *string `json:"credit_code,omitempty"`
	}
}

func (h leads) duplicates(ctx context.Context, _ access.Actor, in *checkDuplicates) (*Answer[lead.CheckView], error) {
	return answer(h.service.CheckDuplicates(ctx, in.Body.InvestorName, in.Body.CreditCode))
}
