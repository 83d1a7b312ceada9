package app_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	module = "github.com/leadrelay/leadrelay/"
	kernel = `internal/(fault|id|event|page|clock|once|access)`
	parts  = `internal/(account|org|lead|signing|admission|dossier|target|credit|supervise|rank|update|report|audit|notice|exchange)`
	gorm   = `gorm\.io/.+|modernc\.org/sqlite.*|github\.com/(jackc/pgx|pressly/goose)/.+`
	web    = `github\.com/(gin-gonic/gin|danielgtaylor/huma/v2|prometheus/client_golang)(/.+)?|golang\.org/x/time/rate`
	people = `github\.com/(golang-jwt/jwt/v5|alexedwards/argon2id|pquerna/otp.*|mozillazg/go-pinyin)|golang\.org/x/(crypto|text|net/publicsuffix|net/idna)(/.+)?|github\.com/goccy/go-yaml`
)

// importRules says who may import whom. The first line that fits a package
// counts; the standard library and what lies below or above in the package's
// own folder are free to all; $ is the last name of the package.
func importRules() [][2]string {
	return [][2]string{
		{`internal/(fault|id|event|page|clock|once)`, `internal/(fault|id|event|page|clock)`},
		{`internal/access`, `internal/(fault|id|event|page|clock)|github\.com/casbin/casbin/v2(/.+)?`},
		{`internal/mail`, kernel},
		{`internal/config`, `github\.com/knadh/koanf/.+`},
		{`internal/exchange`, kernel + `|github\.com/xuri/excelize/v2`},
		{parts + `(/.+)?`, kernel + `|` + people},
		{`internal/store`, kernel + `|migrations|golang\.org/x/time/rate|` + gorm},
		{`internal/store/lead/gate`, kernel + `|internal/lead/gate|` + gorm},
		{`internal/store/[a-z]+`, kernel + `|internal/store|internal/$(/gate)?|` + gorm},
		{`internal/httpapi`, kernel + `|` + parts + `|internal/lead/gate|` + web},
		{`internal/job`, kernel + `|` + parts + `|github\.com/go-co-op/gocron/v2`},
		{`rbac|migrations|web`, `-`},
		{`internal/(testkit|bench)(/.+)?`, `.+`},
		{`internal/app/demo`, `internal/store(/lead)?|` + kernel + `|internal/(lead|org)(/city)?|github\.com/goccy/go-yaml`},
		{`internal/app|cmd/leadrelay`, `internal/(app|config|store|httpapi|job|mail)(/.+)?|` + kernel + `|` + parts + `(/.+)?|rbac|migrations|web|github\.com/spf13/(cobra|pflag)`},
	}
}

func TestEveryPackageImportsOnlyWhatItMay(t *testing.T) {
	for _, line := range listPackages(t) {
		name, imports, _ := strings.Cut(line, " ")
		name = strings.TrimPrefix(name, module)
		allowed := ""
		for _, rule := range importRules() {
			if fits(rule[0], name) {
				allowed = strings.ReplaceAll(rule[1], "$", name[strings.LastIndex(name, "/")+1:])
				break
			}
		}
		if allowed == "" {
			t.Errorf("%s: no line of the table says what it may import", name)
		}
		for _, path := range strings.Fields(imports) {
			path = strings.TrimPrefix(path, module)
			if !isStandard(path) && !strings.HasPrefix(path, name+"/") && !strings.HasPrefix(name, path+"/") && !fits(allowed, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

func TestTheClockAndTheEnvironmentAreReadInOnePlaceEach(t *testing.T) {
	for _, rule := range []struct{ pattern, where string }{
		{`\btime\.(Now|Since|Until)\(`, `internal/clock/`},
		{`\bos\.(Getenv|LookupEnv|Environ|ExpandEnv)\(`, `internal/config/`},
		{`(?m)^func init\(`, `-`},
		{`\bpanic\(`, `-`},
		{`\.AutoMigrate\(`, `-`},
	} {
		forbidden := regexp.MustCompile(rule.pattern)
		eachSource(t, func(path string, source []byte) {
			free := strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "internal/testkit/") || strings.HasPrefix(path, rule.where)
			if hit := forbidden.Find(unexcused(source)); hit != nil && !free {
				t.Errorf("%s: %s", path, hit)
			}
		})
	}
}

func TestNoFileIsLongerThanAPersonReads(t *testing.T) {
	eachSource(t, func(path string, source []byte) {
		if lines := bytes.Count(source, []byte("\n")); lines > 400 {
			t.Errorf("%s has %d lines; 400 is the limit", path, lines)
		}
	})
}

func fits(pattern, text string) bool {
	return regexp.MustCompile(`^(` + pattern + `)$`).MatchString(text)
}

// isStandard tells a package of the standard library: its first name has no
// dot, and it is none of ours.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && !fits(`(internal|cmd)/.+|rbac|migrations|web`, path)
}

// listPackages returns a line for every package: its path and what it
// imports outside its tests.
func listPackages(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

const root = "../.."

// eachSource reads every Go file that was written by hand.
func eachSource(t *testing.T, read func(path string, source []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "node_modules" || name == "dist" || path != root && strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".gen.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err == nil {
			read(filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator))), source)
		}
		return err
	})
	if err != nil {
		t.Fatalf("read sources: %v", err)
	}
}

// unexcused drops the lines that are only a comment, which may speak of what
// is forbidden, and those that tell the linter why they do it.
func unexcused(source []byte) []byte {
	return regexp.MustCompile(`(?m)^(\s*//.*|.*//nolint:forbidigo // .+)$`).ReplaceAll(source, nil)
}
