package lead

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Merge is one lead brought into another. What it held is moved, row by row,
// and can go back until UndoUntil. Responsibility and credit stay where they
// were on both sides.
type Merge struct {
	ID                 id.Merge
	LeadID             id.Lead // the merged lead, which ends as a duplicate
	IntoLeadID         id.Lead
	AnswerLeadID       id.Lead // who answers for it after later merges
	DisputeID          *id.Dispute
	Reason             string
	MergedBy           id.User
	UnitID             *id.Unit
	MergedAt           time.Time
	UndoUntil          time.Time
	StageBefore        Stage
	StageSinceBefore   time.Time
	AsReportedBefore   bool
	StageAssumedBefore bool
	UndoneAt           *time.Time
	UndoneBy           *id.User
	UndoReason         string
}

// MergeOrder asks for a merge. Fields says of a field whether the target
// keeps its own value or takes the merged lead's; what is not named is kept.
type MergeOrder struct {
	Into   id.Lead
	Reason string
	Fields map[string]string
}

// The two answers for a field.
const (
	fieldKept  = "keep"
	fieldTaken = "take"
)

// MergeRow is one row that a merge moved, or one field that it took over.
type MergeRow struct {
	ID      int64
	MergeID id.Merge
	Kind    RowKind
	RowID   int64
	Field   string
	Was     string // a fieldValue as JSON
	Became  string
	Kept    bool // edited since, and so left as it was at the undoing
}

// RowKind is what sort of thing a merge moved.
type RowKind string

// The kinds of row. A helper is a right that the target's helpers got, a
// merge is an earlier one whose target was merged on.
const (
	RowContact  RowKind = "contact"
	RowNote     RowKind = "note"
	RowFile     RowKind = "file"
	RowActivity RowKind = "activity"
	RowHelper   RowKind = "helper"
	RowMerge    RowKind = "merge"
	RowField    RowKind = "field"
)

// stageField names the merged lead's stage among the fields that an undoing
// leaves as they are.
const stageField = "stage"

// MergeFields lists the fields that a merge may take over, in the order of
// the page. Holder, first contact, stage and confidentiality are not among
// them.
func MergeFields() []string {
	return []string{
		"title", "investor_name", "credit_code", "parent_name", "parent_credit_code", "website", "country", "source_channel", "introducer", "location_code", "park_id",
		"chain", "track", "currency", "planned_cents", "fixed_assets_cents", "output_cents", "tax_cents", "land_sqm",
		"floor_sqm", "product", "summary", "first_contact_on", "expected_sign_on", "binding", "next_step", "next_step_on",
	}
}

// amounts are the fields that mean something only in their currency.
func amounts() []string {
	return []string{"planned_cents", "fixed_assets_cents", "output_cents", "tax_cents"}
}

// broken returns every rule that the order breaks between two leads.
func (o MergeOrder) broken(from, into Lead) []fault.Field {
	var bad rules
	bad.text("reason", o.Reason, true, MaxReason)
	for name, choice := range o.Fields {
		if !slices.Contains(MergeFields(), name) {
			bad.add("fields."+name, "merge.field")
		} else if choice != fieldKept && choice != fieldTaken {
			bad.add("fields."+name, "unknown_value")
		}
	}
	if from.Currency != into.Currency {
		for _, name := range amounts() {
			if o.takes(name) != o.takes("currency") {
				bad.add("fields.currency", "merge.currency")
				break
			}
		}
	}
	if o.takes("investor_name") && from.InvestorName == nil {
		bad.add("fields.investor_name", "required")
	}
	slices.SortFunc(bad, func(a, b fault.Field) int { return cmp.Compare(a.Name, b.Name) })
	return bad
}

func (o MergeOrder) takes(field string) bool { return o.Fields[field] == fieldTaken }

// fieldValue is a field of a lead as a merge remembers it.
type fieldValue struct {
	Value json.RawMessage `json:"v"`
	Least bool            `json:"least,omitempty"` // the amount is a minimum
}

// valuesOf returns a lead's fields that a merge may take over, as text.
func valuesOf(l Lead) (map[string]string, error) {
	text, err := json.Marshal(viewOf(l))
	if err != nil {
		return nil, fmt.Errorf("write the fields of lead %s: %w", l.ID, err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read the fields of lead %s: %w", l.ID, err)
	}
	out := make(map[string]string, len(MergeFields()))
	for _, name := range MergeFields() {
		value, err := json.Marshal(fieldValue{Value: all[name], Least: slices.Contains(l.AtLeast, name)})
		if err != nil {
			return nil, fmt.Errorf("write field %s of lead %s: %w", name, l.ID, err)
		}
		out[name] = string(value)
	}
	return out, nil
}

// withValues returns the lead with fields set to remembered values. Nothing
// is checked: they were a lead's before.
func (l Lead) withValues(values map[string]string) (Lead, error) {
	var e Edit
	set := e.setters()
	marks := slices.Clone(l.AtLeast)
	for name, text := range values {
		var v fieldValue
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return l, fmt.Errorf("read the value of %s: %w", name, err)
		}
		if err := set[name](v.Value); err != nil {
			return l, fmt.Errorf("set %s: %w", name, err)
		}
		marks = slices.DeleteFunc(marks, func(m string) bool { return m == name })
		if v.Least {
			marks = append(marks, name)
		}
	}
	var unused rules
	f := l.facts()
	e.putTexts(&f, &unused)
	e.putNumbers(&f)
	e.putLists(&f, &unused)
	l.put(f)
	slices.SortFunc(marks, func(a, b string) int { return cmp.Compare(slices.Index(amounts(), a), slices.Index(amounts(), b)) })
	l.AtLeast = marks
	return l, nil
}

// setters set each field of an edit from its JSON.
func (e *Edit) setters() map[string]func(json.RawMessage) error {
	return map[string]func(json.RawMessage) error{
		"title": setter(&e.Title), "investor_name": setter(&e.InvestorName), "credit_code": setter(&e.CreditCode),
		"parent_name": setter(&e.ParentName), "parent_credit_code": setter(&e.ParentCreditCode), "website": setter(&e.Website),
		"country": setter(&e.Country), "source_channel": setter(&e.SourceChannel), "introducer": setter(&e.Introducer),
		"location_code": setter(&e.LocationCode), "park_id": setter(&e.ParkID), "chain": setter(&e.Chain),
		"track": setter(&e.Track), "currency": setter(&e.Currency), "planned_cents": setter(&e.PlannedCents),
		"fixed_assets_cents": setter(&e.FixedAssetsCents), "output_cents": setter(&e.OutputCents),
		"tax_cents": setter(&e.TaxCents), "land_sqm": setter(&e.LandSqm), "floor_sqm": setter(&e.FloorSqm),
		"product": setter(&e.Product), "summary": setter(&e.Summary), "first_contact_on": setter(&e.FirstContactOn),
		"expected_sign_on": setter(&e.ExpectedSignOn), "binding": setter(&e.Binding), "next_step": setter(&e.NextStep),
		"next_step_on": setter(&e.NextStepOn),
	}
}

func setter[T any](o *Opt[T]) func(json.RawMessage) error {
	return func(text json.RawMessage) error {
		o.Set = true
		return json.Unmarshal(text, &o.Value)
	}
}

// MergeView is a merge as it leaves the server.
type MergeView struct {
	ID        id.Merge   `json:"id"`
	Lead      LeadRef    `json:"lead"`
	Into      LeadRef    `json:"into"`
	Reason    string     `json:"reason"`
	MergedAt  time.Time  `json:"merged_at"`
	MergedBy  *Person    `json:"merged_by"`
	UndoUntil time.Time  `json:"undo_until"`
	DaysLeft  int        `json:"days_left"`
	Moved     MergeMoved `json:"moved"`
	UndoneAt  *time.Time `json:"undone_at"`
	UndoneBy  *Person    `json:"undone_by"`
	// Kept are the fields that were edited after the merge and that its
	// undoing therefore left as they were.
	Kept   []string `json:"kept"`
	Can    []string `json:"can"`
	Masked []string `json:"masked"`
}

// LeadRef names a lead.
type LeadRef struct {
	ID    id.Lead `json:"id"`
	Code  string  `json:"code"`
	Title string  `json:"title"`
}

// MergeMoved counts what a merge moved and names the fields it took over.
type MergeMoved struct {
	Contacts int      `json:"contacts"`
	Notes    int      `json:"notes"`
	Files    int      `json:"files"`
	Helpers  int      `json:"helpers"`
	Fields   []string `json:"fields"`
}

func movedOf(rows []MergeRow) (MergeMoved, []string) {
	out, kept := MergeMoved{Fields: []string{}}, []string{}
	for _, r := range rows {
		switch r.Kind {
		case RowContact:
			out.Contacts++
		case RowNote:
			out.Notes++
		case RowFile:
			out.Files++
		case RowHelper:
			out.Helpers++
		case RowField:
			if r.Field != stageField {
				out.Fields = append(out.Fields, r.Field)
			}
			if r.Kept {
				kept = append(kept, r.Field)
			}
		}
	}
	return out, kept
}
