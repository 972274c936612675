package text

import (
	"strings"

	"github.com/slack-go/slack"
)

// LiveWords are those of a live check: somebody tries the app with whoever runs
// it, see package bot's trial.go.
type LiveWords struct {
	Ask   string // mrkdwn
	Start string // a button
	Title string
	Label string
	Hint  string
	Send  string // a button
	Sent  string
	Alone string
	Seen  string
	Over  string
}

// What a live check's message and form send back.
const (
	ActionLive   = "live_check"
	CallbackLive = "live_check"
	BlockLive    = "live_check"
)

// LiveAsk asks somebody whether they agree. value is that of the button.
func (p *Printer) LiveAsk(value string) Message {
	m := Marked(p.c.Live.Ask)
	start := slack.NewButtonBlockElement(ActionLive, value, plainText(p.c.Live.Start))
	start.Style = slack.StylePrimary
	m.Blocks = append(m.Blocks, slack.NewActionBlock("live", start))
	return m
}

// LiveForm has a text in it, which is sent back as it is.
func (p *Printer) LiveForm(sealed, text string) slack.ModalViewRequest {
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.InitialValue = text
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      CallbackLive,
		PrivateMetadata: sealed,
		Title:           plainText(p.c.Live.Title),
		Submit:          plainText(p.c.Live.Send),
		Close:           plainText(p.c.Form.Cancel),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock(BlockLive, plainText(p.c.Live.Label), plainText(p.c.Live.Hint), element),
		}},
	}
}

// LiveSent is that form once it was sent.
func (p *Printer) LiveSent() slack.ModalViewRequest { return p.done(p.c.Live.Title, p.c.Live.Sent) }

// LiveAlone is for one person's eyes.
func (p *Printer) LiveAlone() Message { return Plain(p.c.Live.Alone) }

// LiveOver says that it is too late for a live check.
func (p *Printer) LiveOver() string { return p.c.Live.Over }

// LiveSeen says what was seen, which is in English, for whoever runs the app.
func (p *Printer) LiveSeen(lines []string) Message {
	m := Plain(p.c.Live.Seen)
	m.Blocks = append(m.Blocks, plainSection(strings.Join(lines, "\n")))
	return m
}
