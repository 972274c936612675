package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

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
	if code := b.save(ctx, &g); code != "" {
		b.uncount(s, len(s.people))
		r.problem(blockPeople, sayNoReceipt, b.formWith(in, st, sayNoReceipt))
		return outcomeFailed
	}
	if !b.receipts.hold(&g) {
		b.uncount(s, len(s.people))
		r.problem("", sayReceiptBusy, b.formWith(in, st, sayReceiptBusy))
		return outcomeRejected
	}
	defer b.receipts.release(g.At)
	if g.count(row.live) == 0 { // else readForm has seen that it is the same
		g.Phrase = !s.passphrase.IsZero()
	}
	g.Remarks = s.remarks
	before := g.people(row.live)
	fresh, failure := b.concealEach(ctx, in, s, &g)
	if missing := g.count(row.missing); failure != nil && len(fresh) == 0 && b.strongerPhrase(&s, failure, missing) {
		fresh, failure = b.concealEach(ctx, in, s, &g)
	}
	if failure != nil && st.Generate {
		// Nobody knows the password, so nobody could give it to the others.
		b.takeBack(ctx, in, s, &g, fresh)
		fresh = nil
	}
	settled, say := false, sayGaveUp
	defer func() { // also when something panics
		if !settled {
			b.undoEach(ctx, in, s, fresh, say)
		}
	}()
	switch {
	case len(fresh) > 0 && s.madePhrase:
		if !r.showHere(phraseView(s.passphrase)) {
			say = sayPhraseUnseen
			b.takeBackRows(&g)
			b.save(ctx, &g)
			return outcomeUndone // nobody could ever open it
		}
	case failure == nil && r.late():
		r.change(doneView("Share a secret", sayPeopleDone))
	case failure == nil:
		r.close()
	}
	if b.save(ctx, &g) != "" && len(fresh) > 0 {
		return outcomeUndone
	}
	settled = true
	for _, one := range fresh {
		b.work.settled(one.MetadataKey.Fingerprint())
	}
	b.sendEach(ctx, in, s.note, &g, row.unsent)
	if len(before) > 0 { // the form may have been open for long
		b.lookAgain(ctx, &g, func(r row) bool { return r.live() && slices.Contains(before, r.To) })
	}
	if s.also && len(fresh) > 0 {
		b.shareAlso(ctx, in, s)
	}
	if failure != nil && (len(fresh) == 0 || !s.madePhrase) {
		b.keepForm(in, s, st, g, failure, r)
	}
	return g.outcome(failure)
}

// keepForm leaves the form open for those who got nothing.
func (b *Bot) keepForm(in *interaction, s share, st formState, g group, failure error, r *reply) {
	say := sentence(failure, s.ttl, time.Now())
	closed := say // by who doesn't see the form any more
	if g.count(row.live) > 0 {
		say += " The others are served; press Share to try again for whom it failed."
		closed += " The others are served; the receipt has a button to try again for whom it failed."
	}
	st.Group, st.To, st.Mail = g.keep(), nil, false
	r.again(b.formWith(in, st, say)(), say, plain(closed))
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
		if !r.missing() {
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
	return fresh, errors.Join(failures...)
}

// takeBack burns what was concealed, and says so in the rows.
func (b *Bot) takeBack(ctx context.Context, in *interaction, s share, g *group, fresh []otsclient.Shared) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	each(len(fresh), func(i int) { _ = b.burnOrphan(ctx, in.about(""), s, fresh[i]) })
	b.takeBackRows(g)
}

// takeBackRows leaves nobody with anything.
func (b *Bot) takeBackRows(g *group) {
	for i, r := range g.Rows {
		if r.Step == stepStored {
			g.Rows[i] = row{To: r.To}
		}
	}
}

// lookAgain brings some rows up to date.
func (b *Bot) lookAgain(ctx context.Context, g *group, which func(row) bool) {
	each(len(g.Rows), func(i int) {
		if r := &g.Rows[i]; which(*r) {
			r.saw(b.look(ctx, g.handle(*r)))
		}
	})
	b.save(ctx, g)
}

// sendEach sends the links of some rows, and keeps the receipt up to date.
func (b *Bot) sendEach(ctx context.Context, in *interaction, note string, g *group, which func(row) bool) {
	var due []int
	for i, r := range g.Rows {
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
	as := g.copied()
	ended := make(chan any, 1)
	go func() {
		defer close(results)
		defer func() { ended <- recover() }()
		each(len(due), func(n int) { results <- result{due[n], b.sendLink(ctx, in, as, note, as.Rows[due[n]])} })
	}()
	last := time.Now()
	for done := range results {
		g.Rows[done.i] = done.r
		if time.Since(last) >= progressEvery {
			b.refresh(ctx, g)
			last = time.Now()
		}
	}
	b.save(ctx, g)
	if bug := <-ended; bug != nil {
		panic(bug)
	}
}

// sendLink sends one person their link, in their DM with the app. The link
// stays in the receipt if it may not have arrived.
func (b *Bot) sendLink(ctx context.Context, in *interaction, g group, note string, r row) row {
	one := in.about(g.handle(r).fingerprint())
	m := personal(g, r.To, b.rowLink(g, r), note)
	var at place
	failed, code := twice(func() (f failure, code string) {
		at, f, code = b.post(ctx, r.To, m)
		return f, code
	})
	if failed == none {
		r.Step, r.Why, r.Secret, r.DM, r.TS = stepSent, "", "", at.Channel, at.TS
		b.event(auditDelivered, one, zap.String("recipient_id", r.To), zap.String("outcome", string(outcomePosted)))
		return r
	}
	r.Step, r.Why = stepNotSent, code
	if failed == unproven {
		r.Step, r.Why = stepPerhaps, unprovenCode
	}
	b.event(auditDeliveryFailed, one, zap.String("recipient_id", r.To), zap.String("code", code), zap.Bool("unproven", failed == unproven))
	return r
}

// rowLink is the one-time link of a row that still has it.
func (b *Bot) rowLink(g group, r row) string {
	return b.ots.SecretLink(otsclient.Shared{SecretKey: otsclient.NewKey(r.Secret), ShareDomain: g.Domain})
}

// save brings a group's receipt up to date where it stands, also while the
// process is stopping. If Slack doesn't let it be changed, it is posted anew.
// It returns "" or Slack's word for why there is no receipt.
func (b *Bot) save(ctx context.Context, g *group) (code string) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if g.At.TS != "" && b.refresh(ctx, g) {
		return ""
	}
	at, _, code := b.post(ctx, g.Creator, b.groupReceipt(*g))
	if code == "" {
		g.At = at
		b.receipts.saved(*g)
	}
	return code
}

// recount counts n secrets for another try, after uncount.
func (b *Bot) recount(s share, n int) bool {
	if !s.counted {
		return true
	}
	_, ok := b.quota.take(s.creator.user, n, b.cfg.Policy.SecretsPerHour)
	return ok
}

// uncount gives back to the creator's hour what was not stored.
func (b *Bot) uncount(s share, n int) {
	if s.counted {
		for range n {
			b.quota.giveBack(s.creator.user)
		}
	}
}

// refresh changes a group's receipt where it stands, and nowhere else.
func (b *Bot) refresh(ctx context.Context, g *group) bool {
	g.Change++
	m := b.groupReceipt(*g)
	_, code := twice(func() (failure, string) { return b.update(ctx, g.At.Channel, g.At.TS, m) })
	if code != "" {
		b.log.Warn("receipt not changed", zap.String("code", code))
		return false
	}
	b.receipts.saved(*g)
	return true
}

// undoEach burns what nobody could be told about, and says so once.
func (b *Bot) undoEach(ctx context.Context, in *interaction, s share, fresh []otsclient.Shared, say string) {
	if len(fresh) == 0 {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	left := make([]error, len(fresh))
	each(len(fresh), func(i int) { left[i] = b.burnOrphan(ctx, in.about(""), s, fresh[i]) })
	if errors.Join(left...) != nil {
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
