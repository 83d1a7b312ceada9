package app_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/app"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/config"
	"github.com/leadrelay/leadrelay/internal/testkit/smtpsink"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// office is the program with a mail server, over the world's database.
type office struct {
	*kit.Kit
	sink *smtpsink.Sink
	mail *app.App
}

// eachMailingOffice gives a town's officer an address, no quiet hours and
// mail at once.
func eachMailingOffice(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		sink := smtpsink.Start(t)
		o := &office{Kit: k, sink: sink, mail: another(t, k, sink.Port)}
		t.Cleanup(func() { k.DB.SetOffset(0) })
		o.chooses(t, `"now"`, "null", "null")
		quietly(t, k)
		f(t, o)
	})
}

// another is one more program over the same open database, with mail.
func another(t *testing.T, k *kit.Kit, port int64) *app.App {
	t.Helper()
	c := &config.Config{
		Demo: true, DataDir: filepath.Join(t.TempDir(), "data"),
		Session: config.Session{Idle: 24 * time.Hour, Absolute: 25 * time.Hour}, Password: config.Password{Profile: "dengbao3"},
		Files: config.Files{MaxBytes: 1 << 20}, Public: config.Public{URL: "https://leads.example"},
		SMTP: config.SMTP{Host: "127.0.0.1", Port: port, Security: "none", From: "relay@leads.example"},
	}
	a, err := app.OverLogging(context.Background(), k.DB, c, slog.New(slog.DiscardHandler), []byte("a secret of the tests, 32 bytes!"))(app.Build{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o *office) chooses(t *testing.T, way, from, until string) {
	t.Helper()
	p := o.As(t, "town-officer")
	at := p.Do(t, kit.Request{Method: "GET", Path: "/notices/settings"}).Version()
	a := p.Do(t, kit.Request{Method: "PUT", Path: "/notices/settings", IfMatch: at, Body: fmt.Sprintf(`{"mail":{"handoff":%[1]s,"clock":%[1]s,`+
		`"protection":%[1]s,"dispute":%[1]s,"lead":%[1]s},"quiet_from":%[2]s,"quiet_until":%[3]s,"digest_hour":0,"email":"town@example.org"}`, way, from, until)})
	if a.Status != 200 {
		t.Fatalf("settings: %d %s", a.Status, a.Body)
	}
}

// offers tells the town of one lead more, and returns the offer.
func (o *office) offers(t *testing.T) (kit.Cell, int64) {
	t.Helper()
	c := fresh(t, o.Kit, false)
	quietly(t, o.Kit)
	h := offer(t, o.Kit, o.As(t, "group-officer"), c.Lead, "huangpu")
	if _, err := o.mail.Notice.Tell(context.Background()); err != nil {
		t.Fatal(err)
	}
	return c, h
}

// posts runs one turn of the mail and says where the mail stands then.
func (o *office) posts(t *testing.T, want string) {
	t.Helper()
	if _, err := o.mail.Notice.Post(context.Background()); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		State    string
		Attempts int
	}
	if err := o.DB.Read(context.Background()).Raw("SELECT state, attempts FROM mails ORDER BY id").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if got := strings.Trim(fmt.Sprint(rows), "[]"); got != want {
		t.Fatalf("mail stands at %q, want %q", got, want)
	}
}

func TestALetterNamesTheCodeAndNothingConfidential(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		c, _ := o.offers(t)
		o.posts(t, "{sent 1}")
		letters := o.sink.Letters()
		if len(letters) != 1 {
			t.Fatalf("%d letters", len(letters))
		}
		head, body, _ := strings.Cut(letters[0], "\r\n\r\n")
		text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\r\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(head, "To: <town@example.org>") || !strings.Contains(string(text), c.Code+":有线索移交给贵单位,待答复") ||
			!strings.Contains(string(text), fmt.Sprintf("https://leads.example/leads/%d", c.Lead)) {
			t.Errorf("the letter is\n%s\n\n%s", head, text)
		}
		for _, secret := range []string{c.Title(), "13800000000", "测试员甲", "生产基地", "8000000000"} {
			if strings.Contains(string(text)+head, secret) {
				t.Errorf("the letter tells %q", secret)
			}
		}
	})
}

func TestMailIsTriedAgainAfterGrowingPausesAndKeepsItsIdentifier(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		o.sink.Plan(smtpsink.Later, smtpsink.CutInside, smtpsink.CutAfter)
		o.offers(t)
		o.posts(t, "{waiting 1}")
		o.posts(t, "{waiting 1}") // its pause is not over
		o.DB.SetOffset(61 * time.Second)
		o.posts(t, "{waiting 2}")
		o.DB.SetOffset(7 * time.Minute)
		o.posts(t, "{waiting 3}")
		o.DB.SetOffset(23 * time.Minute)
		o.posts(t, "{sent 4}")
		id := regexp.MustCompile(`Message-ID: (<[0-9a-f]{32}@leads\.example>)`)
		letters := o.sink.Letters()
		if len(letters) != 2 || id.FindString(letters[0]) == "" || id.FindString(letters[0]) != id.FindString(letters[1]) {
			t.Errorf("%d letters arrived: %q", len(letters), letters)
		}
	})
}

func TestMailOfANodeThatDiedAfterSendingGoesOutOnceMoreUnderItsIdentifier(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		o.offers(t)
		o.posts(t, "{sent 1}")
		err := o.Exec(context.Background(), "UPDATE mails SET state = 'waiting', ended_at = NULL, claimed_until = ?", time.Now().UTC().Add(5*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		o.posts(t, "{waiting 1}") // the dead node's claim still holds
		o.DB.SetOffset(6 * time.Minute)
		o.mail = another(t, o.Kit, o.sink.Port)
		o.posts(t, "{sent 2}")
		id := regexp.MustCompile(`Message-ID: .+`)
		if l := o.sink.Letters(); len(l) != 2 || id.FindString(l[0]) != id.FindString(l[1]) {
			t.Errorf("letters %q", l)
		}
	})
}

// A slow server may take a minute for each letter. What waits for its turn
// meanwhile must not look lost to another node.
func TestTwoNodesSendEachLetterOnceThroughASlowServer(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		const letters = 7
		for range letters {
			o.offers(t)
		}
		quick := smtpsink.Start(t)
		second := another(t, o.Kit, quick.Port)
		late := time.Duration(0)
		o.sink.WhileTaking(func() {
			late += 59 * time.Second
			o.DB.SetOffset(late)
			if _, err := second.Notice.Post(context.Background()); err != nil {
				t.Error(err)
			}
		})
		o.posts(t, strings.Trim(strings.Repeat(" {sent 1}", letters), " "))
		if n := len(o.sink.Letters()) + len(quick.Letters()); n != letters {
			t.Errorf("%d letters went out, want %d", n, letters)
		}
	})
}

func TestMailThatIsRefusedForGoodIsShownAndCanBeSentAgain(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		o.sink.Plan(smtpsink.Never)
		o.offers(t)
		o.posts(t, "{dead 1}")
		admin := o.As(t, "system-admin")
		var v struct{ Items []struct{ ID int64 } }
		a := admin.Get(t, "/settings/mails", &v)
		if len(v.Items) != 1 || !strings.Contains(string(a.Body), "no such person") || strings.Contains(string(a.Body), "town@example.org") {
			t.Fatalf("dead letters: %s", a.Body)
		}
		retry := kit.Request{Method: "POST", Path: fmt.Sprintf("/settings/mails/%d/retry", v.Items[0].ID)}
		if got := admin.Do(t, retry).Brief(); got != "204" {
			t.Fatalf("retry: %s", got)
		}
		o.posts(t, "{sent 1}")
		if got := admin.Do(t, retry).Brief(); got != "409 mail.not_dead" {
			t.Errorf("retry of a sent one: %s", got)
		}
	})
}

func TestTheRightIsAskedAgainWhenALetterIsSent(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		_, h := o.offers(t)
		answer(t, o.As(t, "group-officer"), h, "withdraw")
		o.posts(t, "{dropped 1}")
		if l := o.sink.Letters(); len(l) != 0 {
			t.Errorf("a letter went out about a lead that its reader lost: %q", l)
		}
	})
}

func TestQuietHoursHoldMailBackAndNotTheInbox(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		// Around now, whenever that is: hours that end at a fixed minute would
		// leave one of the day without quiet.
		hour := func(from time.Duration) string {
			return strconv.Quote(time.Now().In(clock.Location()).Add(from).Format("15:04"))
		}
		o.chooses(t, `"now"`, hour(-2*time.Hour), hour(2*time.Hour))
		c, _ := o.offers(t)
		o.posts(t, "{waiting 0}")
		finds(t, o.As(t, "town-officer"), 1, c.Title()+" handoff.offered")
	})
}

func TestADayHasOneDigest(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		begin := evening()
		o.DB.SetOffset(begin)
		o.chooses(t, `"digest"`, "null", "null")
		o.offers(t)
		o.offers(t)
		o.posts(t, "")
		o.DB.SetOffset(begin + 12*time.Hour) // the next morning
		second := another(t, o.Kit, o.sink.Port)
		for _, a := range []*app.App{o.mail, second, o.mail} {
			if _, err := a.Notice.Digest(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		o.posts(t, "{sent 1}")
		l := o.sink.Letters()
		if len(l) != 1 {
			t.Fatalf("%d letters", len(l))
		}
	})
}
