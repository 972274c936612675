package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
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
	g := newGroup(s.creator.user, s.people, time.Now().Add(s.ttl), !s.passphrase.IsZero())
	if st.Group != nil {
		g = st.Group.group()
	}
	ended := outcomeRejected
	err := b.change(ctx, in, g, func(w *writing) { ended = b.shareEach(ctx, in, s, st, w, r) })
	if err != nil {
		b.uncount(s, len(s.people))
		r.problem("", sayHeld(err), b.formWith(in, st, s, sayHeld(err)))
	}
	return ended
}

// shareEach is shareWithPeople with the receipt in hand.
func (b *Bot) shareEach(ctx context.Context, in *interaction, s share, st formState, w *writing, r *reply) outcome {
	if why, say := servable(w.group, s); why != "" {
		b.uncount(s, len(s.people))
		r.problem(why, say, b.formWith(in, st, s, say))
		return outcomeRejected
	}
	if !w.save(ctx).OK() {
		b.uncount(s, len(s.people))
		w.shown = w.copied() // there is nothing to bring up to date
		r.problem(blockPeople, sayNoReceipt, b.formWith(in, st, s, sayNoReceipt))
		return outcomeFailed
	}
	w.Phrase, w.Remarks, w.Note = !s.passphrase.IsZero(), s.remarks, fittingNote(s.note)
	before := w.people(row.live)
	fresh, failure := b.concealEach(ctx, in, s, &w.group)
	if missing := w.count(row.missing); failure != nil && len(fresh) == 0 && b.strongerPhrase(&s, failure, missing) {
		fresh, failure = b.concealEach(ctx, in, s, &w.group)
	}
	if failure != nil && st.Generate {
		// Nobody knows the password, so nobody could give it to the others.
		_ = b.takeBack(ctx, in, s, &w.group, fresh) // the rows say what could not be
		fresh = nil
	}
	settled, say := false, sayGaveUp
	defer func() { // also when something panics
		if !settled {
			b.undoEach(ctx, in, s, &w.group, fresh, say)
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
	if !w.save(ctx).OK() && len(fresh) > 0 {
		return outcomeUndone
	}
	settled = true
	for _, one := range fresh {
		b.work.settled(one.MetadataKey.Fingerprint())
	}
	b.sendEach(ctx, in, w, s.note, func(r row) bool { return r.unsent() && s.goesTo(r.To) })
	if len(before) > 0 { // the form may have been open for long
		b.lookAgain(ctx, &w.group, func(r row) bool { return r.live() && slices.Contains(before, r.To) })
		w.save(ctx) // before the form takes the rows along
	}
	if s.also && len(fresh) > 0 {
		b.shareAlso(ctx, in, s)
	}
	if failure != nil && (len(fresh) == 0 || !s.madePhrase) {
		b.keepForm(in, s, st, w.group, failure, r)
	}
	return w.outcome(failure)
}

// maxKeptNote bounds what a group's receipt keeps of a note, as it is written in
// its first button: all blocks of a message have room for about 13,000
// characters together, and twenty rows need most of it.
const maxKeptNote = 1200

// fittingNote is a note as a group's receipt can keep it: whole or not at all.
func fittingNote(note string) string {
	if len(seal.Encode(note)) > maxKeptNote {
		return ""
	}
	return note
}

// goesTo says of somebody that the rules were asked about them: a receipt may
// have changed since.
func (s share) goesTo(user string) bool {
	return slices.Contains(s.people, user) || slices.Contains(s.stored, user)
}

// servable says what a form from before a change of the receipt can't do: its
// people have their links by now, or those have another passphrase.
func servable(g group, s share) (block, say string) {
	switch {
	case g.count(func(r row) bool { return r.due() && s.goesTo(r.To) }) == 0:
		return blockSecret, sayAllServed
	case g.count(row.live) > 0 && g.Phrase == s.passphrase.IsZero():
		return blockPhrase, sayPhraseOfAll(g.Phrase)
	}
	return "", ""
}

// keepForm leaves the form open for those who got nothing.
func (b *Bot) keepForm(in *interaction, s share, st formState, g group, failure error, r *reply) {
	say := sentence(failure, s.ttl, time.Now())
	closed := say // by who doesn't see the form any more
	switch live := g.count(row.live); {
	case live == 0:
	case live > g.count(row.opensWithPhrase): // not every link is out
		say = strings.Replace(say, "Nothing was stored", "Nothing more was stored", 1) + " The receipt says how the others stand."
		closed = say
	default:
		say = strings.Replace(say, "Nothing was stored", "Nothing more was stored", 1)
		closed = say
		say += " The others are served; press Share to try again for whom it failed."
		closed += " The others are served; the receipt has a button to try again for whom it failed."
	}
	st.Group, st.To, st.Mail = g.keep(), nil, false
	r.again(b.formWith(in, st, s, say)(), say, plain(closed))
}

func (g group) outcome(failure error) outcome {
	switch sent := g.count(func(r row) bool { return r.Step == stepSent }); {
	case sent == len(g.Rows):
		return outcomePosted
	case sent > 0:
		return outcomePartly
	case failure != nil && g.count(row.live) == 0:
		return concealOutcome(failure)
	}
	return outcomeNotPosted
}

// concealEach makes a secret for everybody who has none. It returns those that
// it made, and the last failure.
func (b *Bot) concealEach(ctx context.Context, in *interaction, s share, g *group) (fresh []otsclient.Shared, failure error) {
	made := make([]otsclient.Shared, len(g.Rows))
	failures := make([]error, len(g.Rows))
	each(len(g.Rows), func(i int) {
		r := &g.Rows[i]
		if !r.missing() || !s.goesTo(r.To) {
			return
		}
		shared, err := b.conceal(ctx, in.about(""), s)
		if err != nil {
			r.Step, r.Why, failures[i] = stepFailed, otsOutcome(err), err
			return
		}
		*r = row{To: r.To, Step: stepStored, Key: shared.MetadataKey.Reveal(), Secret: shared.SecretKey.Reveal()}
		made[i] = shared
	})
	for _, shared := range made {
		if shared.MetadataKey.IsZero() {
			continue
		}
		fresh = append(fresh, shared)
		h := newHandle(s, shared)
		g.Expires, g.Asked, g.Given, g.Path, g.Domain = h.Expires, h.Asked, h.Given, h.Path, shared.ShareDomain
	}
	return fresh, gravest(failures)
}

// gravest is the failure that says most of what may be stored.
func gravest(failures []error) (worst error) {
	grave := func(err error) int {
		var tooLong *lifetimeError
		switch {
		case err == nil:
			return 0
		case errors.As(err, &tooLong) && tooLong.leftLive:
			return 4
		case errors.Is(err, otsclient.ErrOutcomeUnknown):
			return 3
		case errors.As(err, &tooLong):
			return 2
		}
		return 1
	}
	for _, err := range failures {
		if grave(err) > grave(worst) {
			worst = err
		}
	}
	return worst
}

// takeBack burns what was concealed, and says so in the rows. What OneTimeSecret
// didn't confirm to be burned stays there to be burned; its link goes to nobody.
func (b *Bot) takeBack(ctx context.Context, in *interaction, s share, g *group, fresh []otsclient.Shared) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	left := make([]error, len(fresh))
	each(len(fresh), func(i int) { left[i] = b.burnOrphan(ctx, in.about(""), s, fresh[i]) })
	for n, shared := range fresh {
		i := slices.IndexFunc(g.Rows, func(r row) bool { return r.Key == shared.MetadataKey.Reveal() })
		if i < 0 {
			continue
		}
		if left[n] == nil {
			g.Rows[i] = row{To: g.Rows[i].To}
			continue
		}
		g.Rows[i].Step, g.Rows[i].Why, g.Rows[i].Secret = stepNotSent, notBurnedCode, ""
	}
	return errors.Join(left...)
}

// lookAgain brings some rows up to date.
func (b *Bot) lookAgain(ctx context.Context, g *group, which func(row) bool) {
	each(len(g.Rows), func(i int) {
		if r := &g.Rows[i]; which(*r) {
			r.saw(b.look(ctx, g.handle(*r)))
		}
	})
}

// sendEach sends the links of some rows, and keeps the receipt up to date.
func (b *Bot) sendEach(ctx context.Context, in *interaction, w *writing, note string, which func(row) bool) {
	var due []int
	for i, r := range w.Rows {
		if which(r) {
			due = append(due, i)
		}
	}
	// Only this goroutine touches the rows: the others bring theirs here.
	type result struct {
		i int
		r row
	}
	results := make(chan result, len(due))
	as := w.copied()
	ended := make(chan any, 1)
	go func() {
		defer close(results)
		defer func() { ended <- recover() }()
		each(len(due), func(n int) { results <- result{due[n], b.sendLink(ctx, in, as, note, as.Rows[due[n]])} })
	}()
	last := time.Now()
	for done := range results {
		w.Rows[done.i] = done.r
		if time.Since(last) >= progressEvery {
			w.refresh(ctx)
			last = time.Now()
		}
	}
	w.save(ctx)
	if bug := <-ended; bug != nil {
		panic(bug)
	}
}

// sendLink sends one person their link, in their DM with the app. The link
// stays in the receipt if it may not have arrived.
func (b *Bot) sendLink(ctx context.Context, in *interaction, g group, note string, r row) row {
	one := in.about(g.handle(r).fingerprint())
	m := b.personal(g, r.To, b.rowLink(g, r), note)
	var at slackapi.Place
	posted := slackapi.Twice(func() (came slackapi.Result) {
		at, came = b.slack.Post(ctx, r.To, m, "")
		return came
	})
	if posted.OK() {
		r.Step, r.Why, r.Secret, r.DM, r.TS = stepSent, "", "", at.Channel, at.TS
		b.event(auditDelivered, one, zap.String("recipient_id", r.To), zap.String("outcome", string(outcomePosted)))
		return r
	}
	r.Step, r.Why = stepNotSent, string(posted.Code)
	if posted.Unproven {
		r.Step, r.Why = stepPerhaps, unprovenCode
	}
	b.event(auditDeliveryFailed, one, zap.String("recipient_id", r.To), zap.String("code", string(posted.Code)), zap.Bool("unproven", posted.Unproven))
	return r
}

// rowLink is the one-time link of a row that still has it.
func (b *Bot) rowLink(g group, r row) string {
	return b.ots.SecretLink(otsclient.Shared{SecretKey: otsclient.NewKey(r.Secret), ShareDomain: g.Domain})
}

// recount counts n secrets for another try, after uncount.
func (b *Bot) recount(s share, n int) bool {
	if !s.counted {
		return true
	}
	return b.rules.Reserve(rules.Subject{Creator: s.creator.user, Secrets: n}) == nil
}

// uncount gives back to the creator's hour what was not stored.
func (b *Bot) uncount(s share, n int) {
	if s.counted {
		b.rules.GiveBack(s.creator.user, n)
	}
}

// undoEach burns what nobody could be told about, and says so once.
func (b *Bot) undoEach(ctx context.Context, in *interaction, s share, g *group, fresh []otsclient.Shared, say string) {
	if len(fresh) == 0 {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	if b.takeBack(ctx, in, s, g, fresh) != nil {
		say = sayLeftLive + plainMoment(newHandle(s, fresh[0]).expires()) + "."
	}
	in.undone = say
	_, _ = b.reach(ctx, s.creator, plain(say), viaHook, viaDM, viaEphemeral)
}

// about is the same interaction, for what concerns one secret of several. It has
// no part in the ack, which may be going out at this moment.
func (in *interaction) about(fingerprint string) *interaction {
	return &interaction{kind: in.kind, envelopeID: in.envelopeID, teamID: in.teamID, channelID: in.channelID,
		userID: in.userID, responseURL: in.responseURL, fingerprint: fingerprint}
}
