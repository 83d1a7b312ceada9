package access

import (
	"fmt"
	"strings"
)

// Cell is one right of one role: the parts under which it holds.
type Cell struct {
	Role       Role
	Permission Permission
	Parts      []Part
}

// ClassCell is one class of fields that one role sees, and under which parts.
type ClassCell struct {
	Role  Role
	Class Class
	Parts []Part
}

// Cells lists the rights of every role in the order of the matrix.
func (p *Policy) Cells() []Cell {
	var out []Cell
	for _, perm := range Permissions() {
		for _, r := range Roles() {
			if parts := p.Parts(r, perm); len(parts) > 0 {
				out = append(out, Cell{Role: r, Permission: perm, Parts: parts})
			}
		}
	}
	return out
}

// ClassCells lists the classes that every role sees in the order of the
// matrix.
func (p *Policy) ClassCells() []ClassCell {
	var out []ClassCell
	for _, c := range Classes() {
		for _, r := range Roles() {
			if parts := p.ClassParts(r, c); len(parts) > 0 {
				out = append(out, ClassCell{Role: r, Class: c, Parts: parts})
			}
		}
	}
	return out
}

// Matrix prints a policy as the page rbac/MATRIX.md: who holds what, under
// which parts, and who sees which classes of fields.
func Matrix(p *Policy) string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\n")
	b.WriteString("Printed by `leadrelay policy` from `rbac/policy.csv`; do not edit. A cell names the parts that the\n")
	b.WriteString("person's unit must play in the lead (`docs/access.md` says what they mean); an empty cell is no right.\n")
	b.WriteString("\n## Permissions\n\n")
	header(&b, "permission")
	for _, perm := range Permissions() {
		row(&b, string(perm), func(r Role) []Part { return p.Parts(r, perm) })
	}
	b.WriteString("\n## Classes of fields\n\n")
	header(&b, "class")
	for _, c := range Classes() {
		row(&b, string(c), func(r Role) []Part { return p.ClassParts(r, c) })
	}
	return b.String()
}

func header(b *strings.Builder, first string) {
	fmt.Fprintf(b, "| %s |", first)
	for _, r := range Roles() {
		fmt.Fprintf(b, " %s |", r)
	}
	b.WriteString("\n|" + strings.Repeat("---|", len(Roles())+1) + "\n")
}

func row(b *strings.Builder, name string, parts func(Role) []Part) {
	fmt.Fprintf(b, "| %s |", name)
	for _, r := range Roles() {
		words := make([]string, 0, len(Parts()))
		for _, part := range parts(r) {
			words = append(words, string(part))
		}
		if len(words) == 0 {
			b.WriteString(" |")
			continue
		}
		fmt.Fprintf(b, " %s |", strings.Join(words, ", "))
	}
	b.WriteString("\n")
}
