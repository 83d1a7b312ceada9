package access_test

import (
	"reflect"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
)

type view struct {
	Code    string   `json:"code" class:"public" sort:"code" find:"equal"`
	Product *string  `json:"product" class:"open"`
	Planned *int64   `json:"planned_cents" class:"money" sort:"planned_cents" find:"range"`
	Phone   *string  `json:"phone,omitempty" class:"contact"`
	Files   []string `json:"files" class:"file"`
}

func TestAViewWithAnUnclassifiedFieldIsRefused(t *testing.T) {
	if _, err := access.ShapeOf[struct {
		Code string `json:"code"`
	}](); err == nil {
		t.Error("a field without a class was taken")
	}
	if _, err := access.ShapeOf[struct {
		Code string `json:"code" class:"gossip"`
	}](); err == nil {
		t.Error("a field with an unknown class was taken")
	}
	if _, err := access.ShapeOf[struct {
		Code string `class:"public"`
	}](); err == nil {
		t.Error("a field without a JSON name was taken")
	}
}

func TestMaskingClearsWhatIsNotSeenAndNamesItWhetherItWasThereOrNot(t *testing.T) {
	s, err := access.ShapeOf[view]()
	if err != nil {
		t.Fatal(err)
	}
	text, sum := "x", int64(5)
	for _, c := range []struct {
		name string
		seen access.Seen
		want view
		hid  []string
	}{
		{
			"all",
			access.Seen{Public: true, Open: true, Money: true, Contact: true, File: true},
			view{"A", &text, &sum, &text, []string{"f"}},
			[]string{},
		},
		{
			"an offer",
			access.Seen{Public: true, Open: true, Money: true},
			view{Code: "A", Product: &text, Planned: &sum},
			[]string{"phone", "files"},
		},
		{"past", access.Seen{Public: true}, view{Code: "A"}, []string{"product", "planned_cents", "phone", "files"}},
		{"nothing", access.Seen{}, view{}, []string{"code", "product", "planned_cents", "phone", "files"}},
	} {
		for _, v := range []view{{"A", &text, &sum, &text, []string{"f"}}, {Code: "A"}} {
			full := v.Product != nil
			if hid := s.Mask(&v, c.seen); !reflect.DeepEqual(hid, c.hid) {
				t.Errorf("%s: hid %v, want %v", c.name, hid, c.hid)
			}
			if full && !reflect.DeepEqual(v, c.want) {
				t.Errorf("%s: left %+v, want %+v", c.name, v, c.want)
			}
		}
	}
}

func TestAShapeKnowsHowAColumnMayBeUsed(t *testing.T) {
	s, err := access.ShapeOf[view]()
	if err != nil {
		t.Fatal(err)
	}
	c, ok := s.Column("planned_cents")
	if !ok || c.Class != access.MoneyClass || c.Sort != "planned_cents" || c.Find != "range" {
		t.Errorf("column is %+v", c)
	}
	if c, ok := s.Column("phone"); !ok || c.Sort != "" || c.Find != "" {
		t.Errorf("phone is %+v", c)
	}
	if _, ok := s.Column("password"); ok {
		t.Error("found a column that is not there")
	}
}

func BenchmarkMask(b *testing.B) {
	s, err := access.ShapeOf[view]()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v := view{Code: "A"}
		s.Mask(&v, access.Seen{Public: true})
	}
}
