package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/otsclient"
)

// share is what every way of sharing a secret fills in. All of them end here:
// conceal, then deliver. They differ only in where the ack stands.
type share struct {
	creator     person
	channel     string // where the link goes; "" gives it to the creator alone
	thread      string // ts of the thread in channel, if it goes there
	responseURL string // a way into channel for who is not a member
	secret      otsclient.Plaintext
	passphrase  otsclient.Plaintext
	ttl         time.Duration
	note        string   // everybody sees it
	also        bool     // the creator wants a link of their own too
	leaked      *leak    // the message that still shows the secret
	remarks     []string // what the receipt says besides
}

// conceal has OneTimeSecret keep the secret. It is never repeated: a request
// whose outcome is open may have made a secret already.
//
// From here on until deliver has come to an end, the secret counts as open
// work, which a stopping process waits for.
func (b *Bot) conceal(ctx context.Context, in *interaction, s share) (otsclient.Shared, error) {
	started := time.Now()
	shared, err := b.ots.Share(ctx, otsclient.ShareRequest{Secret: s.secret, Passphrase: s.passphrase, TTL: s.ttl})
	b.metrics.ots("share", started, err)
	if err != nil {
		b.log.Warn("conceal secret", zap.Error(err), zap.String("envelope_id", in.envelopeID))
		if errors.Is(err, otsclient.ErrOutcomeUnknown) {
			b.event(auditOutcomeUnproven, in)
		}
		return otsclient.Shared{}, err
	}
	in.fingerprint = shared.MetadataKey.Fingerprint()
	b.work.created(in.fingerprint)
	b.metrics.secrets.WithLabelValues(secretCreated).Inc()
	b.eventShared(in, s, shared)
	return shared, nil
}

func concealOutcome(err error) outcome {
	switch {
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
	known := false
	defer func() {
		if !known { // a panic on the way
			b.undo(ctx, in, s, shared)
		}
	}()
	h := handle{
		Key:     shared.MetadataKey.Reveal(),
		Path:    shared.ReceiptPath,
		Creator: s.creator.user,
		Channel: s.channel,
		Thread:  s.thread != "",
		Expires: time.Now().Add(shared.TTL).Unix(),
		Phrase:  shared.PassphraseRequired,
	}
	outcome, why := b.announce(ctx, in, s, b.ots.SecretLink(shared), &h)
	known = outcome == outcomePosted || outcome == outcomeViaURL
	waiting := status{asOf: time.Now(), state: otsclient.StateWaiting}
	receipt := b.receipt(h, waiting, append(why, remark(s, shared)...)...)
	if known {
		var cancel func()
		ctx, cancel = outlive(ctx) // the link is out, so its creator must hear of it, also while stopping
		defer cancel()
	}
	if err := b.reach(ctx, s.creator, receipt, viaDM, viaHook, viaEphemeral); err != nil {
		b.log.Warn("receipt not delivered", zap.Error(err), zap.String("fingerprint", in.fingerprint))
		if !known {
			known = true
			return b.undo(ctx, in, s, shared)
		}
		b.event(auditNoReceipt, in)
	}
	known = true
	b.work.settled(in.fingerprint)
	b.event(auditDelivered, in, zap.String("outcome", string(outcome)))
	b.adviseLeak(ctx, s)
	return outcome
}

// remark collects what the receipt says besides.
func remark(s share, shared otsclient.Shared) []string {
	remarks := s.remarks
	if s.leaked != nil {
		remarks = append(remarks, ":warning: "+sayOriginal)
	}
	if off := (s.ttl - shared.TTL).Abs(); off > time.Minute {
		remarks = append(remarks, "You asked for "+lifetime(s.ttl)+"; OneTimeSecret gives it "+lifetime(shared.TTL)+".")
	}
	return remarks
}

// announce posts the link into the conversation, first as the app, then by the
// response_url, and notes in h which it was. If neither works, or no
// conversation was wished, h carries the link to the creator, and why tells
// the reason.
//
// A post of which nobody can say whether it was made is repeated once in all,
// by either road: twice the same link is better than none, and more would be
// noise.
func (b *Bot) announce(ctx context.Context, in *interaction, s share, link string, h *handle) (outcome outcome, why []string) {
	if s.channel == "" {
		h.Road, h.Link = roadPrivate, link
		return outcomePrivate, nil
	}
	m := announcement(s.creator.user, link, h.expires(), h.Phrase, s.note)
	var ts string
	failed, code := twice(func() (f failure, code string) {
		ts, f, code = b.post(ctx, s.channel, m, inThread(s.thread))
		return f, code
	})
	if failed == none {
		h.Road, h.TS = roadPost, ts
		// The only DM that the app can post in is its own with the creator.
		h.Alone = strings.HasPrefix(s.channel, "D")
		return outcomePosted, nil
	}
	if failed == refused && s.responseURL != "" {
		// A response_url asks for no membership.
		hooked, hookCode := twice(func() (failure, string) {
			return b.hook(ctx, s.responseURL, hookMessage{
				Text: m.text, Blocks: m.blocks, ResponseType: inChannel, ThreadTS: s.thread,
			})
		})
		if hooked == none {
			h.Road = roadHook
			return outcomeViaURL, nil
		}
		failed = hooked
		if code == "channel_not_found" || code == "not_in_channel" {
			code = hookCode // says more than "not a member", which was expected
		}
	}
	b.event(auditDeliveryFailed, in, zap.String("code", code), zap.Bool("unproven", failed == unproven))
	h.Road, h.Link = roadPrivate, link
	return outcomeNotPosted, []string{":warning: " + whyNotPosted(failed, code)}
}

// twice posts, and posts once more if the outcome of the first is open. If the
// second fails as well, in whatever way, the outcome stays open.
func twice(post func() (failure, string)) (failure, string) {
	f, code := post()
	if f == unproven {
		if second, _ := post(); second == none {
			return none, ""
		}
	}
	return f, code
}

// undo burns a secret whose link nobody got.
func (b *Bot) undo(ctx context.Context, in *interaction, s share, shared otsclient.Shared) outcome {
	ctx, cancel := outlive(ctx)
	defer cancel()
	started := time.Now()
	err := b.ots.Burn(ctx, shared.MetadataKey, s.passphrase)
	b.metrics.ots("burn", started, err)
	if err != nil {
		b.metrics.secrets.WithLabelValues(secretUndelivered).Inc()
		b.log.Error("secret left undelivered", zap.Error(err), zap.String("fingerprint", in.fingerprint))
		return outcomeOrphaned
	}
	b.work.settled(in.fingerprint)
	b.metrics.secrets.WithLabelValues(secretBurned).Inc()
	b.event(auditBurned, in, zap.String("outcome", string(outcomeUndone)))
	_ = b.reach(ctx, s.creator, plain(sayGaveUp), viaHook, viaDM)
	return outcomeUndone
}
