package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/job"
)

// Time limits of the server. A slow client loses its connection, not the
// server's memory.
const (
	readHeader  = 10 * time.Second
	readAll     = 2 * time.Minute // an upload over a slow line
	writeAll    = 2 * time.Minute
	idleFor     = 2 * time.Minute
	drainWithin = 20 * time.Second
	headerBytes = 32 << 10
)

// Listen opens the configured address. It fails at once, before any work, so
// that a taken port is one clear line.
func (a *App) Listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", a.Config.Listen, err)
	}
	return l, nil
}

// How much memory the program may use beside what is alive before it is swept:
// a list page leaves a tenth of a MiB behind, so sweeping at the language's
// own 100 percent of a small program costs a tenth of every request. Near
// roomyUntil it sweeps as often as it must.
const (
	roomy      = 400
	roomyUntil = 512 << 20
)

// roomier sets how often memory is swept, unless who started the program set it
// in the environment.
func roomier() {
	const usual = 100
	if before := debug.SetGCPercent(roomy); before != usual {
		debug.SetGCPercent(before)
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(roomyUntil)
	}
}

// Serve answers requests and runs the jobs until ctx ends, then drains:
// requests under way are finished, the audit log is sealed once more.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	roomier()
	server := &http.Server{
		Handler: a.Router, ReadHeaderTimeout: readHeader, ReadTimeout: readAll, WriteTimeout: writeAll,
		IdleTimeout: idleFor, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn),
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Work(working)
	}()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = a.drain(context.WithoutCancel(ctx), server)
	}
	stop()
	<-done
	if _, sealed := a.Audit.Seal(context.WithoutCancel(ctx)); sealed != nil {
		err = errors.Join(err, sealed)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// drain waits for requests under way; ctx is free of the signal that began
// it. A client that is too slow loses its connection: it was answered nothing,
// and must not make an orderly end look like a failure.
func (a *App) drain(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	a.Notice.CloseStreams() // an open page would keep its connection for hours
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.Log.Warn("slow requests were cut off")
		err = server.Close()
	}
	if err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

// Jobs lists the recurring work of the program.
func (a *App) Jobs() []job.Job {
	return append([]job.Job{
		{Name: "seal the audit log", Every: time.Second, Run: func(ctx context.Context) error {
			_, err := a.Audit.Seal(ctx)
			return err
		}},
		{Name: "record expired offers", Every: 30 * time.Second, Run: func(ctx context.Context) error {
			_, err := a.Lead.ExpireOffers(ctx)
			return err
		}},
		{Name: "tidy files", Every: 6 * time.Hour, Run: func(ctx context.Context) error {
			_, err := a.Lead.TidyFiles(ctx)
			return err
		}},
		{Name: "record disputes whose time has passed", Every: 30 * time.Second, Run: func(ctx context.Context) error {
			_, err := a.Lead.AdvanceDisputes(ctx)
			return err
		}},
		{Name: "warn of clocks that run out", Every: 10 * time.Second, Run: func(ctx context.Context) error {
			if _, err := a.Lead.CatchUpClocks(ctx); err != nil {
				return err
			}
			_, err := a.Lead.WarnClocks(ctx)
			return err
		}},
		{Name: "offer idle leads of the pool again", Every: 10 * time.Minute, Run: func(ctx context.Context) error {
			_, err := a.Lead.OfferPoolAgain(ctx)
			return err
		}},
		{Name: "watch protections", Every: time.Minute, Run: func(ctx context.Context) error {
			_, err := a.Lead.WatchProtections(ctx)
			return err
		}},
		{Name: "tidy duplicate checks", Every: time.Hour, Run: func(ctx context.Context) error { return a.Lead.TidyChecks(ctx) }},
		{Name: "freeze the plans of months", Every: 5 * time.Minute, Run: func(ctx context.Context) error {
			_, err := a.Signing.FreezeDue(ctx)
			return err
		}},
		{Name: "tidy sessions", Every: time.Hour, Run: a.Account.Tidy},
		{Name: "tidy kept answers", Every: time.Hour, Run: a.DB.TidyOnce},
	}, slices.Concat(a.countJobs(), a.superviseJobs(), a.updateJobs(), a.noticeJobs())...)
}
