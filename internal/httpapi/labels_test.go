package httpapi

import (
	"encoding/json"
	"os"
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
		{"clock_kind", clockLabels(), codes(lead.ClockKinds())},
		{"clock_result", clockResultLabels(), codes(lead.ClockResults())},
		{"note_kind", noteKindLabels(), codes(lead.NoteKinds())},
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

// TestThePageBeforeLoginNamesTheRolesAsTheServerDoes compares the words of the
// demo's table of logins, which stand in the page, with those of GET /meta.
func TestThePageBeforeLoginNamesTheRolesAsTheServerDoes(t *testing.T) {
	for file, of := range map[string]func(Text) string{
		"zh": func(x Text) string { return x.ZH }, "en": func(x Text) string { return x.EN },
	} {
		content, err := os.ReadFile("../../web/src/i18n/" + file + "/roles.json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[access.Role]string{}
		if err := json.Unmarshal(content, &words); err != nil {
			t.Fatal(err)
		}
		for role, text := range roleTexts() {
			if words[role] != of(text) {
				t.Errorf("%s %s: the page says %q, the server %q", file, role, words[role], of(text))
			}
		}
	}
}

func TestEveryUnitOfANumberOfTheCityHasAWordOnThePage(t *testing.T) {
	for _, file := range []string{"zh", "en"} {
		content, err := os.ReadFile("../../web/src/i18n/" + file + "/rules.json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(content, &words); err != nil {
			t.Fatal(err)
		}
		for _, k := range org.RuleKeys() {
			if words["unit_"+k.Unit] == "" {
				t.Errorf("%s: no word for %s, the unit of %s", file, k.Unit, k.Key)
			}
		}
	}
}
