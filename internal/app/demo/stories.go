package demo

import (
	"bytes"
	_ "embed" // the stories are part of the program
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

//go:embed stories.yaml
var stories []byte

// story is one invented lead of stories.yaml: how it began and what was done
// to it since.
type story struct {
	Title      string  `yaml:"title"`
	Investor   string  `yaml:"investor"`
	Unit       string  `yaml:"unit"` // slug of the unit that registers it
	Channel    string  `yaml:"channel"`
	Introducer *string `yaml:"introducer"`
	Country    *string `yaml:"country"`
	Credit     string  `yaml:"credit"` // the first 17 characters; the check digit is worked out
	Chain      *string `yaml:"chain"`
	Track      *string `yaml:"track"`
	Wan        *int64  `yaml:"wan"` // planned, in 10,000 of the currency
	Fixed      *int64  `yaml:"fixed"`
	Output     *int64  `yaml:"output"`
	Tax        *int64  `yaml:"tax"`
	Currency   string  `yaml:"currency"`
	Mu         *int64  `yaml:"mu"`
	Floor      *int64  `yaml:"floor"`
	Product    *string `yaml:"product"`
	Summary    string  `yaml:"summary"`
	Place      string  `yaml:"place"` // slug of the town
	Park       string  `yaml:"park"`
	Restricted bool    `yaml:"restricted"`
	At         int     `yaml:"at"`      // working days before today
	Sign       *int    `yaml:"sign"`    // the last day of the month that is so many months ahead
	SignIn     *int    `yaml:"sign_in"` // days from today
	Step       *string `yaml:"step"`
	On         *int    `yaml:"on"` // days from today
	Contact    string  `yaml:"contact"`
	Acts       []doing `yaml:"acts"`
}

// doing is one act of a story. Exactly one of its verbs is set.
type doing struct {
	At   int    `yaml:"at"`   // working days before today
	Time string `yaml:"time"` // HH:MM; else worked out

	Note     *string `yaml:"note"`
	To       *string `yaml:"to"` // stage
	Offer    *string `yaml:"offer"`
	Accept   *string `yaml:"accept"`
	Refuse   *string `yaml:"refuse"`
	Withdraw *string `yaml:"withdraw"`
	Expire   bool    `yaml:"expire"`
	Contact  *string `yaml:"contact"`
	Step     *string `yaml:"step"`
	Place    *string `yaml:"place"`

	On     int    `yaml:"on"`      // of step: days from today
	Why    string `yaml:"why"`     // of to and offer
	Ask    string `yaml:"ask"`     // of offer
	LostTo string `yaml:"lost_to"` // of to
}

// stories returns the invented leads.
func (s *scene) stories() ([]leadstore.Life, error) {
	var all []story
	if err := yaml.NewDecoder(bytes.NewReader(stories), yaml.Strict()).Decode(&all); err != nil {
		return nil, fmt.Errorf("read stories.yaml: %w", err)
	}
	out := make([]leadstore.Life, 0, len(all))
	for i, t := range all {
		l, err := s.tell(t, i)
		if err != nil {
			return nil, fmt.Errorf("tell %s: %w", t.Title, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func (s *scene) tell(t story, n int) (leadstore.Life, error) {
	d, err := s.draft(t)
	if err != nil {
		return leadstore.Life{}, err
	}
	last := s.hour(t.At, n, 0)
	d.FirstContactOn = of(clock.DateOf(last))
	f, err := s.begin(d, last)
	if err != nil {
		return leadstore.Life{}, err
	}
	note := "演示：虚构线索，与任何真实企业无关"
	f.Lead.SourceNote = &note
	for i, a := range t.Acts {
		at, err := s.instant(a, n, i+1, last)
		if err != nil {
			return leadstore.Life{}, fmt.Errorf("act %d: %w", i+1, err)
		}
		if err := f.do(a, at); err != nil {
			return leadstore.Life{}, fmt.Errorf("act %d: %w", i+1, err)
		}
		last = at
	}
	return f.Life, nil
}

// hour spreads the acts of the n-th story over a working day.
func (s *scene) hour(day, n, act int) time.Time {
	minutes := 9*60 + n*7%40 + act%9*47
	return s.workday(day).At(time.Duration(minutes) * time.Minute)
}

// instant is when an act was done: after the one before it, answers early in
// the day so that they are in time.
func (s *scene) instant(a doing, n, act int, last time.Time) (time.Time, error) {
	at := s.hour(a.At, n, act)
	if a.Accept != nil || a.Refuse != nil || a.Withdraw != nil {
		at = s.workday(a.At).At(8*time.Hour + 45*time.Minute)
		if !at.After(last) {
			at = last.Add(40 * time.Minute)
		}
	}
	if a.Time != "" {
		clockTime, err := time.Parse("15:04", a.Time)
		if err != nil {
			return at, err
		}
		at = s.workday(a.At).At(time.Duration(clockTime.Hour())*time.Hour + time.Duration(clockTime.Minute())*time.Minute)
	}
	if !at.After(last) && !a.Expire {
		return at, fmt.Errorf("%s is not after %s", at, last)
	}
	return at, nil
}

// do plays one act.
func (f *life) do(a doing, at time.Time) error {
	switch {
	case a.Note != nil:
		f.note(*a.Note, at)
	case a.Contact != nil:
		f.contact(invented(*a.Contact), at)
	case a.To != nil:
		return f.move(lead.Move{To: lead.Stage(*a.To), Reason: a.Why, LostTo: a.LostTo}, at)
	case a.Offer != nil:
		to, err := f.unit(*a.Offer)
		if err != nil {
			return err
		}
		return f.offer(lead.Order{To: to, Reason: a.Why, Ask: a.Ask}, at)
	case a.Expire:
		return f.expire()
	case a.Step != nil:
		on := f.today.AddDays(a.On)
		return f.edit(lead.Edit{
			NextStep: lead.Opt[string]{Set: true, Value: a.Step}, NextStepOn: lead.Opt[clock.Date]{Set: true, Value: &on},
		}, at)
	case a.Place != nil:
		unit, err := f.unit(*a.Place)
		if err != nil {
			return err
		}
		return f.edit(lead.Edit{LocationCode: lead.Opt[string]{Set: true, Value: f.location(unit)}}, at)
	default:
		return f.reply(a, at)
	}
	return nil
}

func (f *life) reply(a doing, at time.Time) error {
	for state, text := range map[lead.HandoffState]*string{
		lead.Accepted: a.Accept, lead.Refused: a.Refuse, lead.WithdrawnOffer: a.Withdraw,
	} {
		if text != nil {
			return f.answer(lead.Answer{State: state, Reason: *text}, at)
		}
	}
	return fmt.Errorf("the act says nothing")
}

func of[T any](v T) *T { return &v }
