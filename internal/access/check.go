package access

import (
	"errors"
	"fmt"
	"strings"
)

// line is one line of a policy with its number.
type line struct {
	number int
	cells  []string
}

func (l line) String() string { return strings.Join(l.cells, ", ") }

// bundles are names of policy lines that nobody holds: roles include them.
func bundles() []string { return []string{"reader", "officer", "holder", "head"} }

// parsePolicy reads the lines of a policy and checks each, and then what
// only all of them together show.
func parsePolicy(text string) ([]line, error) {
	var lines []line
	var errs []error
	seen := make(map[string]int)
	for i, raw := range strings.Split(text, "\n") {
		raw = strings.TrimSpace(raw)
		if raw == "" || strings.HasPrefix(raw, "#") {
			continue
		}
		l := line{number: i + 1}
		for _, cell := range strings.Split(raw, ",") {
			l.cells = append(l.cells, strings.TrimSpace(cell))
		}
		if err := l.check(); err != nil {
			errs = append(errs, fmt.Errorf("policy line %d (%s): %w", l.number, raw, err))
			continue
		}
		if first, ok := seen[l.String()]; ok {
			errs = append(errs, fmt.Errorf("policy line %d (%s): repeats line %d", l.number, raw, first))
			continue
		}
		seen[l.String()] = l.number
		lines = append(lines, l)
	}
	errs = append(errs, checkIncludes(lines)...)
	return lines, errors.Join(errs...)
}

func joinLines(lines []line) string {
	text := make([]string, len(lines))
	for i, l := range lines {
		text[i] = l.String()
	}
	return strings.Join(text, "\n")
}

func (l line) check() error {
	switch l.cells[0] {
	case "p":
		return l.checkRight()
	case "p2":
		return l.checkClass()
	case "g":
		return l.checkInclude()
	}
	return fmt.Errorf("a line begins with p, p2 or g, not %q", l.cells[0])
}

func (l line) checkRight() error {
	if err := l.columns("role", "object", "action", "part"); err != nil {
		return err
	}
	perm := Permission(l.cells[2] + "." + l.cells[3])
	if !has(Permissions(), perm) {
		return fmt.Errorf("no permission %q", perm)
	}
	if !has(Parts(), Part(l.cells[4])) {
		return fmt.Errorf("no part %q", l.cells[4])
	}
	if Role(l.cells[1]).Administrator() && business(l.cells[2]) {
		return fmt.Errorf("an administrator may not touch %s", l.cells[2])
	}
	return nil
}

func (l line) checkClass() error {
	if err := l.columns("role", "object", "class", "part"); err != nil {
		return err
	}
	if l.cells[2] != "lead" {
		return fmt.Errorf("classes belong to the object lead, not %q", l.cells[2])
	}
	if !has(Classes(), Class(l.cells[3])) {
		return fmt.Errorf("no class %q", l.cells[3])
	}
	if !has(Parts(), Part(l.cells[4])) {
		return fmt.Errorf("no part %q", l.cells[4])
	}
	if Role(l.cells[1]).Administrator() {
		return errors.New("an administrator may not see fields of leads")
	}
	return nil
}

func (l line) checkInclude() error {
	if err := l.columns("role", "included role"); err != nil {
		return err
	}
	if !subject(l.cells[2]) {
		return fmt.Errorf("no role %q", l.cells[2])
	}
	for _, name := range l.cells[1:] {
		if Role(name).Administrator() {
			return fmt.Errorf("the role %s includes nothing and is included by none", name)
		}
	}
	return nil
}

// columns checks their number and that the first names a role or a bundle.
func (l line) columns(names ...string) error {
	if len(l.cells) != len(names)+1 {
		return fmt.Errorf("needs the columns %s, has %d columns", strings.Join(names, ", "), len(l.cells)-1)
	}
	if !subject(l.cells[1]) {
		return fmt.Errorf("no role %q", l.cells[1])
	}
	return nil
}

func subject(name string) bool { return has(Roles(), Role(name)) || has(bundles(), name) }

// business tells whether an object holds facts about leads. The administrators
// are kept apart from them in code, so that no policy can join the two.
func business(object string) bool {
	return !has([]string{"unit", "user", "membership", "role", "audit", "mail", "calendar", "lifecycle", "indicator"}, object)
}

// checkIncludes refuses circles, which Casbin cuts without a word, and
// bundles that no role includes, whose lines would give nobody anything.
func checkIncludes(lines []line) []error {
	includes := make(map[string][]string)
	for _, l := range lines {
		if l.cells[0] == "g" {
			includes[l.cells[1]] = append(includes[l.cells[1]], l.cells[2])
		}
	}
	var errs []error
	reached := make(map[string]bool)
	for _, r := range Roles() {
		for name := range closure(includes, string(r)) {
			reached[name] = true
		}
	}
	for _, l := range lines {
		switch {
		case l.cells[0] == "g" && closure(includes, l.cells[2])[l.cells[1]]:
			errs = append(errs, fmt.Errorf("policy line %d (%s): a role includes itself", l.number, l))
		case !reached[l.cells[1]]:
			errs = append(errs, fmt.Errorf("policy line %d (%s): no role includes %s", l.number, l, l.cells[1]))
		}
	}
	return errs
}

// closure returns start and all that it includes, directly or not.
func closure(includes map[string][]string, start string) map[string]bool {
	found := map[string]bool{start: true}
	for todo := []string{start}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, name := range includes[next] {
			if !found[name] {
				found[name] = true
				todo = append(todo, name)
			}
		}
	}
	return found
}
