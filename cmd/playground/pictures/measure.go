package pictures

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// An SVG has to say how high it is, and no browser is here to ask. So the
// height is estimated from the text and the classes in blockkit.css, a little
// on the generous side: space at the end is better than a line that is cut.

// box is a node of the drawn HTML.
type box struct {
	name, class, text string
	children          []*box
}

// measure returns the height that HTML of package blockkit needs at a width.
func measure(drawn string, width float64) (float64, error) {
	root := &box{}
	stack := []*box{root}
	decode := xml.NewDecoder(strings.NewReader(drawn))
	for {
		token, err := decode.Token()
		if token == nil {
			if len(stack) != 1 || len(root.children) != 1 {
				return 0, fmt.Errorf("parse what was drawn: %w", err)
			}
			return root.children[0].height(width), nil
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			b := &box{name: token.Name.Local}
			for _, a := range token.Attr {
				if a.Name.Local == "class" {
					b.class = a.Value
				}
			}
			top.children = append(top.children, b)
			stack = append(stack, b)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.children = append(top.children, &box{text: string(token)})
		}
	}
}

// has says whether a box has a class.
func (b *box) has(class string) bool {
	return strings.Contains(" "+b.class+" ", " "+class+" ")
}

const (
	line      = 22.0 // 15 px type, line height 1.46
	glyph     = 7.6  // of 15 px type, on average and a little more
	smallLine = 20.0
)

// height of a box in which children stand as its class says.
func (b *box) height(width float64) float64 {
	switch {
	case b.has("bk-post"):
		return 16 + 2 + max(36, b.children[1].height(width-86))
	case b.has("bk-form"):
		return 2 + b.column(width, 0)
	case b.has("bk-title"):
		return 62
	case b.has("bk-body"):
		high := 24.0
		for _, c := range b.children {
			high += c.column(min(width-56, 600), 20)
		}
		return high
	case b.has("bk-foot"):
		return 70
	case b.has("bk-blocks"):
		return b.column(min(width, 600), 8)
	case b.has("bk-fields"):
		return b.grid(width)
	case b.has("bk-actions"), b.has("bk-boxes"):
		return b.row(width)
	case b.has("bk-input"):
		return b.column(width, 6)
	case b.name == "textarea":
		return 104
	case b.has("bk-people"):
		return min(18+b.row(width-20), 150)
	case b.has("bk-text"), b.has("bk-select"):
		return 40
	case b.has("bk-content"), b.has("bk-section"), b.has("bk-words"):
		if b.hasBoxes() {
			return b.column(width, 0)
		}
	}
	return b.paragraph(width)
}

func (b *box) hasBoxes() bool {
	for _, c := range b.children {
		if c.name == "div" {
			return true
		}
	}
	return false
}

func (b *box) column(width, gap float64) float64 {
	total := 0.0
	for _, c := range b.children {
		total += c.height(width) + gap
	}
	return total - gap
}

// grid has two columns; a row is as high as its higher cell.
func (b *box) grid(width float64) float64 {
	total := 0.0
	for i := 0; i < len(b.children); i += 2 {
		row := b.children[i].height((width - 16) / 2)
		if i+1 < len(b.children) {
			row = max(row, b.children[i+1].height((width-16)/2))
		}
		total += row + 8
	}
	return total
}

// row holds buttons, which wrap.
func (b *box) row(width float64) float64 {
	rows, used := 1.0, 0.0
	for _, c := range b.children {
		w := float64(utf8.RuneCountInString(c.words()))*8.2 + 34
		if used+w > width && used > 0 {
			rows, used = rows+1, 0
		}
		used += w
	}
	return rows*44 - 8
}

func (b *box) words() string {
	all := b.text
	for _, c := range b.children {
		all += c.words()
	}
	return all
}

// paragraph is text that wraps, with breaks, quotes and code in it.
func (b *box) paragraph(width float64) float64 {
	perLine := line
	if b.has("bk-context") || b.has("bk-hint") || b.has("bk-only") {
		perLine = smallLine
	}
	lines, used := 1.0, 0.0
	b.flow(width, &lines, &used)
	if b.has("bk-unknown") || b.has("bk-alert") {
		return lines*perLine + 18
	}
	return lines * perLine
}

// flow lays words out from left to right.
func (b *box) flow(width float64, lines, used *float64) {
	switch b.name {
	case "br":
		*lines, *used = *lines+1, 0
		return
	case "blockquote", "pre":
		inner := &box{children: b.children}
		*lines, *used = *lines+math.Ceil((inner.paragraph(width-16)+24)/line), 0
		return
	}
	for _, word := range strings.SplitAfter(b.text, " ") {
		w := float64(utf8.RuneCountInString(word)) * glyph
		if *used > 0 && *used+w-glyph > width {
			*lines, *used = *lines+1, 0
		}
		*lines += math.Floor(w / (width + glyph)) // a link may be longer than a line
		*used += math.Mod(w, width+glyph)
	}
	for _, c := range b.children {
		c.flow(width, lines, used)
	}
}
