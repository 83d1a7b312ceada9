package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Watch says who may read a lead, for those who tell open pages that it
// changed. It carries no fact of the lead.
type Watch struct {
	Lead    id.Lead
	Row     access.Standing
	Members []id.User
}

// justLost is how long after the loss of a right a page is still told that
// the lead changed, so that it stops showing it.
const justLost = time.Minute

// Some returns those of the leads that the actor may read, as the actor sees
// them.
func (s *Service) Some(ctx context.Context, actor access.Actor, leads []id.Lead) ([]View, error) {
	seen, err := s.store.Some(ctx, actor.Scope(access.LeadRead), leads)
	if err != nil {
		return nil, fmt.Errorf("read some leads: %w", err)
	}
	r := rightsOf(actor)
	out := make([]View, 0, len(seen))
	for _, one := range seen {
		out = append(out, r.view(one, s.shape))
	}
	return out, nil
}

// Watchers returns who may read the leads now, or could a moment ago.
func (s *Service) Watchers(ctx context.Context, leads []id.Lead) ([]Watch, error) {
	list, err := s.store.Watchers(ctx, leads, justLost)
	if err != nil {
		return nil, fmt.Errorf("read who watches leads: %w", err)
	}
	return list, nil
}
