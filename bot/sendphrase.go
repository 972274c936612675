package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// The passphrase on another road: a second one-time link, to each person who
// has the first, when the creator says so. The passphrase is stored nowhere,
// so the creator types it again.

const callbackSendPhrase = "send_passphrase"

// phraseSent is what a row remembers of it; anything else there is why not.
const phraseSent = "sent"

// phraseLive, and until when: its link may have arrived or not, and was not burned.
const phraseLive = "live "

// opensWithPhrase says that somebody has a link that still opens.
func (r row) opensWithPhrase() bool {
	return r.live() && (r.Step == stepSent || r.Step == stepPerhaps)
}

// dueForPhrase are those who were not sent the passphrase; if all were, it may
// have been mistyped, and goes to all again.
func (g group) dueForPhrase() func(row) bool {
	due := func(r row) bool { return r.opensWithPhrase() && r.Phrase != phraseSent }
	if g.count(due) == 0 {
		return row.opensWithPhrase
	}
	return due
}

// phraseNote is what a row says of it, if anything.
func phraseNote(what string) []string {
	switch what {
	case "":
		return nil
	case phraseSent:
		return []string{"The passphrase is sent, too."}
	}
	if until, live := strings.CutPrefix(what, phraseLive); live {
		seconds, _ := strconv.ParseInt(until, 10, 64)
		return []string{":warning: I can't say that the passphrase reached them, and its own link may work until about " + moment(time.Unix(seconds, 0)) + "."}
	}
	if what == unprovenCode {
		return []string{":warning: Slack didn't say whether the passphrase reached them, so I burned its link."}
	}
	return []string{":warning: The passphrase did not reach them."}
}

// askPhraseToSend opens the form before the ack: the trigger lives three
// seconds.
func (b *Bot) askPhraseToSend(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) outcome {
	return b.pressed(ctx, in, cb, ack, func(w *writing) outcome {
		sealed := b.seal.Wrap(sealedFor(callbackSendPhrase, w.Creator), w.keep())
		opened := b.slack.OpenView(ctx, cb.TriggerID, b.sendPhraseView(sealed, w.group, ""))
		_ = ack(nil)
		if !opened.OK() {
			b.tell(ctx, in, sayNotOpened(opened.Code))
			return outcomeFormFailed
		}
		return outcomeFormOpened
	})
}

func (b *Bot) sendPhraseView(sealed string, g group, problem string) slack.ModalViewRequest {
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength = maxPhrase
	element.FocusOnLoad = true
	blocks := []slack.Block{
		section("Sends the passphrase, as a second link that works once, to " + mentions(g.people(g.dueForPhrase())) + "."),
		slack.NewInputBlock(blockPhrase, plainText("Passphrase"), plainText("The one that you set. It is stored nowhere, so please type or paste it again."), element),
		small("This protects a link that is forwarded or seen by someone else: it is worth nothing alone. It does not protect against who can read both messages; then tell the passphrase by phone."),
	}
	if problem != "" {
		blocks = append([]slack.Block{problemBlock(problem)}, blocks...)
	}
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callbackSendPhrase,
		PrivateMetadata: sealed,
		Title:           plainText("Send the passphrase"),
		Submit:          plainText("Send"),
		Close:           plainText("Cancel"),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}

// sendPhrase is the submitted form: a secret each that holds the passphrase.
func (b *Bot) sendPhrase(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) outcome {
	var held kept
	if b.seal.Unwrap(sealedFor(callbackSendPhrase, cb.User.ID), cb.View.PrivateMetadata, &held) != nil {
		b.tampered(in, tamperingForm)
		b.refuseWhole(ctx, in, ack, sayStaleForm)
		return outcomeRefused
	}
	form := func(say string) func() slack.ModalViewRequest {
		return func() slack.ModalViewRequest {
			return b.sendPhraseView(cb.View.PrivateMetadata, held.group(), say)
		}
	}
	r := b.patiently(ctx, in, cb, ack, form(sayWorking))
	defer r.late()
	phrase := otsclient.NewPlaintext(cb.View.Text(blockPhrase))
	problem := func(say string) { r.problem(blockPhrase, say, form(say)) }
	say := badPhrase(phrase)
	if phrase.IsZero() {
		say = sayPhraseLength
	}
	if say != "" {
		problem(say)
		return outcomeRejected
	}
	ended := outcomeRejected
	err := b.change(ctx, in, held.group(), func(w *writing) { ended = b.sendPhraseToAll(ctx, in, phrase, w, r, problem) })
	if err != nil {
		problem(sayHeld(err))
	}
	return ended
}

// sendPhraseToAll is sendPhrase with the receipt in hand.
func (b *Bot) sendPhraseToAll(ctx context.Context, in *interaction, phrase otsclient.Plaintext, w *writing, r *reply, problem func(string)) outcome {
	due := w.dueForPhrase()
	s := share{creator: in.person(), secret: phrase, people: w.people(due), ttl: max(time.Until(time.Unix(w.Expires, 0)), time.Minute)}
	if len(s.people) == 0 { // burned or opened since the form was opened
		problem(sayReceiptChanged)
		return outcomeTooLate
	}
	if no := b.forbidden(ctx, in, &s); no != nil {
		problem(no.say)
		return outcomeRejected
	}
	failures := make([]error, len(w.Rows))
	each(len(w.Rows), func(i int) {
		if due(w.Rows[i]) {
			w.Rows[i].Phrase, failures[i] = b.sendPhraseTo(ctx, in.about(""), s, w.Rows[i].To)
		}
	})
	left := w.count(func(r row) bool { return slices.Contains(s.people, r.To) && r.Phrase != phraseSent })
	failure := gravest(failures)
	live := w.count(func(r row) bool { return due(r) && strings.HasPrefix(r.Phrase, phraseLive) })
	if failure != nil && left == len(s.people) && live == 0 {
		problem(sentence(failure, s.ttl, time.Now()))
		return concealOutcome(failure)
	}
	say := ":white_check_mark: The passphrase is sent."
	if left > 0 {
		say = ":warning: The passphrase may not have reached everybody: see the receipt."
	}
	r.show(doneView("Send the passphrase", say), marked(say))
	if left > 0 {
		return outcomePartly
	}
	return outcomePosted
}

// sendPhraseTo returns what the row remembers. A second link that did not
// arrive is burned: another press makes a new one.
func (b *Bot) sendPhraseTo(ctx context.Context, in *interaction, s share, to string) (string, error) {
	shared, err := b.conceal(ctx, in, s)
	if err != nil {
		return otsOutcome(err), err
	}
	h := newHandle(s, shared)
	m := phraseMessage(s.creator.user, b.ots.SecretLink(shared), h.expires())
	posted := slackapi.Twice(func() slackapi.Result {
		_, r := b.slack.Post(ctx, to, m, "")
		return r
	})
	if !posted.OK() {
		code := string(posted.Code)
		ctx, cancel := outlive(ctx)
		defer cancel()
		if b.burnOrphan(ctx, in, s, shared) != nil {
			code = phraseLive + strconv.FormatInt(h.Expires, 10)
		} else if posted.Unproven {
			code = unprovenCode
		}
		b.event(auditDeliveryFailed, in, zap.String("recipient_id", to), zap.String("code", code))
		return code, nil
	}
	b.work.settled(in.fingerprint)
	b.event(auditDelivered, in, zap.String("recipient_id", to), zap.String("outcome", string(outcomePosted)))
	return phraseSent, nil
}
