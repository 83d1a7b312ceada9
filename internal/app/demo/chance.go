package demo

import (
	"fmt"
	"math"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
)

// weighted is a unit and how often it occurs.
type weighted struct {
	unit   id.Unit
	weight int
}

// weigh gathers who registers leads and who receives them. The first of a
// kind is the busiest, as in a real city.
func (g *generator) weigh() {
	share := map[org.Kind]int{
		org.Group: 40, org.Town: 15, org.Platform: 45, org.Department: 6, org.Bureau: 60, org.ChainTeam: 4,
	}
	seen := map[org.Kind]int{}
	for _, u := range g.city.Units() {
		if share[u.Kind] == 0 || !u.OpenOn(g.today) {
			continue
		}
		w := weighted{unit: u.ID, weight: share[u.Kind] * 4 / (4 + seen[u.Kind])}
		seen[u.Kind]++
		g.units, g.total[0] = append(g.units, w), g.total[0]+w.weight
		if u.Kind == org.Town || u.Kind == org.Platform || u.Kind == org.Bureau {
			g.towns, g.total[1] = append(g.towns, w), g.total[1]+w.weight
		}
	}
}

func (d dice) unit(from []weighted, total int) id.Unit {
	n := d.IntN(total)
	for _, w := range from {
		if n -= w.weight; n < 0 {
			return w.unit
		}
	}
	return from[0].unit
}

// trade is what firms of a chain make.
type trade struct {
	chain    string
	word     string // in the firm's name
	products []string
}

func trades() []trade {
	return []trade{
		{"appliances", "家电", []string{"变频空调", "嵌入式烤箱", "扫地机器人", "净水器", "智能马桶"}},
		{"new-energy", "能源", []string{"储能电芯", "逆变器", "充电模块", "氢能压缩机"}},
		{"opto", "光电", []string{"激光器", "光学镜头", "投影光机", "光纤传感器"}},
		{"nextgen-it", "电子", []string{"服务器整机", "柔性电路板", "智能穿戴", "工业网关"}},
		{"semiconductor", "微电子", []string{"功率模块", "封装基板", "晶圆测试", "电子特气"}},
		{"equipment", "装备", []string{"注塑机", "数控转台", "包装线", "风电齿轮箱"}},
		{"robots-ai", "机器人", []string{"关节模组", "协作机器人", "视觉检测系统", "巡检机器人"}},
		{"biomed", "生物", []string{"体外诊断试剂", "医用导管", "重组蛋白", "康复器械"}},
		{"lighting", "照明", []string{"智能路灯", "植物照明", "舞台灯具", "车用灯组"}},
		{"home-living", "家居", []string{"智能门锁", "五金铰链", "整体橱柜", "户外家具"}},
		{"", "实业", []string{"冷链配送", "会展服务", "检验检测", "供应链平台"}},
	}
}

func cities() []string {
	return []string{
		"深圳", "上海", "杭州", "苏州", "北京", "天津", "西安", "武汉", "成都", "重庆", "广州", "佛山", "东莞",
		"香港", "澳门", "宁波", "合肥", "长沙", "中山",
	}
}

// firm is an investor: one of many, whose name says that it is an example.
type firm struct {
	trade
	name   string
	city   string
	credit *string
}

const firmStream = 1 << 40 // firms are drawn apart from leads

func (g *generator) firm(n int) firm {
	d := g.dice(firmStream + n)
	const syllables = "安邦博昌诚达德鼎东方丰富冠光广海恒宏华辉汇嘉健金锦精景凯科蓝乐力立联龙美明铭能宁鹏奇启强钦青荣瑞润盛顺泰腾天同伟文祥新信兴旭雅扬义亿益永友宇源远云泽展正志中众卓"
	all := []rune(syllables)
	f := firm{trade: pick(d, trades()), city: pick(d, cities())}
	f.name = fmt.Sprintf("示例%c%c%c%s(%s)有限公司", pick(d, all), pick(d, all), pick(d, all), f.word, f.city)
	if d.in(350) {
		f.credit = of(withCheckDigit(fmt.Sprintf("91442000MA%07d", d.IntN(10_000_000))))
	}
	return f
}

// cents draws an amount whose logarithm is normal: many small projects, few
// very large ones. About one in eight is unknown.
func (d dice) cents() *int64 {
	if d.in(120) {
		return nil
	}
	const middle, spread = 8_000, 1.2 // 万元
	wan := int64(math.Exp(math.Log(middle)+spread*d.NormFloat64())) / 100 * 100
	return of(min(max(wan, 100), 5_000_000) * centsPerWan)
}

func (d dice) currency() string {
	if d.in(930) {
		return "CNY"
	}
	return pick(d, []string{"USD", "HKD", "EUR", "JPY"})
}

// draft is the n-th lead as a unit registers it on a day.
func (g *generator) draftOf(d dice, n int, on clock.Date) lead.Draft {
	who := n
	var again lead.Claimed
	if d.in(30) { // the same investor again, with another project
		who = d.IntN(n + 1)
		again = lead.Claimed{Choice: lead.AnotherProject, Reason: "另一处选址、另一条产线"}
	}
	f := g.firm(who)
	product := pick(d, f.products)
	draft := lead.Draft{UnitID: d.unit(g.units, g.total[0]), Duplicate: again, Facts: lead.Facts{
		Title:        product + pick(d, []string{"生产基地", "研发中心", "华南总部", "扩产项目", "技改项目", "供应链中心"}),
		InvestorName: &f.name, CreditCode: f.credit, SourceChannel: pick(d, lead.Channels()[:9]), PlannedCents: d.cents(),
		Currency: d.currency(), Product: &product, Summary: of("随机生成的虚构线索：" + f.city + f.word + "企业，拟投资" + product + "。"),
		FirstContactOn: of(on),
	}}
	if f.chain != "" {
		draft.Chain = of(f.chain)
	}
	if d.in(800) {
		draft.Track = of(pick(d, lead.Tracks()))
	}
	if d.in(600) {
		draft.ExpectedSignOn = of(on.AddDays(30 + d.IntN(370)))
	}
	g.details(d, &draft)
	return draft
}

func (g *generator) details(d dice, draft *lead.Draft) {
	if d.in(600) {
		draft.Contact = of(invented(string(pick(d, []rune("甲乙丙丁戊己庚辛壬癸")))))
	}
	if d.in(250) {
		draft.NextStep = of(pick(d, []string{"回访企业", "安排踏勘", "答复政策口径", "补齐材料", "约负责人面谈"}))
		draft.NextStepOn = of(g.today.AddDays(d.IntN(40) - 10))
	}
	if d.in(400) {
		draft.LocationCode = g.location(d.unit(g.towns, g.total[1]))
	}
	if draft.PlannedCents != nil && d.in(500) {
		draft.FixedAssetsCents = of(*draft.PlannedCents / 10 * int64(4+d.IntN(4)))
	}
	if d.in(300) {
		draft.LandSqm = sqm(of(int64(10 + d.IntN(150))))
	}
	_, known := g.officer[draft.UnitID]
	draft.Restricted = known && d.in(20)
}
