package bot

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/text"
)

const (
	actionCannot = "cannot_open"
	actionAfresh = "share_again"
)

// plea is what the button "I can't open it" and the one that answers it hold:
// no key, since the recipient's message has it.
type plea struct {
	Creator string `json:"u"`
	To      string `json:"to"`
	Expires int64  `json:"e,omitempty"`
	Phrase  bool   `json:"w,omitempty"`
	Note    string `json:"x,omitempty"` // as it was typed
}

// readPlea reads a button's value as pressed by its one rightful person.
func readPlea(s *seal.Keys, action, value string, rightful func(plea) string, user string) (plea, error) {
	var p plea
	if s.Read(action, value, &p) != nil || p.Creator == "" || p.To == "" {
		return plea{}, receipt.ErrNotOurs
	}
	if rightful(p) != user {
		return plea{}, receipt.ErrNotTheirs
	}
	return p, nil
}

// cannotOpen is pressed by somebody whose link doesn't open: its creator is
// told, with a button to send it again.
func (b *Bot) cannotOpen(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // first: a button's ack can say nothing
	p, err := readPlea(b.seal, actionCannot, cb.Actions[0].Value, func(p plea) string { return p.To }, cb.User.ID)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	at := receiptAt(cb)
	key := "cannot open " + at.Channel + at.TS
	if !b.told.first(key) {
		b.tell(ctx, in, b.words(in.userID).ToldAlready)
		return outcomeRefused
	}
	if _, r := b.slack.Post(ctx, p.Creator, b.cantOpen(p), ""); !r.OK() {
		b.told.forget(key)
		b.say(ctx, in, text.Marked(b.words(in.userID).CreatorNotTold(p.Creator)), viaHook, viaDM)
		return outcomeNotTold
	}
	// The button goes, so that nobody presses it twice.
	if r := b.slack.Update(ctx, at, answered(cb.Message, p)); !r.OK() {
		b.say(ctx, in, text.Marked(toldCreator(p)), viaHook, viaDM)
	}
	return outcomeTold
}

// cantOpen tells the creator.
func (b *Bot) cantOpen(p plea) text.Message {
	say := fmt.Sprintf(":warning: <@%s> can't open the secret that you shared with them.", p.To)
	advice := "It was opened already, or burned, or its time was over. Look at your receipt: if it says opened and it wasn't them, change the credential."
	if time.Now().Before(time.Unix(p.Expires, 0)) && p.Phrase {
		advice = "Perhaps they need the passphrase. Or it was opened already, or burned. Look at your receipt: if it says opened and it wasn't them, change the credential."
	}
	again := slack.NewButtonBlockElement(actionAfresh, b.seal.Sign(actionAfresh, p), plainText("Share again"))
	again.AccessibilityLabel = "Open the form to share it with them again"
	blocks := []slack.Block{section(say)}
	if p.Note != "" { // which secret was that?
		blocks = append(blocks, noteBlock(p.Note))
	}
	return text.Message{Text: say, Blocks: append(blocks, small(advice), slack.NewActionBlock("plea", again))}
}

func toldCreator(p plea) string {
	return fmt.Sprintf("You can't open it: <@%s> knows, and can send it again.", p.Creator)
}

// answered is the recipient's message without its button.
func answered(was payload.Object, p plea) text.Message {
	m := text.Message{Text: was.Text("text")}
	for _, block := range payload.Blocks(was) {
		if block.BlockType() != slack.MBTAction {
			m.Blocks = append(m.Blocks, block)
		}
	}
	m.Blocks = append(m.Blocks, small(toldCreator(p)))
	return m
}

// shareAfresh opens the form for who couldn't open it.
func (b *Bot) shareAfresh(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	p, err := readPlea(b.seal, actionAfresh, cb.Actions[0].Value, func(p plea) string { return p.Creator }, cb.User.ID)
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	return b.reopen(ctx, in, cb, formState{To: []string{p.To}, Note: p.Note}, ack)
}

// pressed knows for an hour which buttons were pressed that are for one press.
type pressed struct {
	mu  sync.Mutex
	all map[string]time.Time
}

func (p *pressed) first(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.all, func(_ string, at time.Time) bool { return time.Since(at) > time.Hour })
	if _, known := p.all[key]; known {
		return false
	}
	if p.all == nil {
		p.all = map[string]time.Time{}
	}
	p.all[key] = time.Now()
	return true
}

func (p *pressed) forget(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, key)
}
