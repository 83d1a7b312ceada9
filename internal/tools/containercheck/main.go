// Command containercheck proves the container files without a container
// engine: it parses docker-compose.yml and the Dockerfile with the parsers of
// the engine's own makers, and with -build carries out every build stage in a
// scratch folder: copies what the context lets through and runs the commands.
//
//	go -C internal/tools run ./containercheck [-build] ROOT
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	build := flag.Bool("build", false, "run the commands of the build stages")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *build); err != nil {
		fmt.Fprintln(os.Stderr, "containercheck:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, build bool) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if err := checkCompose(ctx, root); err != nil {
		return fmt.Errorf("docker-compose.yml: %w", err)
	}
	stages, global, err := readStages(filepath.Join(root, "Dockerfile"))
	if err != nil {
		return fmt.Errorf("dockerfile: %w", err)
	}
	if !build {
		return nil
	}
	b, err := newBuilder(root, global)
	if err != nil {
		return err
	}
	defer b.clean()
	for _, s := range stages {
		if err := b.stage(ctx, s); err != nil {
			return fmt.Errorf("dockerfile, stage %s: %w", s.Name, err)
		}
	}
	return nil
}

// checkCompose loads the file as the engine does and asks for what a running
// service needs.
func checkCompose(ctx context.Context, root string) error {
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithWorkingDirectory(root), cli.WithName("leadrelay"), cli.WithResolvedPaths(true))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return err
	}
	var wrong []error
	for name, service := range project.Services {
		once := service.Restart == "no"
		if service.HealthCheck == nil && !once {
			wrong = append(wrong, fmt.Errorf("service %s has no health check", name))
		}
	}
	if len(project.Services) < 2 || len(project.Volumes) == 0 || len(project.Secrets) == 0 {
		wrong = append(wrong, errors.New("services, volumes or secrets are missing"))
	}
	fmt.Printf("docker-compose.yml: %d services, %d volumes, %d secrets\n", len(project.Services), len(project.Volumes), len(project.Secrets))
	return errors.Join(wrong...)
}

func readStages(path string) ([]instructions.Stage, []instructions.ArgCommand, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	tree, err := parser.Parse(f)
	if err != nil {
		return nil, nil, err
	}
	var warnings []error
	warn := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) {
		warnings = append(warnings, fmt.Errorf("%s: %s", rule, message))
	}})
	stages, global, err := instructions.Parse(tree.AST, warn)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range tree.Warnings {
		warnings = append(warnings, errors.New(w.Short))
	}
	fmt.Printf("Dockerfile: %d stages, %d warnings\n", len(stages), len(warnings))
	return stages, global, errors.Join(warnings...)
}
