package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/leadrelay/leadrelay/internal/signing"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// frozenMonth is a month with two cards, a slip and a change after its freeze.
func frozenMonth(t *testing.T, b *signingBoard) signing.Month {
	t.Helper()
	m := b.this.Add(1)
	one, two := b.plan(t, m, 320_000_000_00), b.plan(t, m, 80_000_000_00)
	b.plan(t, m, 1_234_567_89)
	if _, err := b.App.Signing.Freeze(b.ctx, b.bureau, m); err != nil {
		t.Fatal(err)
	}
	next, cents := m.Add(1), int64(100_000_000_00)
	at := signing.Target{Month: m, Item: one.ID, Version: one.Version}
	if _, err := b.App.Signing.Change(b.ctx, b.bureau, at, signing.Edit{Month: &next, Reason: "用地指标 <未落实> & 待报"}); err == nil {
		t.Fatal("a reason with markup was taken")
	}
	if _, err := b.App.Signing.Change(b.ctx, b.bureau, at, signing.Edit{Month: &next, Reason: "用地指标未落实 & 待报"}); err != nil {
		t.Fatal(err)
	}
	at = signing.Target{Month: m, Item: two.ID, Version: two.Version}
	if _, err := b.App.Signing.Change(b.ctx, b.bureau, at, signing.Edit{Cents: &cents, Reason: "增加二期"}); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheWorkbookOfAMonthAddsUpToThePage(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		m := frozenMonth(t, b)
		page, err := b.App.Signing.Month(b.ctx, b.bureau, m)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"zh-CN", "en"} {
			a := k.As(t, "bureau-officer").Do(t, kit.Request{
				Method: "GET", Path: fmt.Sprintf("/signing-months/%s/export", m), Header: map[string]string{"Accept-Language": lang},
			})
			f, err := excelize.OpenReader(bytes.NewReader(a.Body))
			if err != nil {
				t.Fatal(err)
			}
			want := map[int]int64{0: page.Sums.Actual.Cents, 2: page.Sums.Change.Cents - page.Sums.Out.Cents + page.Sums.In.Cents}
			for sheet, cents := range want {
				rows := sheetRows(t, f, sheet)
				sum := 0.0
				for _, row := range rows[5 : len(rows)-1] { // four lines and the titles stand above
					sum += figureIn(t, row[3])
				}
				total := figureIn(t, rows[len(rows)-1][3])
				if cents100 := int64(sum*1_000_000 + 0.5*sign(sum)); cents100 != cents || int64(total*1_000_000+0.5*sign(total)) != cents {
					t.Errorf("%s: sheet %d adds up to %d and says %f, the page says %d", lang, sheet, cents100, total, cents)
				}
			}
			city := sheetRows(t, f, 1)
			row := city[5+len(page.ByUnit)]
			if figureIn(t, row[1]) != 40_123.456789 || figureIn(t, row[2]) != 32_000 || figureIn(t, row[4]) != 2_000 || figureIn(t, row[5]) != 10_123.456789 {
				t.Errorf("%s: the line of the city is %q", lang, row)
			}
		}
	})
}

func sign(n float64) float64 {
	if n < 0 {
		return -1
	}
	return 1
}

func sheetRows(t *testing.T, f *excelize.File, n int) [][]string {
	t.Helper()
	rows, err := f.GetRows(f.GetSheetName(n), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func figureIn(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheBriefOfAMonthIsADocumentWithThePagesFigures(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		m := frozenMonth(t, b)
		for lang, want := range map[string][]string{
			"zh-CN": {
				"冻结计划 3 项 4.01 亿元 − 调出 1 项 3.2 亿元 + 调入 0 项 0 万元 + 金额调整 2,000 万元 = 现计划 2 项 1.01 亿元；已签约 0 项 0 万元。",
				"用地指标未落实 & 待报", "增加二期", "全市",
			},
			"en": {"Frozen 3, ¥401.23 million − out 1, ¥320 million", "City"},
		} {
			a := k.As(t, "bureau-officer").Do(t, kit.Request{
				Method: "GET", Path: fmt.Sprintf("/signing-months/%s/brief", m), Header: map[string]string{"Accept-Language": lang},
			})
			text := documentWords(t, a.Body)
			for _, words := range want {
				if !strings.Contains(text, words) {
					t.Errorf("%s: the brief lacks %q:\n%s", lang, words, text)
				}
			}
		}
	})
}

// documentWords reads the text of a document back.
func documentWords(t *testing.T, content []byte) string {
	t.Helper()
	file, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	part, err := file.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for d := xml.NewDecoder(part); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch one := token.(type) {
		case xml.CharData:
			out.Write(one)
		case xml.EndElement:
			if one.Name.Local == "p" {
				out.WriteString("\n")
			}
		}
	}
}
