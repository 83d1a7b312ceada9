package lead

import (
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

func TestPlaceAndTrackStayAsTheyWereReviewed(t *testing.T) {
	land, premises, here, there := Track("land"), Track("premises"), "442000106", "442000110"
	signedOn := clock.Date{}
	cases := map[string]struct {
		lead Lead
		edit func(*Lead)
		want string
	}{
		"another track in talks":              {Lead{Track: &land, Stage: Negotiating}, func(l *Lead) { l.Track = &premises }, ""},
		"another track in review":             {Lead{Track: &land, Stage: Review}, func(l *Lead) { l.Track = &premises }, ""},
		"another track before signing":        {Lead{Track: &land, Stage: ToSign}, func(l *Lead) { l.Track = &premises }, "lead.settled"},
		"no track any more":                   {Lead{Track: &land, Stage: Signed}, func(l *Lead) { l.Track = nil }, "lead.settled"},
		"another place after the start":       {Lead{LocationCode: &here, Stage: Started}, func(l *Lead) { l.LocationCode = &there }, "lead.settled"},
		"a place that was not known":          {Lead{Stage: Started}, func(l *Lead) { l.LocationCode = &there }, ""},
		"the same place":                      {Lead{LocationCode: &here, Stage: Started}, func(l *Lead) { l.LocationCode = &here }, ""},
		"suspended before it was signed":      {Lead{Track: &land, Stage: Suspended}, func(l *Lead) { l.Track = &premises }, ""},
		"suspended after it was signed":       {Lead{Track: &land, Stage: Suspended, SignedOn: &signedOn}, func(l *Lead) { l.Track = &premises }, "lead.settled"},
		"what a public report says of a lead": {Lead{Track: &land, Stage: Signed, AsReported: true}, func(l *Lead) { l.Track = &premises }, ""},
	}
	for name, c := range cases {
		after := c.lead
		c.edit(&after)
		err := c.lead.settled(after)
		if c.want == "" && err != nil || c.want != "" && fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
