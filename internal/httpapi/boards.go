package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// boards serves the pipeline and the workbench.
type boards struct{ service *lead.Service }

func (h boards) routes(r *Router) {
	route(r, http.MethodGet, "/pipeline", access.PipelineRead, h.pipeline, Summary("Counts and sums within the caller's scope."))
	route(r, http.MethodGet, "/workbench", access.WorkbenchRead, h.workbench, Summary("What the caller owes today."))
}

type pipelineBy struct {
	By lead.Dimension `query:"by" default:"stage" enum:"stage,month,unit,chain"`
}

func (h boards) pipeline(ctx context.Context, actor access.Actor, in *pipelineBy) (*Answer[lead.PipelineView], error) {
	return answer(h.service.Pipeline(ctx, actor, in.By))
}

type nothing struct{}

func (h boards) workbench(ctx context.Context, actor access.Actor, _ *nothing) (*Answer[lead.WorkbenchView], error) {
	return answer(h.service.Workbench(ctx, actor))
}
