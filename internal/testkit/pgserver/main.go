//go:build unix

// Command pgserver starts and stops the PostgreSQL server of the tests:
//
//	go run ./internal/testkit/pgserver start [durable]   prints its address
//	go run ./internal/testkit/pgserver stop [durable]
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/leadrelay/leadrelay/internal/testkit/pg"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if root, err = pg.Root(root); err != nil {
		return err
	}
	flavour := pg.Fast
	if len(args) == 2 && args[1] == string(pg.Durable) {
		flavour = pg.Durable
	}
	switch {
	case len(args) > 0 && args[0] == "start":
		address, err := pg.Shared(context.Background(), root, flavour)
		if err == nil {
			_, err = fmt.Println(address)
		}
		return err
	case len(args) > 0 && args[0] == "stop":
		return pg.Stop(root, flavour)
	}
	return errors.New("say start or stop, and durable for a server that syncs")
}
