package access

import (
	"errors"
	"fmt"
	"io/fs"
	"sort"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
)

// LoadFS returns the policy in model.conf and policy.csv of a folder: the
// one built in, or an operator's own.
//
// Errors: as Load, and when a file cannot be read.
func LoadFS(dir fs.FS) (*Policy, error) {
	m, err := fs.ReadFile(dir, "model.conf")
	if err != nil {
		return nil, fmt.Errorf("read access model: %w", err)
	}
	p, err := fs.ReadFile(dir, "policy.csv")
	if err != nil {
		return nil, fmt.Errorf("read access policy: %w", err)
	}
	return Load(string(m), string(p))
}

// Load returns the table compiled from a Casbin model and a policy.
//
// Casbin loads a line with a column missing, or a role nobody has, without a
// word and then denies; so every line is checked against the lists of this
// package first. The error names every bad line by its number.
func Load(modelText, policyText string) (*Policy, error) {
	lines, err := parsePolicy(policyText)
	if err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read access model: %w", err)
	}
	if err := checkModel(m); err != nil {
		return nil, err
	}
	// Casbin gets the lines that were checked, not the text they came from.
	e, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(joinLines(lines)))
	if err != nil {
		return nil, fmt.Errorf("load access policy: %w", err)
	}
	return compile(e)
}

// checkModel refuses a model whose columns are not the ones the table is
// compiled from.
func checkModel(m model.Model) error {
	want := []struct {
		sec, key string
		tokens   []string
	}{
		{"p", "p", []string{"p_role", "p_obj", "p_act", "p_part"}},
		{"p", "p2", []string{"p2_role", "p2_obj", "p2_class", "p2_part"}},
		{"g", "g", nil},
	}
	var errs []error
	for _, w := range want {
		a, ok := m[w.sec][w.key]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("access model: definition %s is missing", w.key))
		case w.tokens != nil && fmt.Sprint(a.Tokens) != fmt.Sprint(w.tokens):
			errs = append(errs, fmt.Errorf("access model: definition %s is %v, want %v", w.key, a.Tokens, w.tokens))
		case w.key == "g" && a.Value != "_, _":
			errs = append(errs, fmt.Errorf("access model: definition g is %q, want \"_, _\"", a.Value))
		}
	}
	return errors.Join(errs...)
}

func compile(e *casbin.Enforcer) (*Policy, error) {
	out := &Policy{
		parts:   make(map[Role]map[Permission][]Part),
		classes: make(map[Role]map[Class][]Part),
	}
	for _, r := range Roles() {
		rights, err := e.GetImplicitPermissionsForUser(string(r))
		if err != nil {
			return nil, fmt.Errorf("read rights of role %s: %w", r, err)
		}
		out.parts[r] = make(map[Permission][]Part)
		for _, row := range rights {
			perm := Permission(row[1] + "." + row[2])
			out.parts[r][perm] = addPart(out.parts[r][perm], Part(row[3]))
		}
		seen, err := e.GetNamedImplicitPermissionsForUser("p2", "g", string(r))
		if err != nil {
			return nil, fmt.Errorf("read classes of role %s: %w", r, err)
		}
		out.classes[r] = make(map[Class][]Part)
		for _, row := range seen {
			out.classes[r][Class(row[2])] = addPart(out.classes[r][Class(row[2])], Part(row[3]))
		}
	}
	return out, nil
}

// addPart keeps the parts in the order of the matrix and without repeats.
func addPart(parts []Part, part Part) []Part {
	if has(parts, part) {
		return parts
	}
	parts = append(parts, part)
	sort.Slice(parts, func(i, j int) bool { return rank(parts[i]) < rank(parts[j]) })
	return parts
}

func rank(part Part) int {
	for i, p := range Parts() {
		if p == part {
			return i
		}
	}
	return len(Parts())
}

func has[T comparable](list []T, x T) bool {
	for _, y := range list {
		if y == x {
			return true
		}
	}
	return false
}
