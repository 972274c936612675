package blockkit

import (
	"html"
	"html/template"
	"strings"
)

// node is a piece of the page. Only text and attribute values come from
// outside, and both are escaped where they are written.
type node interface{ write(*strings.Builder) }

// at is a list of attribute names and values, in turns.
type at []string

type element struct {
	name     string
	attrs    at
	children []node
}

func tag(name string, attrs at, children ...node) *element {
	return &element{name, attrs, children}
}

func (e *element) add(children ...node) { e.children = append(e.children, children...) }

// attr adds an attribute, unless it is empty.
func (e *element) attr(name, value string) {
	if value != "" {
		e.attrs = append(e.attrs, name, value)
	}
}

// void elements have no end tag in HTML; with the slash they are fine in both
// HTML and XML. Every other element needs its end tag in HTML, even if empty.
func void(name string) bool { return name == "br" || name == "input" || name == "hr" }

func (e *element) write(b *strings.Builder) {
	b.WriteString("<" + e.name)
	for i := 0; i+1 < len(e.attrs); i += 2 {
		b.WriteString(" " + e.attrs[i] + `="` + escape(e.attrs[i+1]) + `"`)
	}
	if void(e.name) {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, child := range e.children {
		child.write(b)
	}
	b.WriteString("</" + e.name + ">")
}

type text string

func (t text) write(b *strings.Builder) { b.WriteString(escape(string(t))) }

// escape makes text safe in HTML and XML, between tags and in attributes.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if allowedInXML(r) {
			return r
		}
		return '\uFFFD'
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// allowedInXML: https://www.w3.org/TR/xml/#charsets, without the carriage
// return, which a parser would turn into a line feed.
func allowedInXML(r rune) bool {
	return r == '\t' || r == '\n' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

func render(n node) template.HTML {
	var b strings.Builder
	n.write(&b)
	return template.HTML(b.String())
}

// unknown is the box for what this package can't draw.
func unknown(what string) *element {
	return tag("div", at{"class", "bk-unknown"}, text("Not drawn here: "+what))
}

// unknownType names the type of a piece of Block Kit that isn't known.
func unknownType(what string, o object) *element {
	kind := o.str("type")
	if kind == "" {
		kind = "without a type"
	}
	return unknown(what + " " + kind)
}
