package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/org"
)

// roles is the policy as a read-only page: who holds what, under which parts.
type roles struct{ policy *access.Policy }

func (h roles) routes(r *Router) {
	route(r, http.MethodGet, "/roles", access.RoleRead, h.matrix,
		Summary("The matrix of roles, permissions and parts, as the policy says it"))
}

// Matrix is the whole policy.
type Matrix struct {
	Roles       []MatrixRole  `json:"roles"`
	Permissions []Label       `json:"permissions"`
	Cells       []MatrixCell  `json:"cells"`
	Classes     []MatrixClass `json:"classes"`
}

// MatrixRole is a role with its names and the kinds of unit it is held in.
type MatrixRole struct {
	Label
	UnitKinds []org.Kind `json:"unit_kinds"`
}

// Label is a code with its name in both languages.
type Label struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// MatrixCell is one right of one role: the parts under which it holds.
type MatrixCell struct {
	Role       access.Role       `json:"role"`
	Permission access.Permission `json:"permission"`
	Parts      []access.Part     `json:"parts"`
}

// MatrixClass is one class of fields that a role sees, and under which parts.
type MatrixClass struct {
	Role  access.Role   `json:"role"`
	Class access.Class  `json:"class"`
	Parts []access.Part `json:"parts"`
}

func (h roles) matrix(context.Context, access.Actor, *struct{}) (*Answer[Matrix], error) {
	m := Matrix{
		Roles:       []MatrixRole{},
		Permissions: labels(access.Permissions(), allPermissionTexts()),
		Cells:       []MatrixCell{}, Classes: []MatrixClass{},
	}
	for _, l := range labels(access.Roles(), roleTexts()) {
		m.Roles = append(m.Roles, MatrixRole{Label: l, UnitKinds: org.KindsFor(access.Role(l.Code))})
	}
	for _, c := range h.policy.Cells() {
		m.Cells = append(m.Cells, MatrixCell(c))
	}
	for _, c := range h.policy.ClassCells() {
		m.Classes = append(m.Classes, MatrixClass(c))
	}
	return NewAnswer(m), nil
}

// labels names codes in their own order.
func labels[T ~string](codes []T, texts map[T]Text) []Label {
	out := make([]Label, 0, len(codes))
	for _, c := range codes {
		out = append(out, Label{Code: string(c), ZH: texts[c].ZH, EN: texts[c].EN})
	}
	return out
}
