package bot

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// share is what every way of sharing fills in. It is concealed (conceal.go), and
// then delivered: here if it has one link, in people.go if it has several.
type share struct {
	creator     person
	to          receipt.Destination // where the link goes; with people, see people.go
	stored      []string            // who get one that is stored already, besides
	responseURL string              // a way into the conversation for who is not a member
	secret      otsclient.Plaintext
	passphrase  otsclient.Plaintext
	madePhrase  bool // the passphrase was generated
	ttl         time.Duration
	note        string // everybody sees it
	also        bool   // the creator wants a link of their own too
	leaked      *leak  // the message that its form was opened from
	remarks     string // what is odd about the text, see remarks.go
	tell        bool   // the creator wishes to hear that it was opened
	counted     bool   // it counts for its creator's hour
}

// receipt is that of the share before anything is stored.
func (s share) receipt() receipt.Receipt {
	r := receipt.New(s.creator.user, s.to, time.Now().Add(s.ttl), !s.passphrase.IsZero())
	r.Note, r.Remarks, r.Tell = s.note, s.remarks, s.tell
	if s.leaked != nil {
		r.Original = &s.leaked.says
	}
	return r
}

// delivery is what became of a share.
type delivery struct {
	outcome outcome
	told    via    // how its creator got the receipt
	undone  string // what was said if nobody could be told and it was undone
}

// courier brings links to where they belong, and receipts to who shares: those of
// one secret here, those of several people in people.go.
type courier struct {
	*voice
	vault  *vault
	ledger *ledger
	forms  *secretForms // which stay open for whoever got nothing
}

// deliver brings the link to where it belongs and the receipt to its creator.
// It tries, in this order: chat.postMessage; the response_url; the creator
// privately; and if not even that works, it burns the secret. So no secret is
// left that nobody knows of, also when ctx ends in the middle or a road panics.
func (c *courier) deliver(ctx context.Context, s *stored) (d delivery) {
	announced, told, link := false, false, s.mailed()
	defer func() {
		switch {
		case told:
		case announced: // a panic on the way to the creator: the link is out all the same
			s.settled()
		default:
			s.undo(ctx, link, false)
		}
	}()
	r, ok := s.receipt().Fit()
	if !ok { // a receipt whose buttons would be dead
		c.log.Error("secret has no receipt that fits", zap.String("fingerprint", s.fingerprint()))
		told = true
		return s.undo(ctx, link, false)
	}
	if s.to.Sort == receipt.ToConversation { // until it is known to be refused
		link = text.PerhapsPosted
	}
	d.outcome = c.announce(ctx, s, &r)
	announced = r.Rows[0].Step == receipt.Sent
	if r.Rows[0].Step == receipt.NotSent {
		link = text.HeldByNobody
	}
	if announced {
		// The link is out, so its creator must hear of it, also while stopping.
		var cancel func()
		ctx, cancel = outlive(ctx)
		defer cancel()
	}
	var err error
	_ = c.ledger.change(ctx, s.in, r, func(w *writing) { // nobody else has it yet
		if d.told, err = w.post(ctx); err != nil {
			w.drop()
		}
	})
	told = true
	if err != nil {
		c.log.Warn("receipt not delivered", zap.Error(err), zap.String("fingerprint", s.fingerprint()))
		if !announced {
			if link == text.HeldByNobody && perhapsReached(err) {
				link = text.PerhapsYours // it stands on the receipt
			}
			return s.undo(ctx, link, false)
		}
		c.event(auditNoReceipt, s.in)
	}
	s.settled()
	c.event(auditDelivered, s.in, zap.String("outcome", string(d.outcome)))
	c.adviseLeak(ctx, s.share)
	return d
}

// receipt is that of a share with one secret, before its link went anywhere.
func (s *stored) receipt() receipt.Receipt {
	r := s.share.receipt()
	r.Stores(0, s.Shared, s.ttl)
	r.Phrase = r.Phrase || s.PassphraseRequired
	r.To.Mail = strings.Join(s.Recipients, ", ")
	r.Rows[0].Seen = receipt.Seen{Fate: receipt.Waiting, AsOf: time.Now().Unix()}
	return r
}

// announce posts the link into the conversation, first as the app, then by the
// response_url, and notes in r how it went. If neither works, or no conversation
// was wished, r carries the link to the creator, and the reason.
//
// A post of which nobody can say whether it was made is repeated once in all,
// by either road: twice the same link is better than none, and more would be
// noise.
func (c *courier) announce(ctx context.Context, s *stored, r *receipt.Receipt) outcome {
	row := &r.Rows[0]
	row.Step = receipt.NotSent
	switch {
	case s.to.Sort == receipt.ToOneself:
		return outcomePrivate
	case s.to.Sort == receipt.ToMail && r.To.Mail == "":
		row.Why = receipt.NotMailed
		return outcomeNotPosted
	case s.to.Sort == receipt.ToMail:
		row.Went(slackapi.Place{})
		return outcomeMailed
	}
	m := c.words(everyone).Announcement(text.Shared{Creator: s.creator.user, Link: c.ledger.link(*r, *row), Expires: r.Ends(), Phrase: r.Phrase, Note: s.note})
	var at slackapi.Place
	posted := slackapi.Twice(func() (r slackapi.Result) {
		at, r = c.slack.Post(ctx, s.to.Channel, m, s.to.Thread)
		return r
	})
	if posted.OK() {
		row.Went(slackapi.Place{Channel: s.to.Channel, TS: at.TS, Thread: at.Thread})
		return outcomePosted
	}
	if posted.Refused() && s.responseURL != "" && posted.Code.HookMayHelp() {
		hooked := slackapi.Twice(func() slackapi.Result {
			return c.slack.Respond(ctx, s.responseURL, slackapi.Answer{
				Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.InChannel, ThreadTS: s.to.Thread,
			})
		})
		if hooked.OK() {
			row.Went(slackapi.Place{}) // Slack doesn't say where it went
			return outcomeViaURL
		}
		posted.Unproven = hooked.Unproven
		if posted.Code.NotMember() {
			posted.Code = hooked.Code // says more than "not a member", which was expected
		}
	}
	c.event(auditDeliveryFailed, s.in, zap.String("code", string(posted.Code)), zap.Bool("unproven", posted.Unproven))
	row.Why = string(posted.Code)
	if posted.Unproven {
		row.Step, row.Why = receipt.Perhaps, receipt.Unproven
	}
	return outcomeNotPosted
}

// also gives the creator a link of their own to a generated password: a
// second secret, since a link works once.
func (c *courier) also(ctx context.Context, in *interaction, s share) {
	s.to, s.also = receipt.Oneself(), false
	kept, err := c.vault.conceal(ctx, in, s)
	if err != nil {
		w := c.words(in.userID)
		c.tell(ctx, in, w.Together(w.NoSecondLink, c.vault.notConcealed(in, err, s, text.Attempt{More: true, Once: true})))
		return
	}
	c.deliver(ctx, kept)
}
