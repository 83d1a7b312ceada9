package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// builder carries out stages below one scratch folder. Base images are not
// fetched: their programs (go, npm) are those of this machine, so commands
// must keep to their working directory.
type builder struct {
	context string
	scratch string
	ignored *patternmatcher.PatternMatcher
	global  []string // what stands before the first stage
}

// place is where a stage stands: its own root, its working directory and its
// environment.
type place struct {
	root, dir string
	env       []string
}

func newBuilder(root string, global []instructions.ArgCommand) (*builder, error) {
	f, err := os.Open(filepath.Join(root, ".dockerignore"))
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	patterns, err := ignorefile.ReadAll(f)
	if err != nil {
		return nil, err
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "containercheck-")
	if err != nil {
		return nil, err
	}
	b := &builder{context: root, scratch: scratch, ignored: ignored}
	b.global = []string{"TARGETOS=linux", "TARGETARCH=" + runtime.GOARCH}
	for _, a := range global {
		b.global = append(b.global, args(a)...)
	}
	return b, nil
}

func (b *builder) clean() {
	if err := os.RemoveAll(b.scratch); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func (b *builder) stage(ctx context.Context, s instructions.Stage) error {
	at := &place{root: filepath.Join(b.scratch, s.Name), dir: "/"}
	if s.Name == "" {
		at.root = filepath.Join(b.scratch, "last")
	}
	if err := os.MkdirAll(at.root, 0o755); err != nil {
		return err
	}
	for _, command := range s.Commands {
		if err := b.carryOut(ctx, at, command); err != nil {
			return fmt.Errorf("%v: %w", command, err)
		}
	}
	return nil
}

func (b *builder) carryOut(ctx context.Context, at *place, command instructions.Command) error {
	switch c := command.(type) {
	case *instructions.WorkdirCommand:
		at.dir = c.Path
		return os.MkdirAll(at.path(""), 0o755)
	case *instructions.EnvCommand:
		for _, pair := range c.Env {
			at.env = append(at.env, pair.Key+"="+pair.Value)
		}
	case *instructions.ArgCommand:
		at.env = append(at.env, args(*c)...)
		for _, given := range b.global {
			if name, _, _ := strings.Cut(given, "="); name == c.Args[0].Key {
				at.env = append(at.env, given)
			}
		}
	case *instructions.CopyCommand:
		return b.copyAll(at, c)
	case *instructions.RunCommand:
		return at.run(ctx, strings.Join(c.CmdLine, " "))
	}
	return nil
}

func args(c instructions.ArgCommand) []string {
	var out []string
	for _, a := range c.Args {
		if a.Value != nil {
			out = append(out, a.Key+"="+*a.Value)
		}
	}
	return out
}

func (p *place) run(ctx context.Context, line string) error {
	fmt.Println("  $", line)
	shell := exec.CommandContext(ctx, "/bin/sh", "-c", line)
	shell.Dir = p.path("")
	shell.Env = append(os.Environ(), p.env...) //nolint:forbidigo // the image's environment on top of this machine's
	shell.Stdout, shell.Stderr = os.Stdout, os.Stderr
	return shell.Run()
}

// path returns where a path of the image lies in the scratch folder.
func (p *place) path(inImage string) string {
	if !filepath.IsAbs(inImage) {
		inImage = filepath.Join(p.dir, inImage)
	}
	return filepath.Join(p.root, inImage)
}

func (b *builder) copyAll(at *place, c *instructions.CopyCommand) error {
	many := len(c.SourcePaths) > 1 || strings.HasSuffix(c.DestPath, "/") || c.DestPath == "."
	for _, source := range c.SourcePaths {
		from, filter := filepath.Join(b.context, source), b.ignored
		if c.From != "" {
			from, filter = filepath.Join(b.scratch, c.From, source), nil
		}
		about, err := os.Stat(from)
		if err != nil {
			return err
		}
		to := at.path(c.DestPath)
		if many && !about.IsDir() {
			to = filepath.Join(to, filepath.Base(source))
		}
		if err := copyTree(b.context, from, to, filter); err != nil {
			return err
		}
	}
	return nil
}

func copyTree(root, from, to string, ignored *patternmatcher.PatternMatcher) error {
	found := false
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if skip, err := matches(ignored, root, path); err != nil || skip {
			if skip && entry.IsDir() && !ignored.Exclusions() {
				return filepath.SkipDir
			}
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, relative), 0o755)
		}
		found = true
		return copyFile(path, filepath.Join(to, relative))
	})
	if about, statErr := os.Stat(from); err == nil && statErr == nil && !about.IsDir() && !found {
		return errors.New(from + " is kept out by .dockerignore")
	}
	return err
}

func matches(ignored *patternmatcher.PatternMatcher, root, path string) (bool, error) {
	relative, err := filepath.Rel(root, path)
	if err != nil || ignored == nil || relative == "." {
		return false, err
	}
	return ignored.MatchesOrParentMatches(relative)
}

func copyFile(from, to string) error {
	about, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if about.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, about.Mode().Perm())
}
