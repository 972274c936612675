package bot

import (
	"context"
	"fmt"
	"strings"

	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// The live check: what nobody can know without a Slack that is real. Its
// findings hold no ids, tokens, keys or links, so that a report of them can be
// shown to anybody.

// CheckShown has Slack look at every message and view, in every state and
// language. Nobody is sent anything, and what is in them is made up.
func (b *Bot) CheckShown(ctx context.Context) []Finding { return b.prober.shown(ctx) }

func (p *prober) shown(ctx context.Context) (findings []Finding) {
	for _, c := range text.Languages() {
		samples := p.printers.Usual().In(c).Samples(p.beside)
		name, taken := "the language "+c.Language.String(), 0
		for i, s := range samples {
			objections, asked := p.validate(ctx, s)
			switch {
			case asked.OK():
				taken++
			case len(objections) > 0:
				findings = append(findings, objected(s.Name+" in "+name, objections)...)
			default: // the next would end the same way
				return append(findings, Finding{Text: fmt.Sprintf("Slack didn't look at %d of %d messages and forms in %s, from %s on: %s",
					len(samples)-i, len(samples), name, s.Name, asked.Code.Words())})
			}
		}
		findings = append(findings, Finding{OK: true, Text: fmt.Sprintf("Slack takes %d of %d messages and forms in %s", taken, len(samples), name)})
	}
	return append(findings, p.limits(ctx)...)
}

func (p *prober) validate(ctx context.Context, s text.Sample) ([]slackapi.Objection, slackapi.Result) {
	switch {
	case s.Message != nil:
		return p.slack.ValidateMessage(ctx, *s.Message)
	case s.View != nil:
		return p.slack.ValidateView(ctx, s.View)
	}
	return p.slack.ValidateView(ctx, s.Home)
}

// objected says what Slack has against something, in Slack's words.
func objected(what string, objections []slackapi.Objection) (findings []Finding) {
	for _, o := range objections {
		findings = append(findings, Finding{Text: fmt.Sprintf("%s: Slack objects at %q: %s (%s)",
			what, presentable(o.Pointer), presentable(o.Message), presentable(o.Code))})
	}
	return findings
}

// presentable is one line of a stranger's words, and not many.
func presentable(s string) string {
	const most = 200
	line := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " "))
	return string(line[:min(len(line), most)])
}

// limits asks about limits that Slack's documents don't give, or give in
// two ways. Nothing here depends on them: what they are is good to know.
func (p *prober) limits(ctx context.Context) (findings []Finding) {
	for of, view := range text.Limits() {
		objections, asked := p.slack.ValidateView(ctx, view)
		switch {
		case asked.OK():
			findings = append(findings, Finding{OK: true, Text: "Slack takes " + of})
		case len(objections) > 0:
			findings = append(findings, Finding{OK: true, Text: "Slack doesn't take " + of + ": " + presentable(objections[0].Message)})
		default:
			return append(findings, Finding{Text: "Slack wasn't asked for its limits: " + asked.Code.Words()})
		}
	}
	return findings
}
