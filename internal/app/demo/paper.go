package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"unicode/utf16"
)

// pagePDF makes a document of one A4 page: a heading and lines of text, in
// the Chinese font that readers of PDF bring along.
func pagePDF(heading string, lines ...string) []byte {
	text := "BT /F 20 Tf 64 760 Td <" + ucs2(heading) + "> Tj /F 12 Tf 0 -14 Td"
	for _, l := range lines {
		text += " 0 -26 Td <" + ucs2(l) + "> Tj"
	}
	text += " ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text),
		"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R\n" +
			"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
		"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0\n" +
			"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// ucs2 writes a text as the two-byte codes of the font's encoding.
func ucs2(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// sketchPNG draws an invented site: roads, neighbours, and the plot itself.
func sketchPNG() ([]byte, error) {
	sheet := image.NewRGBA(image.Rect(0, 0, 640, 420))
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(sheet, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	ground, road := color.RGBA{236, 240, 233, 255}, color.RGBA{205, 208, 212, 255}
	plot, edge, neighbour := color.RGBA{240, 190, 92, 255}, color.RGBA{170, 96, 12, 255}, color.RGBA{212, 222, 214, 255}
	fill(0, 0, 640, 420, ground)
	fill(0, 190, 640, 222, road)
	fill(268, 0, 296, 420, road)
	for _, at := range [][4]int{{24, 24, 244, 168}, {320, 24, 460, 168}, {484, 24, 616, 168}, {24, 246, 244, 396}} {
		fill(at[0], at[1], at[2], at[3], neighbour)
	}
	fill(320, 246, 600, 396, edge)
	fill(324, 250, 596, 392, plot)
	var b bytes.Buffer
	if err := png.Encode(&b, sheet); err != nil {
		return nil, fmt.Errorf("draw the sketch: %w", err)
	}
	return b.Bytes(), nil
}
