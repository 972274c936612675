package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/otsclient"
)

// pressed reads the group that a button belongs to and has f change its
// receipt, or says why that can't be. f acks: some open a form first.
func (b *Bot) pressed(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc, f func(w *writing) outcome) outcome {
	g, err := readGroup(b.seal, cb, cb.Actions[0])
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	ended := outcomeRefused
	if err := b.change(ctx, in, g, func(w *writing) { ended = f(w) }); err != nil {
		_ = ack(nil)
		b.tell(ctx, in, sayHeld(err))
	}
	return ended
}

// checkAll reads the metadata of each secret that can still be opened.
func (b *Bot) checkAll(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) outcome {
	return b.pressed(ctx, in, cb, ack, func(w *writing) outcome {
		_ = ack(nil) // first: a button's ack can say nothing, and the rest may take long
		unknown := make([]bool, len(w.Rows))
		each(len(w.Rows), func(i int) {
			if r := &w.Rows[i]; r.live() {
				now := b.look(ctx, w.handle(*r))
				unknown[i] = now.open
				r.saw(now)
			}
		})
		w.Checked = time.Now().Unix()
		if slices.Contains(unknown, true) {
			return outcomeNoAnswer
		}
		return outcomeChecked
	})
}

// burnSome is Burn of one row, or Burn all. With a passphrase a form asks for
// it: the rows go with the form, since it has no message.
func (b *Bot) burnSome(ctx context.Context, in *interaction, cb payload.Payload, value string, one bool, ack ackFunc) outcome {
	return b.pressed(ctx, in, cb, ack, func(w *writing) outcome {
		var only row // none is all
		if one {
			_ = json.Unmarshal([]byte(value), &only) // readGroup has read it among the rows
		}
		which := burnable(only.To)
		if w.count(which) == 0 { // a press of a moment ago was faster
			_ = ack(nil)
			w.save(ctx)
			return outcomeTooLate
		}
		if w.Phrase || one && w.crowded() { // in a crowd the form is the confirmation
			return b.askToBurn(ctx, in, cb, w.group, only.To, ack)
		}
		_ = ack(nil) // before the burns, which may take longer than Slack waits
		ended, wrong := b.burnRows(ctx, in, &w.group, which, otsclient.Plaintext{})
		if wrong != nil {
			w.save(ctx) // the words below are about a button that is there by then
			b.tell(ctx, in, sayNeedsPhrase)
			return outcomeAsked
		}
		if w.count(which) > 0 {
			return outcomeNoAnswer
		}
		return ended
	})
}

// askToBurn opens the form before the ack: the trigger lives three seconds.
func (b *Bot) askToBurn(ctx context.Context, in *interaction, cb payload.Payload, g group, only string, ack ackFunc) outcome {
	sealed := b.seal.Wrap(sealedFor(callbackPassphrase, g.Creator), sealedReceipt{Group: g.keep(), Only: only})
	opened := b.slack.OpenView(ctx, cb.TriggerID, burnView(sealed, "", g.Phrase))
	_ = ack(nil)
	if !opened.OK() {
		b.tell(ctx, in, sayBurnFormFailed)
		return outcomeFormFailed
	}
	return outcomeAsked
}

// burnable are the live rows, or the one of a person.
func burnable(only string) func(row) bool {
	return func(r row) bool { return r.live() && (only == "" || r.To == only) }
}

// burnRowsWithPassphrase is the submitted passphrase form of a group.
func (b *Bot) burnRowsWithPassphrase(ctx context.Context, in *interaction, sealed sealedReceipt, phrase otsclient.Plaintext, r *reply, form func(string) func() slack.ModalViewRequest) outcome {
	ended := outcomeRejected
	err := b.change(ctx, in, sealed.Group.group(), func(w *writing) {
		which := burnable(sealed.Only)
		before := w.count(which)
		burned, wrong := b.burnRows(ctx, in, &w.group, which, phrase)
		switch left := w.count(which); {
		case wrong != nil && left == before:
			b.event(auditBurnRefused, in, zap.String("outcome", string(outcomeRejected)))
			say := phraseProblem(wrong, status{})
			r.problem(blockPhrase, say, form(say))
		case wrong != nil:
			ended = burned
			say := ":warning: " + sayRowsLeft(burned, wrong)
			r.show(doneView("Burn the secret", say), marked(say))
		case left > 0:
			ended = outcomeNoAnswer
			say := sayBurnUnknown
			if w.count(func(r row) bool { return which(r) && r.State == rowKept }) == left {
				say = sayStillThere
			}
			r.problem(blockPhrase, say, form(say))
		default:
			ended = burned
			say := sayRowsEnded(burned)
			r.show(doneView("Burn the secret", say), marked(say))
		}
	})
	if err != nil {
		r.problem(blockPhrase, sayHeld(err), form(sayHeld(err)))
	}
	return ended
}

// sayRowsEnded is of several secrets of which none can be opened any more.
func sayRowsEnded(ended outcome) string {
	if ended == outcomeBurned {
		return ":fire: Done. The receipt says what became of each."
	}
	return "Too late to burn. The receipt says what became of each."
}

// sayRowsLeft is of several secrets of which some refused the passphrase.
func sayRowsLeft(ended outcome, wrong error) string {
	say := "None was burned, since some were opened, burned or expired before: the receipt says which."
	if ended == outcomeBurned {
		say = "Burned where that was the passphrase."
	}
	if errors.Is(wrong, otsclient.ErrLocked) && !errors.Is(wrong, otsclient.ErrWrongPassphrase) {
		return say + " " + sayPhraseLocked
	}
	return say + " The others, which the receipt still shows, have another one."
}

// burnRows burns some rows and notes how each is then. It returns outcomeBurned
// if it burned any, or outcomeTooLate, and an error of those that refused the
// passphrase.
func (b *Bot) burnRows(ctx context.Context, in *interaction, g *group, which func(row) bool, phrase otsclient.Plaintext) (outcome, error) {
	ended, wrong := make([]outcome, len(g.Rows)), make([]error, len(g.Rows))
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
		ended[i] = b.noteBurn(ctx, one, h, now)
	})
	err := errors.Join(wrong...)
	g.Phrase = g.Phrase || err != nil
	if slices.Contains(ended, outcomeBurned) {
		return outcomeBurned, err
	}
	return outcomeTooLate, err
}

// sendAgain sends the links that did not arrive once more, and opens the form
// for those who have none: their secret is stored nowhere.
func (b *Bot) sendAgain(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) outcome {
	return b.pressed(ctx, in, cb, ack, func(w *writing) outcome {
		if w.count(row.missing) > 0 {
			// Whoever has a link that did not arrive is served with the others.
			return b.reopen(ctx, in, cb, formState{Group: w.keep(), Note: w.Note}, ack)
		}
		_ = ack(nil)
		s := share{creator: in.person(), people: w.people(row.unsent)}
		if no := b.mayGoOut(ctx, in, s); no != nil {
			b.tell(ctx, in, no.say)
			return outcomeRejected
		}
		b.sendEach(ctx, in, w, w.Note, row.unsent)
		return w.outcome(nil)
	})
}
