package main_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/internal/testkit/smtpsink"
)

// A letter that the server took a moment before the program died is sent once
// more, since nobody wrote down that it was taken; it is the one way in which
// a letter is doubled, and its Message-ID tells. There is no way in which one
// is lost.
func TestAKilledProgramLosesNoLetterAndDoublesThatUnderWayAtMost(t *testing.T) {
	dice := testkit.Dice(t)
	eachPlace(t, func(t *testing.T, p place) {
		sink := smtpsink.Start(t)
		sink.WhileTaking(func() { time.Sleep(20 * time.Millisecond) }) // so that kills fall into it
		p.env = []string{
			"LEADRELAY_SMTP_HOST=127.0.0.1", fmt.Sprint("LEADRELAY_SMTP_PORT=", sink.Port), "LEADRELAY_SMTP_SECURITY=none",
			"LEADRELAY_SMTP_FROM=relay@leads.example", "LEADRELAY_PUBLIC_URL=https://leads.example",
		}
		s := p.serve(t, "--set", "demo=true")
		giver, taker := s.login("wg-shenzhen"), s.login("huangpu")
		town := unitsOf(t, []*client{taker})["huangpu"]
		choose := taker.do("PUT", "/notices/settings", "0", `{"mail":{"handoff":"now","clock":"now","protection":"now","dispute":"now","lead":"now"},`+
			`"quiet_from":null,"quiet_until":null,"digest_hour":8,"email":"town@example.org"}`)
		if !choose.ok() {
			t.Fatalf("choose mail: %d %s", choose.status, choose.body)
		}
		db := testkit.Reopen(t, p.url)
		kills, want := testkit.Times(50, 4), 0
		for range kills {
			for range 4 {
				want++
				offered(t, giver, fmt.Sprint("邮件 ", want), town)
			}
			time.Sleep(time.Duration(dice.IntN(150)) * time.Millisecond)
			s.kill()
			timePasses(t, db)
			s = p.serve(t, "--set", "demo=true")
			giver.base = s.base
		}
		await(t, "every offer has its letter", func() bool {
			return count(t, db, "SELECT count(*) FROM mails WHERE state = 'sent'") == want
		})
		doubled := checkLetters(t, db, sink.Letters())
		if doubled > kills {
			t.Errorf("%d letters went out twice after %d kills", doubled, kills)
		}
		t.Logf("%d kills, %d letters, of which %d were under way at a kill and went out twice", kills, want, doubled)
	})
}

// timePasses lets the claims of a killed program run out.
func timePasses(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *store.Tx) error {
		now := clock.Cut(tx.Now(t.Context()))
		session := tx.DB(t.Context())
		if err := session.Exec("UPDATE mails SET claimed_until = ? WHERE state = 'waiting' AND claimed_until > ?", now, now).Error; err != nil {
			return err
		}
		return session.Exec("UPDATE notice_events SET next_at = ? WHERE told_at IS NULL AND next_at > ?", now, now).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

var messageID = regexp.MustCompile(`(?m)^Message-ID: <([^>]+)>`)

// checkLetters holds the letters that arrived against the mail that is
// written down as sent, and returns how many came twice.
func checkLetters(t *testing.T, db *store.DB, letters []string) (doubled int) {
	t.Helper()
	arrived := map[string]int{}
	for _, l := range letters {
		arrived[messageID.FindStringSubmatch(l)[1]]++
	}
	var sent []string
	scan(t, db, &sent, "SELECT message_id FROM mails")
	for _, m := range sent {
		switch n := arrived[m]; {
		case n == 0:
			t.Errorf("letter %s is lost", m)
		case n > 1:
			doubled += n - 1
		}
		delete(arrived, m)
	}
	for m := range arrived {
		t.Errorf("letter %s arrived and is not known", m)
	}
	return doubled
}
