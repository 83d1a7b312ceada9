package main_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// writer is one person who writes at random until the connection is cut.
type writer struct {
	t       *testing.T
	client  *client
	journal *journal
	dice    *rand.Rand
	n       int
}

func (w *writer) unit() int64 { return w.journal.units[w.client.username] }

func (w *writer) writeUntilCut() {
	acts := []func() reply{w.create, w.create, w.edit, w.edit, w.stage, w.addNote, w.addNote, w.addFile, w.handOff, w.handOff, w.answer, w.answer, w.withdraw}
	for {
		r := acts[w.dice.IntN(len(acts))]()
		switch {
		case r.err != nil:
			return // cut: what was answered before is in the journal
		case r.status >= http.StatusInternalServerError:
			w.t.Errorf("%s was answered %d %s", w.client.username, r.status, r.body)
			return
		}
	}
}

// text is a text that nobody else writes.
func (w *writer) text(what string) string {
	w.n++
	return fmt.Sprintf("%s %s %d %x", what, w.client.username, w.n, w.dice.Uint64())
}

func (w *writer) create() reply {
	title := w.text("项目")
	r := w.client.once(post{path: "/leads", body: draft(title), mark: title})
	if r.ok() {
		v := leadIn(r)
		w.journal.note(func() {
			w.journal.leads[v.id()] = map[int64]version{v.Version: {title, "lead"}}
			w.journal.holders[v.id()] = v.UnitID
		})
	}
	return r
}

// change edits or moves a lead under the version that it reads first.
func (w *writer) change(send func(path string, seen leadAnswer) (reply, version)) reply {
	lead := w.journal.pick(w.unit(), w.dice)
	if lead == "" {
		return reply{}
	}
	seen := w.client.do("GET", "/leads/"+lead, "", "")
	if !seen.ok() {
		return seen
	}
	v := leadIn(seen)
	r, made := send("/leads/"+lead, v)
	if r.ok() {
		w.journal.note(func() { w.journal.leads[lead][v.Version+1] = made })
	}
	return r
}

func (w *writer) edit() reply {
	return w.change(func(path string, v leadAnswer) (reply, version) {
		made := version{w.text("改名"), v.Stage}
		return w.client.do("PATCH", path, fmt.Sprint(v.Version), fmt.Sprintf(`{"title":%q}`, made.title)), made
	})
}

func (w *writer) stage() reply {
	return w.change(func(path string, v leadAnswer) (reply, version) {
		stages := []string{"lead", "qualified", "negotiating", "review", "to_sign"}
		made := version{v.Title, stages[w.dice.IntN(len(stages))]}
		why := w.text("进展")
		body := fmt.Sprintf(`{"to":%q,"reason":%q}`, made.stage, why)
		return w.client.once(post{path: path + "/stage", match: fmt.Sprint(v.Version), body: body, mark: why}), made
	})
}

func (w *writer) addNote() reply {
	lead, text := w.journal.pick(w.unit(), w.dice), w.text("纪要")
	if lead == "" {
		return reply{}
	}
	r := w.client.once(post{path: "/leads/" + lead + "/notes", body: fmt.Sprintf(`{"text":%q}`, text), mark: text})
	if r.ok() {
		w.journal.note(func() { w.journal.notes[rowIn(r)] = kept{lead, text} })
	}
	return r
}

func (w *writer) addFile() reply {
	lead, text := w.journal.pick(w.unit(), w.dice), strings.Repeat(w.text("附件"), 1+w.dice.IntN(2000))
	if lead == "" {
		return reply{}
	}
	name := w.text("记录") + ".txt"
	r := w.client.once(post{path: "/leads/" + lead + "/files", form: true, body: formOf(name, text), mark: name})
	if r.ok() {
		w.journal.note(func() { w.journal.files[rowIn(r)] = kept{lead, text} })
	}
	return r
}

func (w *writer) handOff() reply {
	lead := w.journal.pick(w.unit(), w.dice)
	to := w.journal.units[writers()[w.dice.IntN(len(writers()))]]
	if lead == "" || to == w.unit() {
		return reply{}
	}
	why := w.text("适合落户")
	body := fmt.Sprintf(`{"to_unit_id":%d,"reason":%q,"ask":"请考察"}`, to, why)
	r := w.client.once(post{path: "/leads/" + lead + "/handoffs", body: body, mark: why})
	if r.ok() {
		w.journal.note(func() {
			if w.journal.offers[rowIn(r)] == nil { // its answer may have been faster
				w.journal.offers[rowIn(r)] = &offer{lead: lead, to: to}
			}
		})
	}
	return r
}

func (w *writer) answer() reply {
	h := w.journal.openOffer(w.unit(), true)
	if h == "" {
		return reply{}
	}
	act, state := "/accept", "accepted"
	if w.dice.IntN(3) == 0 {
		act, state = "/refuse", "refused"
	}
	why := w.text("已研究")
	r := w.client.once(post{path: "/handoffs/" + h + act, body: fmt.Sprintf(`{"reason":%q}`, why), mark: why})
	w.noteAnswer(r, h, state)
	return r
}

func (w *writer) withdraw() reply {
	h := w.journal.openOffer(w.unit(), false)
	if h == "" {
		return reply{}
	}
	r := w.client.once(post{path: "/handoffs/" + h + "/withdraw", body: `{}`})
	w.noteAnswer(r, h, "withdrawn")
	return r
}

func (w *writer) noteAnswer(r reply, h, state string) {
	if !r.ok() {
		return
	}
	w.journal.note(func() {
		o := w.journal.offers[h]
		o.answered = state
		if state == "accepted" {
			w.journal.holders[o.lead] = o.to
		}
	})
}

// leadAnswer is what the tests read of a lead.
type leadAnswer struct {
	ID      int64  `json:"id"`
	Version int64  `json:"version"`
	Title   string `json:"title"`
	Stage   string `json:"stage"`
	UnitID  int64  `json:"unit_id"`
}

func (l leadAnswer) id() string { return strconv.FormatInt(l.ID, 10) }

func leadIn(r reply) leadAnswer {
	var l leadAnswer
	_ = json.Unmarshal(r.body, &l) // the API's own tests compare the shape
	return l
}

// rowIn returns the id of the row in an answer.
func rowIn(r reply) string { return leadIn(r).id() }

// created registers a lead and returns its id.
func created(t *testing.T, c *client, title string) string {
	t.Helper()
	r := c.do("POST", "/leads", "", draft(title))
	if !r.ok() {
		t.Fatalf("register %s: %d %s %v", title, r.status, r.body, r.err)
	}
	return rowIn(r)
}

// draft is a lead of an investor of its own, who has a number of his own.
func draft(title string) string {
	return fmt.Sprintf(`{"title":%q,"investor_name":%q,"source_channel":"visit","summary":"生产基地","planned_cents":10000000,`+
		`"contact":{"name":"陈示例","phone":%q}}`, title, title+"公司", phoneOf(title))
}

func phoneOf(title string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(title))
	return fmt.Sprintf("138%08d", sum.Sum32()%100_000_000)
}

// formOf is a multipart body with one file; its boundary is "cut".
func formOf(name, content string) string {
	return "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n--cut--\r\n"
}

// unitsOf returns the unit of each client.
func unitsOf(t *testing.T, clients []*client) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for _, c := range clients {
		r := c.do("GET", "/auth/me", "", "")
		var me struct {
			Memberships []struct {
				UnitID int64 `json:"unit_id"`
			} `json:"memberships"`
		}
		if !r.ok() || json.Unmarshal(r.body, &me) != nil || len(me.Memberships) != 1 {
			t.Fatalf("who is %s: %d %s", c.username, r.status, r.body)
		}
		out[c.username] = me.Memberships[0].UnitID
	}
	return out
}
