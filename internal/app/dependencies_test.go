package app_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheDocsNameEveryDirectDependencyWithItsVersion(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^ ]+) \\| [^|]+ \\| [^|]+ \\|$").FindAllStringSubmatch(string(page), -1) {
		named = append(named, row[1]+" "+row[2])
	}
	used := append(goDependencies(t), webDependencies(t)...)
	slices.Sort(named)
	slices.Sort(used)
	for _, d := range used {
		if !slices.Contains(named, d) {
			t.Errorf("docs/dependencies.md does not name %s", d)
		}
	}
	for _, d := range named {
		if !slices.Contains(used, d) {
			t.Errorf("docs/dependencies.md names %s, which is not used", d)
		}
	}
}

// goDependencies returns the modules that our own packages and tests import,
// with their versions.
func goDependencies(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-test", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}|{{.ImportPath}}|{{if and .Module .Module.Main}}{{join .Imports " "}}{{end}}`, "./...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	moduleOf, direct := map[string]string{}, map[string]bool{}
	for _, line := range strings.Split(string(out), "\n") {
		parts := strings.Split(line, "|")
		if len(parts) != 3 {
			continue
		}
		moduleOf[parts[1]] = parts[0]
		for _, path := range strings.Fields(parts[2]) {
			direct[path] = true
		}
	}
	var modules []string
	for path := range direct {
		if m := moduleOf[path]; m != "" && !slices.Contains(modules, m) {
			modules = append(modules, m)
		}
	}
	return modules
}

func webDependencies(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "web", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatalf("read package.json: %v", err)
	}
	var out []string
	for _, group := range []map[string]string{list.Dependencies, list.DevDependencies} {
		for name, version := range group {
			out = append(out, name+" "+version)
		}
	}
	return out
}
