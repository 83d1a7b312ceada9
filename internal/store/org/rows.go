package org

import (
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
)

const selectUnits = `SELECT id, slug, name_zh, name_en, short_zh, kind, COALESCE(parent_id, 0) AS parent_id, pinyin,
	initials, confirmed, source, note, admission_power, opened_on, closed_on, sort, version, created_at FROM units`

type unitRow struct {
	ID             id.Unit
	Slug           string
	NameZh         string
	NameEn         string
	ShortZh        string
	Kind           string
	ParentID       id.Unit
	Pinyin         string
	Initials       string
	Confirmed      bool
	Source         string
	Note           string
	AdmissionPower bool
	OpenedOn       clock.Date
	ClosedOn       clock.Date
	Sort           int
	Version        int64
	CreatedAt      time.Time
}

func (r unitRow) unit() module.Unit {
	return module.Unit{
		ID: r.ID, Slug: r.Slug, NameZH: r.NameZh, NameEN: r.NameEn, ShortZH: r.ShortZh, Kind: module.Kind(r.Kind),
		Parent: r.ParentID, Pinyin: r.Pinyin, Initials: r.Initials, Confirmed: r.Confirmed, Source: r.Source,
		Note: r.Note, AdmissionPower: r.AdmissionPower, OpenedOn: r.OpenedOn, ClosedOn: r.ClosedOn, Sort: r.Sort,
		Version: r.Version, CreatedAt: r.CreatedAt.UTC(),
	}
}

func units(query *gorm.DB) ([]module.Unit, error) {
	var rows []unitRow
	err := query.Scan(&rows).Error
	out := make([]module.Unit, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.unit())
	}
	return out, err
}

const selectCodes = "SELECT id, unit_id, code, from_on, until_on, source FROM unit_codes"

func codes(query *gorm.DB) ([]module.Code, error) {
	var rows []struct {
		ID      int64
		UnitID  id.Unit
		Code    string
		FromOn  clock.Date
		UntilOn clock.Date
		Source  string
	}
	err := query.Scan(&rows).Error
	out := make([]module.Code, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.Code{
			ID: r.ID, Unit: r.UnitID, Code: r.Code, FromOn: r.FromOn, UntilOn: r.UntilOn, Source: r.Source,
		})
	}
	return out, err
}

const selectMemberships = `SELECT m.id, m.user_id, u.name AS user_name, m.unit_id, m.role, m.from_on, m.until_on,
	COALESCE(m.granted_by, 0) AS granted_by, m.version, m.created_at
	FROM memberships m JOIN users u ON u.id = m.user_id`

func memberships(query *gorm.DB) ([]module.Membership, error) {
	var rows []struct {
		ID        id.Membership
		UserID    id.User
		UserName  string
		UnitID    id.Unit
		Role      string
		FromOn    clock.Date
		UntilOn   clock.Date
		GrantedBy id.User
		Version   int64
		CreatedAt time.Time
	}
	err := query.Scan(&rows).Error
	out := make([]module.Membership, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.Membership{
			ID: r.ID, User: r.UserID, UserName: r.UserName, Unit: r.UnitID, Role: access.Role(r.Role), FromOn: r.FromOn,
			UntilOn: r.UntilOn, GrantedBy: r.GrantedBy, Version: r.Version, CreatedAt: r.CreatedAt.UTC(),
		})
	}
	return out, err
}

func oneMembership(db *gorm.DB, membership id.Membership) (module.Membership, error) {
	rows, err := memberships(db.Raw(selectMemberships+" WHERE m.id = ?", membership))
	if err != nil {
		return module.Membership{}, err
	}
	if len(rows) == 0 {
		return module.Membership{}, fault.New(fault.NotFound, "membership.unknown", "No such membership.")
	}
	return rows[0], nil
}
