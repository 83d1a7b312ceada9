package lead

import (
	"bytes"
	"strings"
	"testing"
)

func TestAFileIsWhatItsContentSaysAndOnlyThenWhatItsNameSays(t *testing.T) {
	const zip, png, ole = "PK\x03\x04rest", "\x89PNG\r\n\x1a\nrest", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"
	for _, c := range []struct{ name, content, mime, want string }{
		{"a.png", png, "image/png", ""},
		{"A.PNG", png, "image/png", ""},
		{"a.html.png", png, "image/png", ""},
		{"a.pdf", "%PDF-1.4", "application/pdf", ""},
		{"a.docx", zip, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""},
		{"a.xls", ole, "application/vnd.ms-excel", ""},
		{"a.csv", "单位,金额", "text/csv", ""},
		{"a.txt", strings.Repeat("招商", 200), "text/plain", ""}, // the head ends within a character
		{"a.png", zip, "", "input.invalid file:file.type"},
		{"a.png", "<svg xmlns='http://www.w3.org/2000/svg'/>", "", "input.invalid file:file.type"},
		{"a.svg", "<svg/>", "", "input.invalid file:file.type"},
		{"a.txt", "<html><script>alert(1)</script>", "", "input.invalid file:file.type"},
		{"a.csv", " \n<!DOCTYPE html>", "", "input.invalid file:file.type"},
		{"a.txt", "MZ\x00\x01", "", "input.invalid file:file.type"},
		{"a.doc", zip, "", "input.invalid file:file.type"},
		{"a.docx", ole, "", "input.invalid file:file.type"},
		{"a.exe", png, "", "input.invalid file:file.type"},
		{"a.png.", png, "", "input.invalid file:file.type"},
		{"png", png, "", "input.invalid file:file.type"},
		{"a.png", "", "", "input.invalid file:file.empty"},
	} {
		head := []byte(c.content)
		mime, err := fileType(c.name, Stored{Size: int64(len(head)), Head: bytes.Clone(head[:min(len(head), 512)])})
		if mime != c.mime || told(err) != c.want {
			t.Errorf("%s with %.20q: got %q %q, want %q %q", c.name, c.content, mime, told(err), c.mime, c.want)
		}
	}
}

func TestOfTheNameOfAFileOnlyTheLastPartIsKept(t *testing.T) {
	for name, want := range map[string]string{
		"../../etc/passwd.txt": "passwd.txt",
		`C:\Users\x\y.pdf`:     "y.pdf",
		" a.png ":              "a.png",
		`a".png`:               `a".png`,
		"":                     "input.invalid file:required",
		"..":                   "..",
		"/":                    "input.invalid file:required",
		"\u200b":               "input.invalid file:required",
		"\u202egnp.exe":        "input.invalid file:text.control_character",
		"a\x00.png":            "input.invalid file:text.control_character",
		"<b>.png":              "input.invalid file:text.markup",
		"a\nb.png":             "input.invalid file:text.one_line",
	} {
		got, err := fileName(name)
		if err != nil {
			got = told(err)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
