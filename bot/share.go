package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// share is what every way of sharing a secret fills in. All of them end here:
// conceal, then deliver. They differ only in where the ack stands.
type share struct {
	creator     person
	channel     string   // where the link goes; "" gives it to the creator alone
	people      []string // who get a link each instead, see people.go
	stored      []string // who get one that is stored already, besides
	mail        string   // address that OneTimeSecret mails the link to, instead
	thread      string   // ts of the thread in channel, if it goes there
	responseURL string   // a way into channel for who is not a member
	secret      otsclient.Plaintext
	passphrase  otsclient.Plaintext
	madePhrase  bool // the passphrase was generated
	ttl         time.Duration
	note        string // everybody sees it
	also        bool   // the creator wants a link of their own too
	leaked      *leak  // the message that still shows the secret
	remarks     string // what is odd about the text, see remarks.go
	counted     bool   // it counts for its creator's hour
}

// conceal has OneTimeSecret keep the secret. It is never repeated: a request
// whose outcome is open may have made a secret already.
//
// From here on until deliver has come to an end, the secret counts as open
// work, which a stopping process waits for.
func (b *Bot) conceal(ctx context.Context, in *interaction, s share) (otsclient.Shared, error) {
	started := time.Now()
	shared, err := b.ots.Share(ctx, otsclient.ShareRequest{Secret: s.secret, Passphrase: s.passphrase, TTL: s.ttl, Recipient: s.mail})
	b.metrics.ots("share", started, err)
	if err != nil {
		b.log.Warn("conceal secret", zap.Error(err), zap.String("envelope_id", in.envelopeID))
		if errors.Is(err, otsclient.ErrOutcomeUnknown) {
			b.event(auditOutcomeUnproven, in)
		} else {
			b.uncount(s, 1)
		}
		return otsclient.Shared{}, err
	}
	in.fingerprint = shared.MetadataKey.Fingerprint()
	b.work.created(in.fingerprint)
	b.metrics.secrets.WithLabelValues(secretCreated).Inc()
	b.eventShared(in, s, shared)
	if shared.TTL > b.longestTTL()+time.Minute {
		return otsclient.Shared{}, b.refuseLifetime(ctx, in, s, shared)
	}
	return shared, nil
}

// lifetimeError says that OneTimeSecret would keep a secret for longer than
// anybody may have one here, so it was burned.
type lifetimeError struct {
	granted, most time.Duration
	leftLive      bool // it could not be burned
}

func (e *lifetimeError) Error() string {
	return "OneTimeSecret gives a longer lifetime than is allowed"
}

// longestTTL is the most that anyone gets.
func (b *Bot) longestTTL() time.Duration { return max(b.cfg.TTL, slices.Max(b.cfg.TTLChoices)) }

// refuseLifetime burns a secret that would outlive the longest lifetime that
// the admin allows: some versions and some settings of OneTimeSecret ignore
// the one that was asked for.
func (b *Bot) refuseLifetime(ctx context.Context, in *interaction, s share, shared otsclient.Shared) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	b.uncount(s, 1)
	err := b.burnOrphan(ctx, in, s, shared)
	return &lifetimeError{granted: shared.TTL, most: b.longestTTL(), leftLive: err != nil}
}

func concealOutcome(err error) outcome {
	var tooLong *lifetimeError
	switch {
	case errors.As(err, &tooLong) && tooLong.leftLive:
		return outcomeOrphaned
	case errors.As(err, &tooLong):
		return outcomeUndone
	case errors.Is(err, otsclient.ErrRejected):
		return outcomeRejected
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return outcomeUncertain
	}
	return outcomeFailed
}

// deliver brings the link to where it belongs and the receipt to its creator.
// It tries, in this order: chat.postMessage; the response_url; the creator
// privately; and if not even that works, it burns the secret. So no secret is
// left that nobody knows of, also when ctx ends in the middle or a road panics.
func (b *Bot) deliver(ctx context.Context, in *interaction, s share, shared otsclient.Shared) outcome {
	announced, told := false, false
	defer func() {
		switch {
		case told:
		case announced: // a panic on the way to the creator: the link is out all the same
			b.work.settled(in.fingerprint)
		default:
			b.undo(ctx, in, s, shared, sayGaveUp)
		}
	}()
	h, ok := newHandle(s, shared).fitted()
	if !ok { // a receipt whose buttons would be dead
		b.log.Error("secret has no receipt that fits", zap.String("fingerprint", in.fingerprint))
		told = true
		return b.undo(ctx, in, s, shared, sayGaveUp)
	}
	outcome := b.announce(ctx, in, s, b.ots.SecretLink(shared), &h)
	announced = outcome == outcomePosted || outcome == outcomeViaURL || outcome == outcomeMailed
	if announced {
		// The link is out, so its creator must hear of it, also while stopping.
		var cancel func()
		ctx, cancel = outlive(ctx)
		defer cancel()
	}
	way, err := b.reach(ctx, s.creator, b.receipt(h, status{asOf: time.Now(), state: otsclient.StateWaiting}), viaDM, viaHook, viaEphemeral)
	told = true
	if err != nil {
		b.log.Warn("receipt not delivered", zap.Error(err), zap.String("fingerprint", in.fingerprint))
		if !announced {
			return b.undo(ctx, in, s, shared, sayGaveUp)
		}
		b.event(auditNoReceipt, in)
	}
	in.receipt = way
	b.work.settled(in.fingerprint)
	b.event(auditDelivered, in, zap.String("outcome", string(outcome)))
	b.adviseLeak(ctx, s)
	return outcome
}

// newHandle is what the receipt will say and its buttons need, but for the way
// that the link goes. It has the link as long as nobody else does.
func newHandle(s share, shared otsclient.Shared) handle {
	granted := shared.TTL
	if granted <= 0 {
		granted = s.ttl // the server didn't say
	}
	h := handle{
		Key:     shared.MetadataKey.Reveal(),
		Path:    shared.ReceiptPath,
		Creator: s.creator.user,
		Channel: s.channel,
		Note:    s.note,
		Expires: time.Now().Add(granted).Unix(),
		Phrase:  shared.PassphraseRequired || !s.passphrase.IsZero(),
		Leak:    s.leaked != nil,
		Remarks: s.remarks,
		Secret:  shared.SecretKey.Reveal(),
		Domain:  shared.ShareDomain,
		Road:    roadPrivate,
		Mail:    strings.Join(shared.Recipients, ", "),
	}
	if s.leaked != nil {
		h.Original = s.leaked.Facts.Brief()
	}
	if (s.ttl - granted).Abs() > time.Minute {
		h.Asked, h.Given = int64(s.ttl/time.Second), int64(granted/time.Second)
	}
	return h
}

// announce posts the link into the conversation, first as the app, then by the
// response_url, and notes in h which it was. If neither works, or no
// conversation was wished, h carries the link to the creator, and the reason.
//
// A post of which nobody can say whether it was made is repeated once in all,
// by either road: twice the same link is better than none, and more would be
// noise.
func (b *Bot) announce(ctx context.Context, in *interaction, s share, link string, h *handle) outcome {
	switch {
	case s.mail != "" && h.Mail != "":
		h.went(roadMail)
		return outcomeMailed
	case s.mail != "":
		h.Why = notMailedCode
		return outcomeNotPosted
	case s.channel == "":
		return outcomePrivate
	}
	m := announcement(s.creator.user, link, h.expires(), h.Phrase, s.note)
	var at slackapi.Place
	posted := slackapi.Twice(func() (r slackapi.Result) {
		at, r = b.slack.Post(ctx, s.channel, m, s.thread)
		return r
	})
	if posted.OK() {
		h.went(roadPost)
		h.TS, h.Thread = at.TS, at.Thread != ""
		h.Astray = s.thread != "" && !h.Thread
		// The only DM that the app can post in is its own with the creator.
		h.Alone = strings.HasPrefix(s.channel, "D")
		return outcomePosted
	}
	if posted.Refused() && s.responseURL != "" && posted.Code.HookMayHelp() {
		hooked := slackapi.Twice(func() slackapi.Result {
			return b.slack.Respond(ctx, s.responseURL, slackapi.Answer{
				Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.InChannel, ThreadTS: s.thread,
			})
		})
		if hooked.OK() {
			h.went(roadHook)
			h.Astray = s.thread != "" // Slack doesn't say where it went
			return outcomeViaURL
		}
		posted.Unproven = hooked.Unproven
		if posted.Code.NotMember() {
			posted.Code = hooked.Code // says more than "not a member", which was expected
		}
	}
	b.event(auditDeliveryFailed, in, zap.String("code", string(posted.Code)), zap.Bool("unproven", posted.Unproven))
	h.Why = string(posted.Code)
	if posted.Unproven {
		h.Road, h.Why = roadPerhaps, unprovenCode
	}
	return outcomeNotPosted
}

// went notes that the link is out by a road, so that its receipt has it no more.
func (h *handle) went(r road) { h.Road, h.Secret, h.Domain = r, "", "" }

// undo burns a secret whose link nobody got, and tells its creator say, or that
// it did not work, by whatever road there is. Half of the time is for telling.
func (b *Bot) undo(ctx context.Context, in *interaction, s share, shared otsclient.Shared, say string) outcome {
	ctx, cancel := outlive(ctx)
	defer cancel()
	outcome := outcomeUndone
	if b.burnOrphan(ctx, in, s, shared) != nil {
		say, outcome = sayLeftLive+plainMoment(newHandle(s, shared).expires())+".", outcomeOrphaned
	}
	in.undone = say
	_, _ = b.reach(ctx, s.creator, plain(say), viaHook, viaDM, viaEphemeral)
	return outcome
}

// burnOrphan burns a secret that nobody was told about, in half of the time
// that ctx has, which comes from outlive.
func (b *Bot) burnOrphan(ctx context.Context, in *interaction, s share, shared otsclient.Shared) error {
	deadline, _ := ctx.Deadline()
	burning, stop := context.WithTimeout(ctx, min(time.Until(deadline)/2, slackapi.CallTimeout))
	defer stop()
	in = in.about(shared.MetadataKey.Fingerprint())
	started := time.Now()
	err := b.ots.Burn(burning, shared.MetadataKey, s.passphrase)
	b.metrics.ots("burn", started, err)
	if err != nil { // the answer may be lost and the secret burned all the same
		if meta, unread := b.ots.Metadata(burning, shared.MetadataKey); unread == nil && meta.State == otsclient.StateBurned {
			err = nil
		}
	}
	if err != nil {
		b.metrics.secrets.WithLabelValues(secretUndelivered).Inc()
		b.log.Error("secret left undelivered", zap.Error(err), zap.String("fingerprint", in.fingerprint))
		b.event(auditLeftLive, in)
		return err
	}
	b.work.settled(in.fingerprint)
	b.metrics.secrets.WithLabelValues(secretBurned).Inc()
	b.event(auditBurned, in, zap.String("outcome", string(outcomeUndone)))
	return nil
}
