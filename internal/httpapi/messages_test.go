package httpapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// usedCodes are the fault codes that the program's own text names: codes of
// problems, and codes of the rules of fields.
type usedCodes struct {
	problems, rules map[string]string // code → where
	constants       map[string]string
}

// readCodes looks through every file that is no test. Codes are literals or
// constants by convention, so that this search can find them.
func readCodes(t *testing.T) usedCodes {
	t.Helper()
	u := usedCodes{problems: map[string]string{}, rules: map[string]string{}, constants: map[string]string{}}
	var files []*ast.File
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (d.Name() == "config" || d.Name() == "testkit" || d.Name() == "tools") {
			return filepath.SkipDir // their add is about something else
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatalf("read the program's text: %v", err)
	}
	for _, file := range files {
		ast.Inspect(file, u.constant)
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			u.look(n, set)
			return true
		})
	}
	return u
}

func (u usedCodes) constant(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
		for i, name := range spec.Names {
			if text, ok := literal(spec.Values[i]); ok {
				u.constants[name.Name] = text
			}
		}
	}
	return true
}

func (u usedCodes) look(n ast.Node, set *token.FileSet) {
	switch v := n.(type) {
	case *ast.CallExpr:
		switch calledName(v.Fun) {
		case "fault.New":
			if calledName(v.Args[0]) != "fault.Internal" { // an internal code is never shown
				u.keep(u.problems, v.Args, 1, set)
			}
		case "fault.BadField", "BadField":
			u.keep(u.rules, v.Args, 1, set)
		case "fault.Broken", "Broken":
			u.keep(u.problems, v.Args, 0, set)
		case "add", "blame", "broken":
			u.keep(u.rules, v.Args, 1, set)
		}
	case *ast.CompositeLit:
		kind := calledName(v.Type)
		for _, e := range v.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok || calledName(pair.Key) != "Code" {
				continue
			}
			switch kind {
			case "fault.Error":
				u.keep(u.problems, []ast.Expr{pair.Value}, 0, set)
			case "fault.Field":
				u.keep(u.rules, []ast.Expr{pair.Value}, 0, set)
			}
		}
	}
}

func (u usedCodes) keep(codes map[string]string, args []ast.Expr, at int, set *token.FileSet) {
	if at >= len(args) {
		return
	}
	code, ok := literal(args[at])
	if !ok {
		code = u.constants[calledName(args[at])]
	}
	if regexp.MustCompile(`^[a-z][a-z_.0-9]*$`).MatchString(code) {
		codes[code] = set.Position(args[at].Pos()).String()
	}
}

func literal(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		text, err := strconv.Unquote(l.Value)
		return text, err == nil
	}
	return "", false
}

// calledName is pkg.Name for a function of a package, Name for anything else.
func calledName(e ast.Expr) string {
	switch v := e.(type) {
	case *ast.Ident:
		return v.Name
	case *ast.SelectorExpr:
		if pkg, ok := v.X.(*ast.Ident); ok && pkg.Name == "fault" {
			return "fault." + v.Sel.Name
		}
		return v.Sel.Name
	}
	return ""
}

func TestEveryCodeTheProgramUsesHasASentenceInBothLanguages(t *testing.T) {
	used, have := readCodes(t), allTexts()
	if len(used.problems) < 15 || len(used.rules) < 15 {
		t.Fatalf("the search finds too little: %d problems, %d rules", len(used.problems), len(used.rules))
	}
	missing := func(kind string, codes map[string]string, texts map[string]Text) {
		var lack []string
		for code, where := range codes {
			if _, ok := texts[code]; !ok {
				lack = append(lack, kind+" "+code+" ("+where+")")
			}
		}
		sort.Strings(lack)
		for _, l := range lack {
			t.Errorf("no sentence for %s", l)
		}
	}
	missing("problem", used.problems, have.problems)
	missing("rule", used.rules, have.rules)
}

func TestEverySentenceStandsInBothLanguagesWithTheSameValues(t *testing.T) {
	have := allTexts()
	hole := regexp.MustCompile(`\{[a-z_]+\}`)
	han := regexp.MustCompile(`\p{Han}`)
	for _, table := range []map[string]Text{have.problems, have.rules} {
		for code, text := range table {
			if !han.MatchString(text.ZH) || text.EN == "" || han.MatchString(text.EN) {
				t.Errorf("%s: %q / %q", code, text.ZH, text.EN)
			}
			zh, en := hole.FindAllString(text.ZH, -1), hole.FindAllString(text.EN, -1)
			sort.Strings(zh)
			sort.Strings(en)
			if strings.Join(zh, "") != strings.Join(en, "") {
				t.Errorf("%s names other values in Chinese %v than in English %v", code, zh, en)
			}
		}
	}
}

func TestTheLanguageIsTheBestOfTheTwoThatWasAskedFor(t *testing.T) {
	for header, want := range map[string]language{
		"": chinese, "zh-CN": chinese, "en": english, "en-GB,en;q=0.9": english,
		"zh-CN,zh;q=0.9,en;q=0.8": chinese, "en;q=0.5,zh;q=0.9": chinese, "en;q=0.9, zh;q=0.5": english,
		"fr": chinese, "fr,en;q=0.1": english, "en;q=0": chinese, "en;q=nonsense": chinese, "*": chinese,
		"de;q=0.9,*;q=0.5": chinese, ";;;,,": chinese, "EN-us": english,
	} {
		if got := languageOf(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestAProblemSpeaksTheCallersLanguage(t *testing.T) {
	e := newEdge(t, nil)
	zh := problemIn(t, e.do(ask{"POST", "/api/v1/things", "one", `{"title":"一二三四五六"}`, nil}))
	en := problemIn(t, e.do(ask{"POST", "/api/v1/things", "one", `{"title":"一二三四五六"}`, map[string]string{"Accept-Language": "en"}}))
	if zh.Title != "输入有误" || zh.Detail != "有内容不符合要求,请按提示修改。" || zh.Fields[0].Message != "太长,最多 5 个字符。" {
		t.Errorf("Chinese: %+v", zh)
	}
	if en.Title != "Invalid input" || en.Detail != "Some of the input breaks a rule; see the fields." || en.Fields[0].Message != "Too long; at most 5 characters." {
		t.Errorf("English: %+v", en)
	}
	if zh.Type != "urn:leadrelay:problem:input.invalid" || zh.RequestID == "" || zh.RequestID == en.RequestID {
		t.Errorf("type %s, ids %s and %s", zh.Type, zh.RequestID, en.RequestID)
	}
}

func TestFactsStandBesideTheNamedMembersAndNeverReplaceThem(t *testing.T) {
	r := newRouter(Options{})
	err := fault.New(fault.Stale, "stale", "").With("version", 3).With("status", 7)
	got, encodeErr := r.problem(withCall(t.Context(), &call{id: "1", lang: english}), err).MarshalJSON()
	want := `{"code":"stale","detail":"Somebody else has changed this since; reload and edit again.","request_id":"1","status":412,` +
		`"title":"Changed by somebody else","type":"urn:leadrelay:problem:stale","version":3}`
	if encodeErr != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, encodeErr, want)
	}
}
