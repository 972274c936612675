package bot

import (
	"context"
	"time"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// plea is what the button "I can't open it" holds: no key, since the recipient's
// message has it.
type plea struct {
	Creator string `json:"u"`
	To      string `json:"to"`
	Expires int64  `json:"e,omitempty"`
	Phrase  bool   `json:"w,omitempty"`
	Note    string `json:"x,omitempty"` // as it was typed
}

// readPlea reads a button's value as pressed by the one whose link it is.
func readPlea(s *seal.Keys, value, user string) (plea, error) {
	var p plea
	if s.Read(text.ActionCannot, value, &p) != nil || p.Creator == "" || p.To == "" {
		return plea{}, receipt.ErrNotOurs
	}
	if p.To != user {
		return plea{}, receipt.ErrNotTheirs
	}
	return p, nil
}

// cannotOpen is pressed by somebody whose link doesn't open: its creator is
// told, with a button to send it again.
func (b *Bot) cannotOpen(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // first: a button's ack can say nothing
	p, err := readPlea(b.seal, cb.Actions[0].Value, cb.User.ID)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	if b.left(ctx, p.Creator) {
		b.say(ctx, in, text.Marked(b.words(in.userID).CreatorLeft(p.Creator)), viaHook, viaDM)
		return outcomeNotTold
	}
	at := receiptAt(cb)
	said, err := b.memory.Claim(ctx, slackapi.PostTimeout, "cannot open "+at.Channel+at.TS)
	if err == nil && !said.Won { // without a store, better told twice than never
		b.tell(ctx, in, b.words(in.userID).ToldAlready)
		return outcomeRefused
	}
	phrase := p.Phrase && time.Now().Before(time.Unix(p.Expires, 0))
	again := b.seal.Sign(receipt.ActionReopen, receipt.Opener{Creator: p.Creator, People: []string{p.To}, Note: p.Note})
	news := b.words(p.Creator).CannotOpen(p.To, phrase, p.Note, again)
	if _, r := b.slack.Post(ctx, p.Creator, news, ""); !r.OK() {
		_ = said.Release(ctx)
		b.say(ctx, in, text.Marked(b.words(in.userID).CreatorNotTold(p.Creator)), viaHook, viaDM)
		return outcomeNotTold
	}
	_ = said.Finish(ctx, nil)
	// The button goes, so that nobody presses it twice.
	w, was := b.words(in.userID), text.Message{Text: cb.Message.Text("text"), Blocks: payload.Blocks(cb.Message)}
	if r := b.slack.Update(ctx, at, w.Answered(was, p.Creator)); !r.OK() {
		b.say(ctx, in, text.Marked(w.CreatorKnows(p.Creator)), viaHook, viaDM)
	}
	return outcomeTold
}

// cannotValue is what the button of somebody's message with a link holds.
func (l *ledger) cannotValue(r receipt.Receipt, to string) string {
	return l.beside.Keys.Sign(text.ActionCannot, plea{r.Creator, to, r.Expires, r.Phrase, r.Note})
}
