package firm

import (
	"bufio"
	"embed"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

//go:embed data
var data embed.FS

// tables is everything that names are read with.
type tables struct {
	han      map[rune]rune
	places   map[string]string // name, full or short → code
	placeMax int               // runes of the longest place name
	latin    map[string]string // place in Latin letters → code
	words    map[string]word   // words of trade
	wordMax  int
	ends     []string // legal forms at the end, longest first
	fronts   []string
	groups   []string
	holdings []string
	forms    map[string]bool   // words of Latin names
	passing  map[string]bool   // words of Latin names that come and go
	common   map[string]bool   // words of Latin names that many firms bear
	south    *strings.Replacer // zh, ch, sh as z, c, s
	alone    map[string]bool   // short names of towns that stand without their city
	shapes   map[rune]map[rune]bool
	shared   map[string]bool // domains that many firms use
}

type class uint8

const (
	strong class = iota
	middling
	weak
)

// word is a word of trade and the one that stands for it.
type word struct {
	class class
	key   string
}

// The files are parts of the program, so that reading them cannot fail.
var known = sync.OnceValue(func() *tables {
	t := &tables{
		han: map[rune]rune{}, places: map[string]string{}, latin: map[string]string{}, words: map[string]word{},
		forms: map[string]bool{}, shapes: map[rune]map[rune]bool{}, shared: set("shared.txt"),
		south: strings.NewReplacer("zh", "z", "ch", "c", "sh", "s"),
	}
	for _, l := range lines("han.txt") {
		pair := []rune(l)
		t.han[pair[0]] = pair[1]
	}
	t.readPlaces()
	t.readWords()
	t.readForms()
	t.passing, t.common, t.alone = set("latin.txt"), set("common.txt"), set("towns.txt")
	t.readShapes()
	return t
})

// lines returns a table's lines without empty ones and remarks.
func lines(name string) []string {
	text, err := data.ReadFile("data/" + name)
	if err != nil {
		return nil
	}
	var out []string
	scan := bufio.NewScanner(strings.NewReader(string(text)))
	for scan.Scan() {
		if l := strings.TrimSpace(scan.Text()); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

func set(name string) map[string]bool {
	out := map[string]bool{}
	for _, l := range lines(name) {
		out[l] = true
	}
	return out
}

func (t *tables) readPlaces() {
	for _, l := range lines("places.txt") {
		code, name, _ := strings.Cut(l, "\t")
		t.place(name, code)
		short := shortPlace(name)
		if len([]rune(short)) < 2 || !shortStands(code, name) {
			continue
		}
		t.place(short, code)
		if len(code) <= 4 {
			t.latin[strings.Join(pinyin.LazyConvert(short, nil), "")] = code
		}
	}
	for _, l := range lines("cities.txt") {
		code, name, _ := strings.Cut(l, " ")
		t.place(name, code)
	}
	for name, code := range map[string]string{
		"china": "cn", "prc": "cn", "hongkong": "81", "hk": "81", "macau": "82", "macao": "82", "taiwan": "71", "shaanxi": "61", "japan": "x-jp",
		"korea": "x-kr", "usa": "x-us", "germany": "x-de", "deutschland": "x-de", "singapore": "x-sg", "malaysia": "x-my", "thailand": "x-th", "vietnam": "x-vn",
	} {
		t.latin[name] = code
	}
}

// place remembers a name; the wider place keeps a name that two share.
func (t *tables) place(name, code string) {
	if old, known := t.places[name]; known && len(old) <= len(code) {
		return
	}
	t.places[name] = code
	t.placeMax = max(t.placeMax, len([]rune(name)))
}

// shortPlace drops the word for the kind of place.
func shortPlace(name string) string {
	for _, end := range []string{
		"特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "地区", "市", "盟", "街道", "镇",
	} {
		if s, cut := strings.CutSuffix(name, end); cut {
			return s
		}
	}
	return name
}

// shortStands tells whether a place is named without the word for its kind:
// provinces, cities and county towns are; districts and counties are not,
// because their short names are common words. Towns are, but only behind
// their city.
func shortStands(code, name string) bool {
	return len(code) <= 4 || strings.HasSuffix(name, "市") || len(code) > 6
}

func (t *tables) readWords() {
	for _, l := range lines("words.txt") {
		f := strings.Fields(l)
		w := word{class: map[string]class{"weak": weak, "middling": middling, "strong": strong}[f[0]], key: f[len(f)-1]}
		said := inDigits(f[1]) // as names are read: 五金
		t.words[said] = w
		t.wordMax = max(t.wordMax, len([]rune(said)))
	}
}

func (t *tables) readForms() {
	for _, l := range lines("forms.txt") {
		kind, form, _ := strings.Cut(l, " ")
		switch kind {
		case "end":
			t.ends = append(t.ends, form)
		case "front":
			t.fronts = append(t.fronts, form)
		case "group":
			t.groups = append(t.groups, form)
		case "holding":
			t.holdings = append(t.holdings, form)
		case "word":
			t.forms[form] = true
		}
	}
	longestFirst(t.ends)
	longestFirst(t.holdings)
}

func (t *tables) readShapes() {
	for _, l := range lines("shapes.txt") {
		for _, alike := range strings.Fields(l) {
			for _, a := range alike {
				for _, b := range alike {
					if t.shapes[a] == nil {
						t.shapes[a] = map[rune]bool{}
					}
					t.shapes[a][b] = true
				}
			}
		}
	}
}
