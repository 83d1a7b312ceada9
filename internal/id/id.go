// Package id gives each kind of object its own identifier type, so that a
// unit's number cannot be passed for a lead's.
package id

import (
	"errors"
	"strconv"
)

// Of is the identifier of one kind of object: a positive 64-bit integer made
// by the database. Zero means "none". Nothing relies on it being hard to
// guess.
type Of[T any] int64

type (
	lead       struct{}
	unit       struct{}
	user       struct{}
	session    struct{}
	membership struct{}
	handoff    struct{}
	contact    struct{}
	note       struct{}
	file       struct{}
	park       struct{}
	event      struct{}
	clock      struct{}
	lifecycle  struct{}
	confirm    struct{}
	noticed    struct{}
	notice     struct{}
	mail       struct{}
	dispute    struct{}
	merge      struct{}
	signing    struct{}
	ceremony   struct{}
	remark     struct{}
	review     struct{}
	opinion    struct{}
	condition  struct{}
	land       struct{}
	commitment struct{}
	incentive  struct{}
	slip       struct{}
	slipFile   struct{}
	formula    struct{}
	run        struct{}
	objection  struct{}
	proposal   struct{}
)

// The kinds of object.
type (
	Lead       = Of[lead]
	Unit       = Of[unit]
	User       = Of[user]
	Session    = Of[session]
	Membership = Of[membership]
	Handoff    = Of[handoff]
	Contact    = Of[contact]
	Note       = Of[note]
	File       = Of[file]
	Park       = Of[park]
	Event      = Of[event]
	Clock      = Of[clock]
	Lifecycle  = Of[lifecycle]
	Confirm    = Of[confirm]
	Happening  = Of[noticed]
	Notice     = Of[notice]
	Mail       = Of[mail]
	Dispute    = Of[dispute]
	Merge      = Of[merge]
	Signing    = Of[signing]
	Ceremony   = Of[ceremony]
	Remark     = Of[remark]
	Review     = Of[review]
	Opinion    = Of[opinion]
	Condition  = Of[condition]
	Land       = Of[land]
	Commitment = Of[commitment]
	Incentive  = Of[incentive]
	Slip       = Of[slip]
	SlipFile   = Of[slipFile]
	Formula    = Of[formula]
	Run        = Of[run]
	Objection  = Of[objection]
	Proposal   = Of[proposal]
)

// ErrNotAnID is returned by Parse for text that is not an identifier.
var ErrNotAnID = errors.New("not an identifier")

// Parse reads a positive decimal identifier without sign, space or leading
// zero.
func Parse[T any](text string) (Of[T], error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != text {
		return 0, ErrNotAnID
	}
	return Of[T](n), nil
}

// String returns the decimal form.
func (i Of[T]) String() string { return strconv.FormatInt(int64(i), 10) }
