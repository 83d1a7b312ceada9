package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/org"
)

// The numbers that use cases read are named by constants that begin with
// rule; a key that ends in a dot or an underscore is followed by what it is of.
func TestEveryNumberThatTheProgramReadsIsListed(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:\brule[A-Z]\w*\s+= |city\.Rule\(ctx, |places\.Rule\(|rules\.Rule\(ctx, )"([a-z0-9_.]+)"`)
	read := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			read[m[1]] = file
		}
	}
	if len(read) < 30 {
		t.Fatalf("only %d keys were found: %v", len(read), read)
	}
	for key, file := range read {
		open, listed := strings.HasSuffix(key, ".") || strings.HasSuffix(key, "_"), false
		for _, k := range org.RuleKeys() {
			listed = listed || k.Key == key || open && strings.HasPrefix(k.Key, key)
		}
		if !listed {
			t.Errorf("%s reads %q, which no page lists", file, key)
		}
	}
}
