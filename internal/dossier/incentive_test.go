package dossier_test

import (
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/dossier"
)

func TestAnIncentiveIsWarnedAboutByItsKindAndByItsWords(t *testing.T) {
	for _, c := range []struct {
		kind       dossier.IncentiveKind
		text, want string
	}{
		{dossier.IncentivePremises, "标准厂房前两年租金优惠", ""},
		{dossier.IncentiveReward, "设备投资按比例补助", ""},
		{dossier.IncentiveService, "协助办理出口退税手续", ""},
		{dossier.IncentiveRegistration, "给予落户补助", "incentive.registration[]"},
		{dossier.IncentiveTax, "三年内给予奖励", "incentive.tax[]"},
		{dossier.IncentiveStatistics, "给予上台阶奖励", "incentive.statistics[]"},
		{dossier.IncentiveReward, "迁移注册地至本镇的一次性补助", "incentive.registration[迁移注册地]"},
		{dossier.IncentiveLand, "十年内不得迁出，否则退回", "incentive.registration[不得迁出]"},
		{dossier.IncentiveOther, "按纳税额的比例奖励", "incentive.tax[按纳税额]"},
		{dossier.IncentiveReward, "按 地方\n留成 的一半奖励", "incentive.tax[地方留成]"},
		{dossier.IncentiveReward, "按入库增值税给予奖励", "incentive.tax[税]"},
		{dossier.IncentiveTax, "税收返还三年", "incentive.tax[税收返还]"},
		{dossier.IncentiveReward, "当年入统的给予奖励", "incentive.statistics[入统]"},
		{dossier.IncentiveOther, "产值按本市统计口径纳统", "incentive.statistics[统计口径 纳统]"},
		{dossier.IncentiveTax, "注册地在本镇且纳统的，返还税收", "incentive.registration[注册地] incentive.tax[返还税] incentive.statistics[纳统]"},
	} {
		var got []string
		for _, w := range (dossier.Incentive{Kind: c.kind, Text: c.text}).Warnings() {
			got = append(got, w.Code+"["+strings.Join(w.Words, " ")+"]")
			if !strings.Contains(w.ZH, "《公平竞争审查条例》第十条") || !strings.Contains(w.EN, "art. 10") {
				t.Errorf("the warning %s names no article: %s / %s", w.Code, w.ZH, w.EN)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %v, want %s", c.kind, c.text, got, c.want)
		}
	}
}
