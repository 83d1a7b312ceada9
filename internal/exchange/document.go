package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// DocumentMIME is the type of a text document.
const DocumentMIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Block is a part of a document: a heading, a paragraph or a table. Exactly one
// of its fields is filled.
type Block struct {
	Title   string // of the document
	Heading string
	Text    string
	Table   *Table
}

// Table is a table of texts; Right names the columns that hold numbers, Shares
// says how wide the columns are beside each other, 1 where it says nothing.
type Table struct {
	Columns []string
	Rows    [][]string
	Right   map[int]bool
	Shares  []int
}

// Document returns a text document (OOXML) of blocks.
func Document(blocks ...Block) ([]byte, error) {
	var out bytes.Buffer
	file := zip.NewWriter(&out)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", documentTypes},
		{"_rels/.rels", documentRels},
		{"word/_rels/document.xml.rels", wordRels},
		{"word/styles.xml", documentStyles},
		{"word/document.xml", documentText(blocks)},
	} {
		w, err := file.Create(part.name)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", part.name, err)
		}
		if _, err := w.Write([]byte(part.text)); err != nil {
			return nil, fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("close the document: %w", err)
	}
	return out.Bytes(), nil
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`

const documentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`

const documentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

const wordRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`

const wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// The faces are those that an office program of the city has.
const documentStyles = xmlHead + `<w:styles ` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr>` +
	`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="28"/></w:rPr></w:rPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing w:line="420" w:lineRule="auto"/></w:pPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/><w:spacing w:after="240"/></w:pPr><w:rPr><w:b/><w:sz w:val="40"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="200" w:after="80"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="30"/></w:rPr></w:style>` +
	`</w:styles>`

func documentText(blocks []Block) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:document ` + wordSpace + `><w:body>`)
	for _, block := range blocks {
		switch {
		case block.Title != "":
			paragraph(&b, "Title", block.Title)
		case block.Heading != "":
			paragraph(&b, "Heading1", block.Heading)
		case block.Table != nil:
			block.Table.write(&b)
		default:
			paragraph(&b, "", block.Text)
		}
	}
	b.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1304" w:bottom="1440" w:left="1304" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>`)
	b.WriteString(`</w:body></w:document>`)
	return b.String()
}

func paragraph(b *strings.Builder, style, text string) {
	b.WriteString(`<w:p>`)
	if style != "" {
		b.WriteString(`<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	}
	run(b, text, false, 0)
	b.WriteString(`</w:p>`)
}

// run writes a text; size is in half points, 0 for the style's own.
func run(b *strings.Builder, text string, bold bool, size int) {
	b.WriteString(`<w:r><w:rPr>`)
	if bold {
		b.WriteString(`<w:b/>`)
	}
	if size > 0 {
		fmt.Fprintf(b, `<w:sz w:val="%d"/>`, size)
	}
	b.WriteString(`</w:rPr><w:t xml:space="preserve">`)
	_ = xml.EscapeText(b, []byte(text)) // a builder takes everything
	b.WriteString(`</w:t></w:r>`)
}

func (t Table) write(b *strings.Builder) {
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="808080"/>`)
	}
	b.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>`)
	for n := range t.Columns {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, t.width(n))
	}
	b.WriteString(`</w:tblGrid>`)
	t.row(b, t.Columns, true)
	for _, row := range t.Rows {
		t.row(b, row, false)
	}
	b.WriteString(`</w:tbl>`)
	paragraph(b, "", "")
}

// textWidth is the width between the margins of the page in twentieths of a
// point.
const textWidth = 9298

// width is the width of a column, by its share.
func (t Table) width(column int) int {
	all := 0
	for n := range t.Columns {
		all += t.share(n)
	}
	return textWidth * t.share(column) / all
}

func (t Table) share(column int) int {
	if column < len(t.Shares) {
		return t.Shares[column]
	}
	return 1
}

func (t Table) row(b *strings.Builder, cells []string, head bool) {
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		b.WriteString(`<w:tblHeader/>`)
	}
	b.WriteString(`</w:trPr>`)
	for n, cell := range cells {
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:line="260" w:lineRule="auto"/>`, t.width(n))
		if t.Right[n] && !head {
			b.WriteString(`<w:jc w:val="right"/>`)
		}
		b.WriteString(`</w:pPr>`)
		run(b, cell, head, 20)
		b.WriteString(`</w:p></w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}
