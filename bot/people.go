package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
)

// progressEvery is how often a receipt is changed while links go out.
// chat.update allows about 50 a minute in all,
// https://docs.slack.dev/apis/web-api/rate-limits
const progressEvery = time.Second

// shareWithPeople sends a link of their own to each of several people. Its
// order is made for a process that may be killed at any point:
//
//  1. The receipt is posted, with everybody pending.
//  2. The secrets are concealed, one for each.
//  3. The receipt gets their handles: from here on each can be burned, and sent
//     again by its button.
//  4. The links go out, and the receipt follows.
//
// So the receipt never claims less than somebody has. The form is answered
// after 2, when it is known what is stored. If something failed there, the form
// stays, for the people that it concerns and with all that was typed; so it is
// answered after 4, when it is known how everybody else stands.
func (b *Bot) shareWithPeople(ctx context.Context, in *interaction, s share, st formState, r *reply) outcome {
	rec := s.receipt()
	if st.Receipt != nil {
		rec = *st.Receipt
	}
	ended := outcomeRejected
	err := b.change(ctx, in, rec, func(w *writing) { ended = b.shareEach(ctx, in, s, st, w, r) })
	if err != nil {
		b.uncount(s, len(s.to.People))
		r.problem("", sayHeld(err), b.formWith(in, st, s, sayHeld(err)))
	}
	return ended
}

// shareEach is shareWithPeople with the receipt in hand.
func (b *Bot) shareEach(ctx context.Context, in *interaction, s share, st formState, w *writing, r *reply) outcome {
	if ended := b.beginSharing(ctx, in, s, st, w, r); ended != "" {
		return ended
	}
	before := w.People(receipt.Row.Live)
	fresh, failure := b.concealEach(ctx, in, &s, w, st.Generate)
	settled, say := false, sayGaveUp
	defer func() { // also when something panics
		if !settled {
			b.undoEach(ctx, in, s, w, fresh, say)
		}
	}()
	switch {
	case len(fresh) > 0 && s.madePhrase:
		if !r.showHere(phraseView(s.passphrase)) {
			say = sayPhraseUnseen
			return outcomeUndone // nobody could ever open it
		}
	case failure == nil && r.late():
		r.change(doneView("Share a secret", sayPeopleDone))
	case failure == nil:
		r.close()
	}
	if w.save(ctx) != nil && len(fresh) > 0 {
		return outcomeUndone
	}
	settled = true
	for _, one := range fresh {
		b.work.settled(one.MetadataKey.Fingerprint())
	}
	b.sendEach(ctx, in, w, s.note, func(r receipt.Row) bool { return r.Unsent() && s.goesTo(r.To) })
	if len(before) > 0 { // the form may have been open for long
		w.saw(b.lookAt(ctx, w.Receipt, func(r receipt.Row) bool { return r.Live() && slices.Contains(before, r.To) }))
		_ = w.save(ctx) // before the form takes the rows along
	}
	if s.also && len(fresh) > 0 {
		b.shareAlso(ctx, in, s)
	}
	if failure != nil && (len(fresh) == 0 || !s.madePhrase) {
		b.keepForm(in, s, st, w.Receipt, failure, r)
	}
	return sentTo(w.Receipt, failure)
}

// beginSharing posts the receipt with everybody pending, or says in the form why
// nothing is stored, and returns how it ended.
func (b *Bot) beginSharing(ctx context.Context, in *interaction, s share, st formState, w *writing, r *reply) (ended outcome) {
	block, say := servable(w.Receipt, s)
	if say != "" {
		ended = outcomeRejected
	} else {
		w.Phrase, w.Remarks, w.Note = !s.passphrase.IsZero(), s.remarks, s.note
		w.Receipt, _ = w.Fit() // ids and a host: all but the note always fits
		if w.save(ctx) != nil {
			w.drop()
			block, say, ended = blockPeople, sayNoReceipt, outcomeFailed
		}
	}
	if ended != "" {
		b.uncount(s, len(s.to.People))
		r.problem(block, say, b.formWith(in, st, s, say))
	}
	return ended
}

// goesTo says of somebody that the rules were asked about them: a receipt may
// have changed since.
func (s share) goesTo(user string) bool {
	return slices.Contains(s.to.People, user) || slices.Contains(s.stored, user)
}

// servable says what a form from before a change of the receipt can't do: its
// people have their links by now, or those have another passphrase.
func servable(r receipt.Receipt, s share) (block, say string) {
	switch {
	case r.Count(func(row receipt.Row) bool { return row.Due() && s.goesTo(row.To) }) == 0:
		return blockSecret, sayAllServed
	case r.Count(receipt.Row.Live) > 0 && r.Phrase == s.passphrase.IsZero():
		return blockPhrase, sayPhraseOfAll(r.Phrase)
	}
	return "", ""
}

// keepForm leaves the form open for those who got nothing.
func (b *Bot) keepForm(in *interaction, s share, st formState, rec receipt.Receipt, failure error, r *reply) {
	say := sentence(failure, s.ttl, time.Now())
	closed := say // by who doesn't see the form any more
	switch live := rec.Count(receipt.Row.Live); {
	case live == 0:
	case live > rec.Count(receipt.Row.Out): // not every link is out
		say = strings.Replace(say, "Nothing was stored", "Nothing more was stored", 1) + " The receipt says how the others stand."
		closed = say
	default:
		say = strings.Replace(say, "Nothing was stored", "Nothing more was stored", 1)
		closed = say
		say += " The others are served; press Share to try again for whom it failed."
		closed += " The others are served; the receipt has a button to try again for whom it failed."
	}
	st.Receipt, st.To, st.Mail = rec.ForForm(), nil, false
	r.again(b.formWith(in, st, s, say)(), say, plain(closed))
}

// sentTo is how sharing with several people ended.
func sentTo(r receipt.Receipt, failure error) outcome {
	switch sent := r.Count(func(row receipt.Row) bool { return row.Step == receipt.Sent }); {
	case sent == len(r.Rows):
		return outcomePosted
	case sent > 0:
		return outcomePartly
	case failure != nil && r.Count(receipt.Row.Live) == 0:
		return concealOutcome(failure)
	}
	return outcomeNotPosted
}

// sendEach sends the links of some rows, and keeps the receipt up to date.
func (b *Bot) sendEach(ctx context.Context, in *interaction, w *writing, note string, which func(receipt.Row) bool) {
	var due []int
	for i, row := range w.Rows {
		if which(row) {
			due = append(due, i)
		}
	}
	// Only this goroutine touches the rows: the others bring theirs here.
	type result struct {
		i   int
		row receipt.Row
	}
	results := make(chan result, len(due))
	as := w.Copy()
	ended := make(chan any, 1)
	go func() {
		defer close(results)
		defer func() { ended <- recover() }()
		each(len(due), func(n int) { results <- result{due[n], b.sendLink(ctx, in, as, note, as.Rows[due[n]])} })
	}()
	last := time.Now()
	for done := range results {
		w.Rows[done.i] = done.row
		if time.Since(last) >= progressEvery {
			w.refresh(ctx)
			last = time.Now()
		}
	}
	_ = w.save(ctx)
	if bug := <-ended; bug != nil {
		panic(bug)
	}
}

// sendLink sends one person their link, in their DM with the app. The link
// stays in the receipt if it may not have arrived.
func (b *Bot) sendLink(ctx context.Context, in *interaction, r receipt.Receipt, note string, row receipt.Row) receipt.Row {
	one := in.about(row.Fingerprint())
	m := b.personal(r, row.To, b.ots.SecretLink(r.Link(row)), note)
	var at slackapi.Place
	posted := slackapi.Twice(func() (r slackapi.Result) {
		at, r = b.slack.Post(ctx, row.To, m, "")
		return r
	})
	if posted.OK() {
		row.Went(slackapi.Place{Channel: at.Channel, TS: at.TS})
		b.event(auditDelivered, one, zap.String("recipient_id", row.To), zap.String("outcome", string(outcomePosted)))
		return row
	}
	row.Step, row.Why = receipt.NotSent, string(posted.Code)
	if posted.Unproven {
		row.Step, row.Why = receipt.Perhaps, receipt.Unproven
	}
	b.event(auditDeliveryFailed, one, zap.String("recipient_id", row.To), zap.String("code", string(posted.Code)), zap.Bool("unproven", posted.Unproven))
	return row
}

// sendAgain sends the links that did not arrive once more, and opens the form
// for those who have none: their secret is stored nowhere.
func (b *Bot) sendAgain(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	r, _, err := b.receiptOf(ctx, in, cb)
	switch {
	case err != nil:
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	case r.Count(receipt.Row.Missing) > 0:
		// Whoever has a link that did not arrive is served with the others.
		return b.reopen(ctx, in, cb, formState{Receipt: r.ForForm(), Note: r.Note}, ack)
	}
	_ = ack(nil)
	in = in.about(r.Fingerprint())
	return in.ended(b.pressed(ctx, in, r, func(w *writing) outcome {
		s := share{creator: in.person(), to: receipt.People(w.People(receipt.Row.Unsent))}
		if no := b.mayGoOut(ctx, in, s); no != nil {
			b.tell(ctx, in, no.say)
			return outcomeRejected
		}
		b.sendEach(ctx, in, w, w.Note, receipt.Row.Unsent)
		return sentTo(w.Receipt, nil)
	}))
}
