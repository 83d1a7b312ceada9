// Command leadrelay is the whole program: the server with its web page, the
// demo world, and what an operator needs at the console.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/leadrelay/leadrelay/internal/app"
)

// version is set by the linker for a release.
var version = "dev" //nolint:gochecknoglobals // the linker needs a variable

const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends a program that drains
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run returns 0 when done, 1 when it failed with one clear line, 2 on wrong
// usage.
func run(ctx context.Context, args []string) int {
	started := false
	root := commands(func() { started = true }) //nolint:contextcheck // cobra hands the context to each command
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "leadrelay:", app.OneLine(err))
	if started {
		return exitFailed
	}
	return exitUsage
}

// commands builds the tree of commands; started is called when the usage was
// right and the work begins.
func commands(started func()) *cobra.Command {
	root := &cobra.Command{
		Use: "leadrelay", Short: "Investment-project leads of a city: never dropped, never stolen, never counted twice.",
		SilenceErrors: true, SilenceUsage: true, Version: version, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentPreRun = func(*cobra.Command, []string) { started() }
	s := &settings{flags: map[string]string{}}
	root.PersistentFlags().StringVar(&s.file, "config", "", "configuration file (.yaml or .toml)")
	root.PersistentFlags().StringToStringVar(&s.flags, "set", nil, "one key of the configuration: --set session.idle=15m")
	root.AddCommand(serve(s), demo(s), migrate(s), verifyAudit(s), doctor(s), config(s), user(s), policy(), openapi(), routes())
	return root
}

// settings are the flags that every command shares.
type settings struct {
	file  string
	flags map[string]string
}

func (s *settings) with(c *cobra.Command, more map[string]string) app.Console {
	flags := map[string]string{}
	for k, v := range s.flags {
		flags[k] = v
	}
	for k, v := range more {
		if v != "" {
			flags[k] = v
		}
	}
	return app.Console{File: s.file, Flags: flags, Version: version, Out: c.OutOrStdout(), Err: c.ErrOrStderr()}
}

func serve(s *settings) *cobra.Command {
	var listen string
	c := &cobra.Command{Use: "serve", Short: "Serve the city.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.with(c, map[string]string{"listen": listen}).Serve(c.Context())
	}}
	c.Flags().StringVar(&listen, "listen", "", "address and port")
	return c
}

func demo(s *settings) *cobra.Command {
	var dir, listen string
	var o app.DemoOptions
	c := &cobra.Command{
		Use: "demo", Short: "Make the demo world if it is not there, then serve it on this machine only.", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c, map[string]string{"data.dir": dir, "listen": listen, "demo": "true"}).Demo(c.Context(), o)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the demo world")
	c.Flags().StringVar(&listen, "listen", "", "address and port on the loopback interface")
	c.Flags().IntVar(&o.Leads, "leads", 0, "generate so many leads besides the demo's own")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "equal seeds generate equal leads")
	c.Flags().BoolVar(&o.NoServe, "no-serve", false, "make the world and stop")
	return c
}

func migrate(s *settings) *cobra.Command {
	return &cobra.Command{Use: "migrate", Short: "Bring the schema up to date.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.with(c, nil).Migrate(c.Context())
	}}
}

func verifyAudit(s *settings) *cobra.Command {
	return &cobra.Command{Use: "verify-audit", Short: "Check the chain of the audit log.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.with(c, nil).VerifyAudit(c.Context())
	}}
}

func doctor(s *settings) *cobra.Command {
	var repair bool
	c := &cobra.Command{
		Use: "doctor", Short: "Prove that every kept figure equals a recount, or put it right.", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.with(c, nil).Doctor(c.Context(), repair) },
	}
	c.Flags().BoolVar(&repair, "repair", false, "put right what can be worked out again")
	return c
}

func config(s *settings) *cobra.Command {
	var markdown bool
	c := &cobra.Command{Use: "config", Short: "Print every key with its value and origin.", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return s.with(c, nil).PrintConfig(markdown)
	}}
	c.Flags().BoolVar(&markdown, "markdown", false, "print the page for the documentation")
	return c
}
