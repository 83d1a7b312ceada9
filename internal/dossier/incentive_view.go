package dossier

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// IncentiveView is an incentive as it leaves the server.
type IncentiveView struct {
	ID          id.Incentive       `json:"id"`
	LeadID      id.Lead            `json:"lead_id"`
	Kind        IncentiveKind      `json:"kind" enum:"land,premises,equipment,talent,finance,service,fiscal_reward,tax_refund,registration_bound,statistics_bound,other"`
	Text        string             `json:"text"`
	AmountCents *int64             `json:"amount_cents" doc:"None for readers who see no amounts."`
	LegalBasis  string             `json:"legal_basis"`
	UnitID      id.Unit            `json:"unit_id" doc:"The unit that offers it."`
	OfferedOn   clock.Date         `json:"offered_on"`
	State       IncentiveState     `json:"state" enum:"offered,withdrawn"`
	Reason      string             `json:"reason" doc:"Why it was withdrawn."`
	Warnings    []IncentiveWarning `json:"warnings" doc:"What the law on fair competition says against it; refuses nothing."`
	Version     int64              `json:"version"`
	Can         []string           `json:"can"`
}

// IncentiveWarning is one thing to which an incentive seems to be tied.
type IncentiveWarning struct {
	Code  string   `json:"code" enum:"incentive.registration,incentive.tax,incentive.statistics"`
	ZH    string   `json:"zh"`
	EN    string   `json:"en"`
	Words []string `json:"words" doc:"The words of the text that raised it; none where the kind did."`
}

// IncentiveList is the incentives of a lead.
type IncentiveList struct {
	Items []IncentiveView `json:"items"`
	Can   []string        `json:"can"`
}

// tie is one thing to which no reward may be tied, with the kind that says so
// and the words that give it away, the longest first.
type tie struct {
	code, zh, en string
	kind         IncentiveKind
	words        []string
}

// ties are what a reward may not depend on without a basis in a law, an
// administrative regulation or an approval of the State Council:
// 公平竞争审查条例 art. 10, 公平竞争审查条例实施办法 (SAMR order 99, in force
// since 2025-04-20) art. 19. The words are ours.
func ties() []tie {
	const (
		basisZH = "，没有法律、行政法规依据或者国务院批准的不得实施（《公平竞争审查条例》第十条，《公平竞争审查条例实施办法》第十九条）。"
		basisEN = " is not allowed without a basis in a law, an administrative regulation or an approval of the State Council" +
			" (Regulations on Fair Competition Review, art. 10; their Implementing Measures, art. 19)."
	)
	return []tie{
		{
			code: "incentive.registration", kind: IncentiveRegistration,
			zh: "以迁移或者保留注册地为条件给予优惠" + basisZH, en: "An incentive tied to moving the registered seat here, or to keeping it here," + basisEN,
			words: []string{"迁移注册地", "变更注册地", "注册地", "不得迁出", "不迁出", "不得迁离", "不迁离", "迁册", "工商迁入", "税务迁入"},
		},
		{
			code: "incentive.tax", kind: IncentiveTax,
			zh: "返还税收、按纳税额奖励或者以在本地纳税为条件" + basisZH, en: "A refund of tax, or a reward measured by the tax paid here," + basisEN,
			words: []string{"税收返还", "返还税", "返税", "税收奖励", "税收贡献", "按纳税额", "纳税额", "本地纳税", "地方留成", "税收留成", "先征后返", "即征即退", "地方财力贡献", "财力贡献", "地方经济贡献"},
		},
		{
			code: "incentive.statistics", kind: IncentiveStatistics,
			zh: "以产值等纳入本地统计为条件给予优惠" + basisZH, en: "An incentive tied to being counted in the statistics of this place" + basisEN,
			words: []string{"统计口径", "纳入本地统计", "纳入统计", "本地统计", "在地统计", "入统", "纳统"},
		},
	}
}

// Warnings tells to what an incentive is tied, by its kind and by the words of
// its text. A fiscal reward that speaks of tax at all counts as measured by it.
func (i Incentive) Warnings() []IncentiveWarning {
	out := []IncentiveWarning{}
	text := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, i.Text)
	for _, t := range ties() {
		words := t.words
		if t.kind == IncentiveTax && i.Kind == IncentiveReward {
			words = append(words, "税")
		}
		if found := within(text, words); i.Kind == t.kind || len(found) > 0 {
			out = append(out, IncentiveWarning{Code: t.code, ZH: t.zh, EN: t.en, Words: found})
		}
	}
	return out
}

// within returns the words that a text holds, none that is part of another.
func within(text string, words []string) []string {
	out := []string{}
	for _, w := range words {
		if strings.Contains(text, w) && !slices.ContainsFunc(out, func(longer string) bool { return strings.Contains(longer, w) }) {
			out = append(out, w)
		}
	}
	return out
}

// Incentives returns what is offered to the investor of a lead.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Incentives(ctx context.Context, actor access.Actor, lead id.Lead) (IncentiveList, error) {
	out := IncentiveList{Items: []IncentiveView{}, Can: []string{}}
	l, err := s.store.Lead(ctx, actor.Scope(access.CommitmentRead), lead)
	if err != nil {
		return out, err
	}
	found, err := s.store.Incentives(ctx, actor.Scope(access.CommitmentRead), lead, 0)
	if err != nil {
		return out, err
	}
	edits, money, err := s.rights(ctx, actor, access.CommitmentEdit, l)
	if err != nil {
		return out, err
	}
	if edits {
		out.Can = append(out.Can, "add")
	}
	for _, f := range found {
		out.Items = append(out.Items, f.Incentive.view(edits, money))
	}
	return out, nil
}

func (i Incentive) view(edits, money bool) IncentiveView {
	v := IncentiveView{
		ID: i.ID, LeadID: i.LeadID, Kind: i.Kind, Text: i.Text, LegalBasis: i.LegalBasis, UnitID: i.UnitID, OfferedOn: i.OfferedOn,
		State: i.State, Reason: i.Reason, Warnings: i.Warnings(), Version: i.Version, Can: []string{},
	}
	if money {
		v.AmountCents = i.AmountCents
	}
	if edits && i.State == IncentiveOffered {
		v.Can = append(v.Can, "edit", "withdraw")
	}
	return v
}

// incentive returns one incentive of a lead.
func (s *Service) incentive(ctx context.Context, actor access.Actor, lead id.Lead, i id.Incentive) (IncentiveView, error) {
	all, err := s.Incentives(ctx, actor, lead)
	if err != nil {
		return IncentiveView{}, err
	}
	for _, v := range all.Items {
		if v.ID == i {
			return v, nil
		}
	}
	return IncentiveView{}, noIncentive()
}
