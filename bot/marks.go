package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/seal"
	"otsbot/otsclient"
)

// marks tell later which messages show a secret, and remember none of their
// text: the one that a form was opened from, and those that it quotes. They are
// of pieces, a few bytes each: a mark, and in a last byte the messages where the
// piece stands, a bit each.
type marks []byte

const (
	// maxPieces bounds them: the form that carries them has room for some 2,000
	// bytes.
	maxPieces = 200
	// markLength is little, so that there is room for many, and enough: each is
	// compared with at most maxPieces others.
	markLength = 3
	// own is the bit of what stands in no quoted message. Each of the first
	// maxQuotes has the next one. Slack shows five of the messages that somebody
	// links to.
	own       = 1
	maxQuotes = 7
)

// piece is what people leave whole when they cut a secret out of a message.
type piece struct {
	text string
	in   byte // the messages where it stands
}

// marksOf marks the pieces of a message. If they are too many, those that look
// like a secret go first.
func marksOf(s *seal.Keys, m authored.Message) (all marks) {
	var p pieces
	p.add(m.Own, own)
	for i, q := range m.Quotes {
		if i < maxQuotes {
			p.add(q.Text, own<<(i+1))
		} else {
			p.add(q.Text, own)
		}
	}
	if len(p.all) > maxPieces {
		p.all = append(slices.DeleteFunc(slices.Clone(p.all), piece.ordinary), slices.DeleteFunc(p.all, piece.telling)...)[:maxPieces]
	}
	for _, piece := range p.all {
		all = append(append(all, piece.mark(s)...), piece.in)
	}
	return all
}

// pieces are those of texts, each once, and the words that they are of.
type pieces struct {
	all   []piece
	at    map[string]int
	words []word
}

// word is what stands between blanks.
type word struct {
	text  string // without the punctuation around it
	of    []int  // its pieces
	whole int    // the piece that it is as a whole; itself, if it is one
}

// add adds those of a text, as standing in the messages in. Each is letters and
// digits that stand together, of writing with blanks or of writing without:
// Japanese touches the password in it. A word of several is one more, as a whole,
// and one that has none is one as it is.
func (p *pieces) add(text otsclient.Plaintext, in byte) {
	for typed := range strings.FieldsSeq(text.Reveal()) {
		w := word{text: strings.TrimFunc(typed, func(r rune) bool { return kindOf(r) == between })}
		from, was := 0, between
		for at, r := range typed + " " {
			is := kindOf(r)
			if is == was {
				continue
			}
			if was != between {
				w.of = append(w.of, p.note(typed[from:at], in))
			}
			from, was = at, is
		}
		switch len(w.of) {
		case 0:
			w.text, w.whole = typed, p.note(typed, in)
			w.of = []int{w.whole}
		case 1:
			w.whole = w.of[0]
		default:
			w.whole = p.note(w.text, in)
		}
		p.words = append(p.words, w)
	}
}

func (p *pieces) note(text string, in byte) int {
	i, known := p.at[text]
	if !known {
		if p.at == nil {
			p.at = map[string]int{}
		}
		i = len(p.all)
		p.all, p.at[text] = append(p.all, piece{text: text}), i
	}
	p.all[i].in |= in
	return i
}

// kind is what a letter belongs to.
type kind int

const (
	between  kind = iota // no letter or digit
	spaced               // of writing with blanks between its words
	unspaced             // of writing without, or that ends others' words with its own
)

// touching is writing in which a word of another touches what is around it.
var touching = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func kindOf(r rune) kind {
	switch {
	case unicode.In(r, touching...), r == 'ー', r == 'ｰ':
		return unspaced
	case unicode.In(r, unicode.L, unicode.M, unicode.N):
		return spaced
	}
	return between
}

func (p piece) mark(s *seal.Keys) []byte { return s.Mark("piece " + p.text)[:markLength] }

// telling says of a piece or a word that it looks like a secret, and isn't just a
// name such as root.
func telling(text string) bool {
	return utf8.RuneCountInString(text) >= 6 && strings.ContainsFunc(text, unicode.IsDigit)
}

func (p piece) telling() bool  { return telling(p.text) }
func (p piece) ordinary() bool { return !p.telling() }

// added says that a word may be one that somebody put beside a secret, such as
// whose it is, and not a secret of its own.
func (w word) added() bool {
	return utf8.RuneCountInString(w.text) < 6 && !strings.ContainsFunc(w.text, unicode.IsDigit)
}

// stands says whether a word stands in messages: as a whole, or in pieces, if it
// looks like a secret. Ordinary words may well stand there apart from each other.
func (p *pieces) stands(w word, messages byte) bool {
	there := func(i int) bool { return p.all[i].in&messages != 0 }
	missing := func(i int) bool { return !there(i) }
	return there(w.whole) || telling(w.text) && !slices.ContainsFunc(w.of, missing)
}

// show says whether messages show a secret: all of its words stand there; or one
// does that looks like a secret, and those that don't are none. Who shares a
// password may add whose it is.
func (p *pieces) show(messages byte) bool {
	known, missing := false, false
	for _, w := range p.words {
		switch {
		case p.stands(w, messages):
			known = known || telling(w.text)
		case !w.added():
			return false
		default:
			missing = true
		}
	}
	return known || !missing
}

// find says whether the messages together show a secret, and which of the quoted
// ones do: on their own, or since all that they say is in it. If neither one of
// those nor what stands around them does, it is those that have something of it
// which doesn't stand around them.
func (m marks) find(s *seal.Keys, secret otsclient.Plaintext) (shown bool, quotes byte) {
	p, rest := m.place(s, secret)
	if len(p.words) == 0 || !p.show(^byte(0)) {
		return false, 0
	}
	part := byte(0)
	for bit := byte(own << 1); bit != 0; bit <<= 1 {
		has := func(p piece) bool { return p.in&bit != 0 }
		if slices.ContainsFunc(p.all, has) && (rest&bit == 0 || p.show(bit)) {
			quotes |= bit
		}
		if slices.ContainsFunc(p.all, func(p piece) bool { return has(p) && p.in&own == 0 }) {
			part |= bit
		}
	}
	if quotes == 0 && !p.show(own) {
		quotes = part
	}
	return true, quotes
}

// place finds where the pieces of a secret stand, and which messages say
// something besides.
func (m marks) place(s *seal.Keys, secret otsclient.Plaintext) (p pieces, rest byte) {
	p.add(secret, 0)
	at := map[string]int{}
	for i, piece := range p.all {
		at[string(piece.mark(s))] = i
	}
	for known := range slices.Chunk(m, markLength+1) {
		in := known[markLength]
		if i, is := at[string(known[:markLength])]; is {
			p.all[i].in |= in
		} else {
			rest |= in
		}
	}
	return p, rest
}
