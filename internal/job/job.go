// Package job runs what nobody asks for: sealing the audit log, recording
// offers that ran out, tidying sessions. Every job only writes down what the
// data has decided already, so that it may run late, twice or on two nodes.
package job

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Job is one piece of recurring work.
type Job struct {
	Name  string
	Every time.Duration
	Wake  <-chan struct{} // runs it before its turn; nil for never
	Run   func(ctx context.Context) error
}

// Run runs each job at its pace until ctx ends, and returns when all have
// stopped. A failed run is logged and tried again at the next turn.
func Run(ctx context.Context, log *slog.Logger, jobs ...Job) {
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() { j.loop(ctx, log) })
	}
	all.Wait()
}

func (j Job) loop(ctx context.Context, log *slog.Logger) {
	turn := time.NewTicker(j.Every)
	defer turn.Stop()
	for {
		if err := j.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("job failed", "job", j.Name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-turn.C:
		case <-j.Wake:
		}
	}
}
