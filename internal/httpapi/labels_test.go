package httpapi

import (
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
)

func codes[T ~string](list []T) string {
	var out []string
	for _, c := range list {
		out = append(out, string(c))
	}
	return strings.Join(out, " ")
}

func labelCodes(labels []Label) string {
	var out []string
	for _, l := range labels {
		out = append(out, l.Code)
	}
	return strings.Join(out, " ")
}

func TestEveryWordOfTheInterfaceHasBothLabelsInItsOrder(t *testing.T) {
	var stages []lead.Stage
	for _, s := range lead.Stages() {
		stages = append(stages, s.Code)
	}
	for _, c := range []struct {
		name   string
		labels []Label
		want   string
	}{
		{"stage", stageLabels(), codes(stages)},
		{"track", trackLabels(), codes(lead.Tracks())},
		{"source_channel", channelLabels(), codes(lead.Channels())},
		{"handoff_state", handoffLabels(), codes(lead.HandoffStates())},
		{"activity_kind", activityLabels(), codes(lead.ActivityKinds())},
		{"currency", currencyLabels(), codes(lead.Currencies())},
		{"unit_kind", unitKindLabels(), codes(org.Kinds())},
		{"park_kind", parkKindLabels(), codes([]org.ParkKind{org.ThemePark, org.ProvincialPark, org.SpecialisedPark, org.MegaPark})},
		{"role", enums().Role, codes(access.Roles())},
		{"class", enums().Class, codes(access.Classes())},
		{"part", enums().Part, codes(access.Parts())},
		{"permission", enums().Permission, codes(access.Permissions())},
		{"confidentiality", confidentialityLabels(), "normal restricted"},
	} {
		if got := labelCodes(c.labels); got != c.want {
			t.Errorf("%s: labels of %s\nwant %s", c.name, got, c.want)
		}
		for _, l := range c.labels {
			if l.ZH == "" || l.EN == "" {
				t.Errorf("%s %s lacks a label", c.name, l.Code)
			}
		}
	}
}
