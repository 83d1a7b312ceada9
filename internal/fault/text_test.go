package fault_test

import (
	"testing"

	"github.com/leadrelay/leadrelay/internal/fault"
)

func TestATextIsRefusedForOneReasonWithTheFieldsName(t *testing.T) {
	for _, c := range []struct {
		value    string
		required bool
		want     string
	}{
		{"", false, ""},
		{" \n", true, "required"},
		{"按期\n办结", true, ""},
		{"a\tb", false, "text.control_character"},
		{"\xff", false, "text.control_character"},
		{"一二三四五六", false, "too_long"},
		{"一二三四五", false, ""},
		{"<b>", false, "text.markup"},
	} {
		got := ""
		for _, f := range fault.Text("reason", c.value, c.required, 5) {
			got += f.Code
			if f.Name != "reason" {
				t.Errorf("%q: the field is called %q", c.value, f.Name)
			}
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.value, got, c.want)
		}
	}
}
