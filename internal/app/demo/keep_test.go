package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// relay is the lead module over a demo world.
func relay(t *testing.T, w World) *lead.Service {
	t.Helper()
	s, err := w.scene(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := leadstore.NewVault(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	service, err := lead.NewService(lead.Needs{
		Store: leadstore.New(w.DB), City: cityOf{s}, Vault: vault, MaxFile: 1 << 20,
		Cursors: page.NewCursors([]byte("a key of the tests, 32 bytes long")),
	})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// waiting lists how many offers each demo unit with a receiver's login has to
// answer.
const waitingSQL = `SELECT u.slug, count(*) FROM handoffs h JOIN units u ON u.id = h.to_unit_id
	WHERE h.state = 'offered' AND h.due_at > ? AND u.slug IN ('huangpu', 'cuiheng', 'xiaolan', 'iit') GROUP BY u.slug ORDER BY u.slug`

func TestADemoThatIsDaysOldHasWorkInItsInboxesAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		service, rules := relay(t, w), policy(t)
		if n, err := OfferAgain(t.Context(), w, service, rules); n != 0 || err != nil {
			t.Errorf("on the day it was made: %d offers again, %v", n, err)
		}
		now := day(t, monday).At(9*time.Hour).AddDate(0, 0, 9)
		w.DB.SetOffset(now.Sub(clock.System{}.Now()))
		if got := rows(t, w.DB, waitingSQL, now); got != "" {
			t.Fatalf("nine days later offers still stand:\n%s", got)
		}
		n, err := OfferAgain(t.Context(), w, service, rules)
		if n == 0 || err != nil {
			t.Fatalf("nine days later: %d offers again, %v", n, err)
		}
		if got, want := rows(t, w.DB, waitingSQL, now), "cuiheng|3\nhuangpu|3\niit|1\nxiaolan|3"; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if again, err := OfferAgain(t.Context(), w, service, rules); again != 0 || err != nil {
			t.Errorf("a second start makes %d more, %v", again, err)
		}
	})
}

func TestTheDemoShowsAFirstReportThatWaitsAndADispute(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		service, rules := relay(t, w), policy(t)
		if err := Circulate(t.Context(), w, service, rules); err != nil {
			t.Fatal(err)
		}
		const waits = "SELECT u.slug, l.title, l.protection_state, l.invented FROM leads l JOIN units u ON u.id = l.unit_id WHERE l.protection_state = 'pending'"
		if got := rows(t, w.DB, waits); !strings.HasPrefix(got, "iit|工业大模型应用示范中心|pending|") {
			t.Errorf("waiting are %s", got)
		}
		const disputes = "SELECT c.slug, r.slug, l.title, d.state FROM disputes d JOIN leads l ON l.id = d.lead_id " +
			"JOIN units c ON c.id = d.claimant_unit_id JOIN units r ON r.id = d.respondent_unit_id"
		if got, want := rows(t, w.DB, disputes), "xiaolan|wg-shenzhen|半导体封测材料研发中心|talking"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestTheDemosFilesAreWhatTheyAreCalled(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		service, rules := relay(t, w), policy(t)
		if err := AttachFiles(t.Context(), w, service, rules); err != nil {
			t.Fatal(err)
		}
		const want = "示例-合作意向要点.pdf|application/pdf\n示例-用地需求清单.pdf|application/pdf\n示例-地块位置示意.png|image/png"
		if got := rows(t, w.DB, "SELECT name, mime FROM files ORDER BY id"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
