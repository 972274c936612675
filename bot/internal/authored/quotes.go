package authored

import (
	"strings"

	"otsbot/otsclient"
)

// Quote is a message that is shown in another one: forwarded, or shown since
// somebody linked to it. The text of one that it quotes in its turn is in both.
type Quote struct {
	Text   otsclient.Plaintext
	Source string // where the message is, if Slack says so
}

// span is which lines are those of a quoted message.
type span struct {
	from, to int
	source   string
}

// quoting notes what read reads as another message's, or that there is no text.
func (r *reader) quoting(source string, read func()) {
	at := len(r.spans)
	r.spans = append(r.spans, span{from: len(r.lines), source: source})
	read()
	s := &r.spans[at]
	if s.to = len(r.lines); s.from == s.to {
		r.facts.Textless = true
		return
	}
	r.facts.Forwarded = true
}

// apart takes what was read apart: into what stands in no quoted message, and
// the quoted ones that have a text.
func (r *reader) apart() (own otsclient.Plaintext, quotes []Quote) {
	var lines []string
	end := 0 // of what is quoted so far
	for _, s := range r.spans {
		if s.from < s.to {
			quotes = append(quotes, Quote{joined(r.lines[s.from:s.to]), s.source})
		}
		lines = append(lines, r.lines[end:max(end, s.from)]...)
		end = max(end, s.to)
	}
	return joined(append(lines, r.lines[end:]...)), quotes
}

func joined(lines []string) otsclient.Plaintext {
	return otsclient.NewPlaintext(strings.Join(lines, "\n"))
}
