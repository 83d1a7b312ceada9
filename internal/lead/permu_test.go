package lead

import (
	"fmt"
	"strings"
	"testing"
)

// The two projects of public-projects.yaml that promised figures for each mu:
// 巧康 reaches all three; 长珠 promised 60 of tax and its own figures give 40.
func TestAPromiseForEachMuThatTheOwnFiguresDoNotReachIsMarked(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	promises := Lead{PromisedFixedAssetsPerMuCents: n(600_000_000), PromisedOutputPerMuCents: n(1_250_000_000), PromisedTaxPerMuCents: n(60_000_000)}
	qiaokang, changzhu, bare := promises, promises, Lead{LandSqm: n(10_000), TaxCents: n(1_500)}
	qiaokang.FixedAssetsCents, qiaokang.OutputCents, qiaokang.TaxCents, qiaokang.LandSqm = n(64_800_000_000), n(135_000_000_000), n(6_480_000_000), n(72_000)
	changzhu.FixedAssetsCents, changzhu.OutputCents, changzhu.TaxCents, changzhu.LandSqm = n(15_000_000_000), n(30_000_000_000), n(1_000_000_000), n(16_667)
	changzhu.PromisedOutputPerMuCents = n(1_200_000_000)
	for _, c := range []struct {
		name string
		l    Lead
		want string
	}{
		{"巧康", qiaokang, "fixed_assets 600000000 true, output 1250000000 true, tax 60000000 true"},
		{"长珠", changzhu, "fixed_assets 599988000 true, output 1199976000 true, tax 39999200 false"},
		{"no promise", bare, "tax 100 -"},
		{"no land", promises, "fixed_assets - -, output - -, tax - -"},
		{"nothing", Lead{}, ""},
	} {
		var got []string
		for _, v := range c.l.perMu() {
			own, reached := "-", "-"
			if v.OwnCents != nil {
				own = fmt.Sprint(*v.OwnCents)
			}
			if v.Reached != nil {
				reached = fmt.Sprint(*v.Reached)
			}
			got = append(got, strings.Join([]string{v.What, own, reached}, " "))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: got %s, want %s", c.name, text, c.want)
		}
	}
}
