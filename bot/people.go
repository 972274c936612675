package bot

import (
	"context"
	"slices"
	"strings"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
)

// toPeople sends a link of their own to each of several people. Its
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
func (c *courier) toPeople(ctx context.Context, in *interaction, s share, st formState, r *reply) outcome {
	rec := s.receipt()
	if st.Receipt != nil {
		rec = *st.Receipt
	}
	if a := st.Answers; a != nil {
		rec.Answers = &receipt.Answer{Question: a.Question, At: a.At}
	}
	ended := outcomeRejected
	err := c.ledger.change(ctx, in, rec, func(w *writing) { ended = (&sharing{w, s, c, in, st, r}).each(ctx) })
	if err != nil {
		c.vault.uncount(ctx, s, len(s.to.People))
		r.problem("", notHeld(c.words(in.userID), err), c.forms.with(in, st, s, notHeld(c.words(in.userID), err)))
	}
	return ended
}

// sharing is a share with several people, with its receipt in hand and its form
// open.
type sharing struct {
	*writing
	share
	c  *courier
	in *interaction
	st formState
	r  *reply
}

func (s *sharing) each(ctx context.Context) outcome {
	if ended := s.begin(ctx); ended != "" {
		return ended
	}
	before := s.People(receipt.Row.Live)
	fresh, failure := s.conceal(ctx)
	settled, unseen, closed := false, false, false
	defer func() { // also when something panics
		if !settled {
			s.undo(ctx, fresh, unseen, closed)
		}
	}()
	switch {
	case len(fresh) > 0 && s.madePhrase:
		if !s.r.showHere(s.c.words(s.in.userID).PhraseOnce(s.passphrase)) {
			unseen, closed = true, true
			return outcomeUndone // nobody could ever open it
		}
	case failure == nil && s.r.late():
		s.r.change(s.c.words(s.in.userID).ShareDone(s.c.words(s.in.userID).PeopleDone))
	case failure == nil:
		s.r.close()
		closed = true
	}
	if s.save(ctx) != nil && len(fresh) > 0 {
		return outcomeUndone
	}
	settled = true
	for _, one := range fresh {
		one.settled()
	}
	s.send(ctx, s.in, s.note, func(r receipt.Row) bool { return r.Unsent() && s.goesTo(r.To) })
	if len(before) > 0 { // the form may have been open for long
		s.saw(s.c.vault.lookAt(ctx, s.Receipt, func(r receipt.Row) bool { return r.Live() && slices.Contains(before, r.To) }))
		_ = s.save(ctx) // before the form takes the rows along
	}
	if s.also && len(fresh) > 0 {
		s.c.also(ctx, s.in, s.share)
	}
	if failure != nil && (len(fresh) == 0 || !s.madePhrase) {
		s.keepForm(failure)
	}
	return sentTo(s.Receipt, failure)
}

// begin posts the receipt with everybody pending, or says in the form why
// nothing is stored, and returns how it ended.
func (s *sharing) begin(ctx context.Context) (ended outcome) {
	block, say := servable(s.c.words(s.in.userID), s.Receipt, s.share)
	if say != "" {
		ended = outcomeRejected
	} else {
		s.Phrase = !s.passphrase.IsZero()
		if s.Count(receipt.Row.Live) == 0 {
			s.Note, s.Remarks = s.note, ""
		}
		s.note = s.Note // which others may read already
		if !strings.Contains(s.Remarks, s.remarks) {
			s.Remarks += s.remarks // others may have another text
		}
		s.Receipt, _ = s.Fit() // ids and a host: all but the note always fits
		if s.save(ctx) != nil {
			s.drop()
			block, say, ended = text.BlockPeople, s.c.words(s.in.userID).NoReceipt, outcomeFailed
		}
	}
	if ended != "" {
		s.c.vault.uncount(ctx, s.share, len(s.to.People))
		s.r.problem(block, say, s.c.forms.with(s.in, s.st, s.share, say))
	}
	return ended
}

// conceal makes a secret for everybody who has none. It returns those that it
// made, and the gravest failure. If there is one, generated passwords are taken
// back: nobody knows them, so nobody could give them to the others.
func (s *sharing) conceal(ctx context.Context) ([]*stored, error) {
	fresh, failure := s.concealOnce(ctx)
	if failure != nil && len(fresh) == 0 && s.c.vault.strongerPhrase(ctx, &s.share, failure, s.Count(receipt.Row.Missing)) {
		fresh, failure = s.concealOnce(ctx)
	}
	if failure != nil && s.st.Generate {
		s.takeBack(ctx, fresh) // the rows say what could not be
		return nil, failure
	}
	return fresh, failure
}

func (s *sharing) concealOnce(ctx context.Context) (fresh []*stored, failure error) {
	made, failures := make([]*stored, len(s.Rows)), make([]error, len(s.Rows))
	each(len(s.Rows), func(i int) {
		row := &s.Rows[i]
		if !row.Missing() || !s.goesTo(row.To) {
			return
		}
		if made[i], failures[i] = s.c.vault.conceal(ctx, s.in, s.share); failures[i] != nil {
			row.Step, row.Why = receipt.Failed, reasonOf(failures[i])
		}
	})
	for i, one := range made {
		if one != nil {
			fresh = append(fresh, one)
			s.Stores(i, one.Shared, s.ttl)
		}
	}
	return fresh, gravest(failures)
}

// takeBack burns what was concealed, and says so in the rows. What OneTimeSecret
// didn't confirm to be burned stays there to be burned; its link goes to nobody.
// It returns one that was not burned, if there is any.
func (s *sharing) takeBack(ctx context.Context, fresh []*stored) (worst text.Undone) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	over := make([]text.Undone, len(fresh))
	each(len(fresh), func(i int) { over[i] = fresh[i].burn(ctx, text.HeldByNobody) })
	for n, one := range fresh {
		i := slices.IndexFunc(s.Rows, func(r receipt.Row) bool { return r.Key == one.MetadataKey.Reveal() })
		switch {
		case i < 0:
		case over[n].Fate.Final():
			s.Rows[i] = receipt.Row{To: s.Rows[i].To}
		default:
			s.Rows[i].Step, s.Rows[i].Why, s.Rows[i].Secret = receipt.NotSent, receipt.NotBurned, ""
		}
	}
	for _, one := range over {
		if worst = one; !one.Fate.Final() {
			break
		}
	}
	return worst
}

// undo burns what nobody could be told about, and says so once: in the form, if
// that isn't closed, since what it says may not be so any more.
func (s *sharing) undo(ctx context.Context, fresh []*stored, unseen, closed bool) {
	if len(fresh) == 0 {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	over := s.takeBack(ctx, fresh)
	over.Unseen = unseen
	w := s.c.words(s.in.userID)
	say := w.Undone(over)
	if !closed {
		s.r.show(w.ShareDone(w.NotDone(say)), text.Plain(say))
		return
	}
	_, _ = s.c.reach(ctx, s.share.creator, text.Plain(say), viaHook, viaDM, viaEphemeral)
}

// goesTo says of somebody that the rules were asked about them: a receipt may
// have changed since.
func (s share) goesTo(user string) bool {
	return slices.Contains(s.to.People, user) || slices.Contains(s.stored, user)
}

// servable says what a form from before a change of the receipt can't do: its
// people have their links by now, or those have another passphrase or note.
func servable(w *text.Printer, r receipt.Receipt, s share) (block, say string) {
	switch {
	case r.Count(func(row receipt.Row) bool { return row.Due() && s.goesTo(row.To) }) == 0:
		return text.BlockSecret, w.AllServed
	case r.Count(receipt.Row.Live) > 0 && r.Phrase == s.passphrase.IsZero():
		return text.BlockPhrase, w.PhraseOfAll(r.Phrase)
	case r.Count(receipt.Row.Live) > 0 && s.note != "" && s.note != r.Note:
		return text.BlockNote, w.ReceiptChanged
	}
	return "", ""
}

// keepForm leaves the form open for those who got nothing.
func (s *sharing) keepForm(failure error) {
	w, live := s.c.words(s.in.userID), s.Count(receipt.Row.Live)
	say := s.c.vault.notConcealed(s.in, failure, s.share, text.Attempt{More: live > 0})
	closed := say // to whoever doesn't see the form any more
	switch {
	case live == 0:
	case live > s.Count(receipt.Row.Out): // not every link is out
		say = w.Together(say, w.OthersOnReceipt)
		closed = say
	default:
		closed = w.Together(say, w.OthersServedReceipt)
		say = w.Together(say, w.OthersServedForm)
	}
	st, rest := s.st, s.Copy()
	st.Receipt, st.People, st.Note, st.Mail = &rest, nil, "", false
	s.r.again(s.c.forms.with(s.in, st, s.share, say)(), say, text.Plain(closed))
}
