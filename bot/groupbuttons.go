package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/otsclient"
)

// pressed reads the group that a button belongs to and takes hold of it, or
// says why that can't be. The ack comes from the caller: some open a form first.
func (b *Bot) pressed(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) (g group, release func(), ok bool) {
	g, err := readGroup(cb)
	switch {
	case err != nil:
		_ = ack(nil)
		b.refuseButton(ctx, in, err)
	case !b.receipts.hold(&g):
		_ = ack(nil)
		b.tell(ctx, in, sayReceiptBusy)
	default:
		at := g.At
		return g, func() { b.receipts.release(at) }, true
	}
	return group{}, nil, false
}

// checkAll reads the metadata of each secret that can still be opened.
func (b *Bot) checkAll(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) outcome {
	g, release, ok := b.pressed(ctx, in, cb, ack)
	if !ok {
		return outcomeRefused
	}
	defer release()
	_ = ack(nil) // first: a button's ack can say nothing, and the rest may take long
	unknown := make([]bool, len(g.Rows))
	each(len(g.Rows), func(i int) {
		if r := &g.Rows[i]; r.live() {
			now := b.look(ctx, g.handle(*r))
			unknown[i] = now.open
			r.saw(now)
		}
	})
	g.Checked = time.Now().Unix()
	b.show(ctx, in, &g)
	for _, open := range unknown {
		if open {
			return outcomeNoAnswer
		}
	}
	return outcomeChecked
}

// show brings the receipt up to date; if there is no way to, it is said.
func (b *Bot) show(ctx context.Context, in *interaction, g *group) {
	if b.save(ctx, g) != "" {
		b.tell(ctx, in, sayReceiptStuck)
	}
}

// burnSome is Burn of one row, or Burn all. With a passphrase a form asks for
// it: the rows go with the form, since it has no message.
func (b *Bot) burnSome(ctx context.Context, in *interaction, cb slack.InteractionCallback, value string, one bool, ack ackFunc) outcome {
	g, release, ok := b.pressed(ctx, in, cb, ack)
	if !ok {
		return outcomeRefused
	}
	defer release()
	var only row // none is all
	if one && json.Unmarshal([]byte(value), &only) != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, errNotOurs)
	}
	which := burnable(only.To)
	if g.count(which) == 0 { // a press of a moment ago was faster
		_ = ack(nil)
		b.show(ctx, in, &g)
		return outcomeTooLate
	}
	if g.Phrase || one && g.crowded() { // in a crowd the form is the confirmation
		code := b.openView(ctx, cb.TriggerID, burnView(b.seal.seal(sealedReceipt{Group: g.keep(), Only: only.To}, g.Creator), "", g.Phrase))
		_ = ack(nil) // after the form: the trigger lives three seconds
		if code != "" {
			b.tell(ctx, in, sayBurnFormFailed)
			return outcomeFormFailed
		}
		return outcomeAsked
	}
	_ = ack(nil) // before the burns, which may take longer than Slack waits
	wrong := b.burnRows(ctx, in, &g, which, otsclient.Plaintext{})
	b.show(ctx, in, &g)
	if wrong != nil {
		b.tell(ctx, in, sayNeedsPhrase)
		return outcomeAsked
	}
	if g.count(which) > 0 {
		return outcomeNoAnswer
	}
	return outcomeBurned
}

// burnable are the live rows, or the one of a person.
func burnable(only string) func(row) bool {
	return func(r row) bool { return r.live() && (only == "" || r.To == only) }
}

// burnRowsWithPassphrase is the submitted passphrase form of a group.
func (b *Bot) burnRowsWithPassphrase(ctx context.Context, in *interaction, sealed sealedReceipt, phrase otsclient.Plaintext, r *reply, form func(string) func() slack.ModalViewRequest) outcome {
	g := sealed.Group.group()
	if !b.receipts.hold(&g) {
		r.problem(blockPhrase, sayReceiptBusy, form(sayReceiptBusy))
		return outcomeRejected
	}
	defer b.receipts.release(g.At)
	before := g.count(burnable(sealed.Only))
	wrong := b.burnRows(ctx, in, &g, burnable(sealed.Only), phrase)
	if wrong != nil && g.count(burnable(sealed.Only)) == before {
		b.event(auditBurnRefused, in, zap.String("outcome", string(outcomeRejected)))
		say := phraseProblem(wrong, status{})
		r.problem(blockPhrase, say, form(say))
		return outcomeRejected
	}
	if wrong == nil && g.count(burnable(sealed.Only)) > 0 {
		r.problem(blockPhrase, sayBurnUnknown, form(sayBurnUnknown))
		b.show(ctx, in, &g)
		return outcomeNoAnswer
	}
	say := ":fire: Done. The receipt says what became of each."
	if wrong != nil {
		say = ":warning: " + sayOtherPhrase
	}
	r.show(doneView("Burn the secret", say), marked(say))
	b.show(ctx, in, &g)
	return outcomeBurned
}

// burnRows burns some rows and notes how each is then. It returns an error of
// those that refused the passphrase.
func (b *Bot) burnRows(ctx context.Context, in *interaction, g *group, which func(row) bool, phrase otsclient.Plaintext) error {
	wrong := make([]error, len(g.Rows))
	each(len(g.Rows), func(i int) {
		r := &g.Rows[i]
		if !which(*r) {
			return
		}
		h := g.handle(*r)
		one := in.about(h.fingerprint())
		now, err := b.burnSecret(ctx, h, phrase)
		if err != nil {
			wrong[i] = err
			return
		}
		r.saw(now)
		b.noteBurn(ctx, one, h, now)
	})
	err := errors.Join(wrong...)
	g.Phrase = g.Phrase || err != nil
	return err
}

// sendAgain sends the links that did not arrive once more, and opens the form
// for those who have none: their secret is stored nowhere.
func (b *Bot) sendAgain(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) outcome {
	g, release, ok := b.pressed(ctx, in, cb, ack)
	if !ok {
		return outcomeRefused
	}
	defer release()
	if g.count(row.missing) > 0 {
		// Whoever has a link that did not arrive is served with the others.
		return b.reopen(ctx, in, cb, formState{Group: g.keep()}, ack)
	}
	_ = ack(nil)
	s := share{creator: in.person(), people: g.people(row.unsent)}
	if no := b.refusedBy(in, b.outOfBounds(ctx, &s)); no != nil {
		b.tell(ctx, in, no.say)
		return outcomeRejected
	}
	b.sendEach(ctx, in, "", &g, row.unsent)
	return g.outcome(nil)
}
