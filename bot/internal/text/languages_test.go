package text

import (
	"slices"
	"testing"
)

func TestTheLanguageOfAReaderIsTheClosest(t *testing.T) {
	t.Parallel()
	p := NewPrinters("ja", Settings{})
	for locale, want := range map[string]string{
		"de-DE": "de", "de-AT": "de", "ja-JP": "ja", "en-US": "en", "en-GB": "en", "fr-FR": "fr", "fr-CA": "fr",
		"es-ES": "es", "es-LA": "es", "pt-BR": "pt-BR", "pt-PT": "pt-BR",
		// Not spoken: as everyone.
		"ko-KR": "ja", "zh-CN": "ja", "": "ja", "%s": "ja",
	} {
		if !slices.Contains(Names(), want) {
			want = "ja" // not yet
		}
		if got := p.For(locale).c.Language.String(); got != want {
			t.Errorf("%q reads %s, want %s", locale, got, want)
		}
	}
	if got := p.Usual().c.Language.String(); got != "ja" {
		t.Errorf("everyone reads %s", got)
	}
}
