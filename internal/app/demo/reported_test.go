package demo

import (
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
)

// reportedSQL reads every field of a lead that was taken over from a public
// report, the holder by slug, and the platform that reads along.
const reportedSQL = "SELECT l.title, l.investor_name, l.country, l.product, u.slug, l.location_code, l.chain, l.track, l.planned_cents, " +
	"l.fixed_assets_cents, l.output_cents, l.tax_cents, l.at_least, l.promised_fixed_assets_per_mu_cents, l.promised_output_per_mu_cents, " +
	"l.promised_tax_per_mu_cents, l.land_sqm, l.floor_sqm, l.stage, CASE WHEN l.stage_assumed THEN 'assumed' ELSE '' END, " +
	"CASE WHEN l.binding THEN 'binding' WHEN l.binding IS NULL THEN '' ELSE 'framework' END, l.signed_on, l.started_on, l.signing_event, " +
	"l.source_note, (SELECT min(c.slug) FROM lead_parts p JOIN units c ON c.id = p.unit_id WHERE p.lead_id = l.id AND p.part = 'coordinator') " +
	"FROM leads l JOIN units u ON u.id = l.unit_id WHERE l.as_reported ORDER BY l.id"

const reportedLeads = `
大湾区新型电力系统示范区项目||||zhongshangang|442000003|new-energy||500000000000||240000000000||planned_cents||||||signed|||2025-08-28||每月一签约 2025-08 主会场|奥一网 2025-08-28|huoju
圣湘海济研发及生产基地建设项目|圣湘海济|||zhongshangang|442000003|biomed||100000000000||70000000000||||||||signed|||2025-08-28||每月一签约 2025-08 主会场|奥一网 2025-08-28|huoju
中国检验检疫科学研究院粤港澳大湾区研究院|中国检验检疫科学研究院|||zhongshangang|442000003|biomed|premises|||||||||||signed|||2025-08-28||每月一签约 2025-08 主会场|奥一网 2025-08-28|huoju
小核酸创新药项目||||zhongshangang|442000003|biomed|premises|||||||||||signed|||2025-08-28||每月一签约 2025-08 主会场|奥一网 2025-08-28|huoju
华毅乐健生物科技项目|华毅乐健生物科技|||zs-ipb||biomed||||||||||||signed||||||中山投促函〔2025〕78号|
欧科电子项目|欧科电子|||zs-ipb||||||||||||||signed||||||中山投促函〔2025〕78号|
长珠新材料生产基地项目|||红酒柜门、冰柜门|huangpu|442000101|appliances||25000000000|15000000000|30000000000|1000000000||600000000|1200000000|60000000|16667||signed|||2024-07-30||2024中山全球招商大会|黄圃镇 2024-07-30|
巧康智能家电制造生产基地项目|||空气炸锅等智能家电|huangpu|442000101|appliances||100000000000|64800000000|135000000000|6480000000||600000000|1250000000|60000000|72000||signed|||2024-07-30||2024中山全球招商大会|黄圃镇 2024-07-30|
新能源汽车热管理零配件生产基地项目|浙江三花汽车零部件有限公司|||huangpu|442000101|new-energy||||||||||||producing|assumed|||||黄圃镇 2024-07-30|
德国雪华铃咖啡机制造基地项目||DE||sanxiang|442000114|appliances||100000000000||300000000000|5000000000|output_cents,tax_cents||||||started||||2021-03-23||新快报 2021-03-24|
三洋智造谷|三洋洋伞贸易公司|||sanxiang|442000114|||100000000000||||planned_cents||||||signed|||2021-03-23|||新快报 2021-03-24|
罗顿新型智能电动机械项目|中山市罗顿智能科技有限公司|||sanxiang|442000114|equipment||12000000000||||||||13333||permitted||||||新快报 2021-03-24|
诚艺·外沙科创城三期改造项目|中山市诚艺工业投资有限公司|||shenwan|442000117||renewal|200000000000|||||||||603000|signed|||2024-02-18|||中山日报 2024-02-18|
碳产业合作框架协议|明阳新能源投资控股集团有限公司|||zs-ipb||new-energy||||||||||||signed||framework|2024-02-18|||中山日报 2024-02-18|
生物医药战略合作框架协议|正大制药集团|||zs-ipb||biomed||||||||||||signed||framework|2025-06-30||2025中山招商推介大会|中山日报 2025-06-30|
人工智能+产业创新发展协议|中国电信广东公司|||zs-ipb||robots-ai||||||||||||signed||framework|2025-06-30||2025中山招商推介大会|中山日报 2025-06-30|
`

func TestTheReportedProjectsKeepEveryFactAndNothingElse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		if got := rows(t, db, reportedSQL); got != strings.TrimSpace(reportedLeads) {
			t.Errorf("got\n%s", got)
		}
		// What no report gives is unknown, and nothing was made up around it.
		for sql, want := range map[string]string{
			"SELECT DISTINCT source_channel, currency, version, invented, restricted FROM leads WHERE as_reported": "reported|CNY|1|" + no(db) + "|" + no(db),
			"SELECT count(*) FROM leads WHERE as_reported AND (credit_code IS NOT NULL OR introducer IS NOT NULL OR first_contact_unit_id IS NOT NULL " +
				"OR park_id IS NOT NULL OR summary IS NOT NULL OR first_contact_on IS NOT NULL OR expected_sign_on IS NOT NULL OR next_step IS NOT NULL " +
				"OR next_step_on IS NOT NULL OR created_by IS NOT NULL)": "0",
			"SELECT count(*) FROM contacts c JOIN leads l ON l.id = c.lead_id WHERE l.as_reported":                           "0",
			"SELECT count(*) FROM notes n JOIN leads l ON l.id = n.lead_id WHERE l.as_reported":                              "0",
			"SELECT count(*) FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE l.as_reported":                           "0",
			"SELECT a.kind, count(*) FROM activities a JOIN leads l ON l.id = a.lead_id WHERE l.as_reported GROUP BY a.kind": "reported|16",
		} {
			if got := rows(t, db, sql); got != want {
				t.Errorf("%s: got %q, want %q", sql, got, want)
			}
		}
	})
}

// no is how the database writes false.
func no(db *store.DB) string {
	if db.Dialect() == store.SQLite {
		return "0"
	}
	return "false"
}
