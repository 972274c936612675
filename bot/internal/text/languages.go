package text

import "golang.org/x/text/language"

// Languages are all of them; the first is the one that the others are held to.
func Languages() []*Catalog {
	return []*Catalog{english(), german(), japanese(), french(), spanish(), portuguese()}
}

// Printers are all languages, with the settings of this app.
type Printers struct {
	usual   *Printer
	all     []*Printer
	closest language.Matcher
}

// NewPrinters makes a printer of each language; usual is one of [Names].
func NewPrinters(usual string, set Settings) *Printers {
	return newPrinters(Languages(), usual, set)
}

func newPrinters(languages []*Catalog, usual string, set Settings) *Printers {
	p := &Printers{}
	var tags []language.Tag
	for _, c := range languages {
		p.all = append(p.all, New(c, set))
		tags = append(tags, c.Language)
		if c.Language.String() == usual {
			p.usual = p.all[len(p.all)-1]
		}
	}
	p.closest = language.NewMatcher(tags)
	return p
}

// Names are those of all languages, such as pt-BR.
func Names() (names []string) {
	for _, c := range Languages() {
		names = append(names, c.Language.String())
	}
	return names
}

// Usual is the language of what many people read.
func (p *Printers) Usual() *Printer { return p.usual }

// For is the language that comes closest to one of Slack's, such as de-AT or
// es-LA; the usual one if none is close.
func (p *Printers) For(locale string) *Printer {
	tag, err := language.Parse(locale)
	if err != nil {
		return p.usual
	}
	_, i, confidence := p.closest.Match(tag)
	if confidence < language.High {
		return p.usual
	}
	return p.all[i]
}
