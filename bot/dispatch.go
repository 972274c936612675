package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// payloadHead is what is read of a payload before it is known whether the
// rest can be: slack-go refuses a whole payload for one block that it does not
// know, and any other app's message can hold one.
type payloadHead struct {
	Type        string `json:"type"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	// A slash command has flat fields.
	TeamID    string `json:"team_id"`
	ChannelID string `json:"channel_id"`
	UserID    string `json:"user_id"`
	// An interaction has objects.
	Team       struct{ ID string } `json:"team"` // null in an Enterprise Grid
	Enterprise struct{ ID string } `json:"enterprise"`
	Channel    struct{ ID string } `json:"channel"`
	User       struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	View struct {
		Blocks []struct {
			Type    string `json:"type"`
			BlockID string `json:"block_id"`
		} `json:"blocks"`
	} `json:"view"`
}

// inputs are where problems of a form can stand.
func (h payloadHead) inputs() (blocks []string) {
	for _, block := range h.View.Blocks {
		if block.Type == string(slack.MBTInput) {
			blocks = append(blocks, block.BlockID)
		}
	}
	return blocks
}

// take is called on the socket's reader: it finds out whether the envelope is
// new and whether there is room, and hands over. All that it may wait for is
// the writing of an ack, which ends by its deadline and then closes the socket.
func (b *Bot) take(conn *socket, f frame) {
	started := time.Now()
	var head payloadHead
	// A field of the wrong type leaves the others readable; what matters here
	// is the trigger, and the envelope id alone does if there is none.
	_ = json.Unmarshal(f.Payload, &head)

	arrival := delivered{conn, f.EnvelopeID}
	keys := []string{"envelope " + f.EnvelopeID, prefixed("trigger ", head.TriggerID)}
	answer, first := b.once.first(keys...)
	if !first {
		b.log.Info("envelope seen again", zap.String("envelope_id", f.EnvelopeID))
		answer.repeat(arrival)
		return
	}
	in := &interaction{
		kind:        f.Type,
		payloadType: head.Type,
		inputs:      head.inputs(),
		envelopeID:  f.EnvelopeID,
		teamID:      either(either(head.TeamID, head.Team.ID), either(head.User.TeamID, head.Enterprise.ID)),
		channelID:   either(head.ChannelID, head.Channel.ID),
		userID:      either(head.UserID, head.User.ID),
		responseURL: head.ResponseURL,
		accepts:     f.accepts(head.Type),
		started:     started,
	}
	work, ok := b.work.begin()
	if !ok {
		b.busy(in, answer, arrival, keys)
		return
	}
	go b.handle(work, in, f, answer, arrival)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// busy refuses at once what there is no room for. Where the ack can say it, no
// call is made; buttons and shortcuts need one, and few of those at a time. Past
// those there is no ack: Slack then says itself that it failed, and delivers it
// again, perhaps to a replica that has room.
func (b *Bot) busy(in *interaction, answer *answer, arrival delivered, keys []string) {
	b.metrics.busy.Inc()
	b.log.Warn("interaction refused: busy", zap.String("kind", in.kind), zap.String("envelope_id", in.envelopeID))
	var payload any
	switch {
	case in.accepts && in.kind == "slash_commands":
		payload = ephemeralAck(sayBusy)
	case in.accepts && len(in.inputs) > 0:
		payload = fieldErrors(in.field(""), sayBusy)
	default:
		select {
		case b.apologies <- struct{}{}:
			go func() {
				defer func() { <-b.apologies }()
				b.tell(b.work.context(), in, sayBusy)
			}()
		default:
			b.once.forget(keys...)
			return
		}
	}
	encoded, _ := encodeAck(payload) // a sentence always fits
	_ = answer.give(arrival, encoded)
}

// handle works on one envelope, on a goroutine of its own.
func (b *Bot) handle(ctx context.Context, in *interaction, f frame, answer *answer, arrival delivered) {
	defer b.work.end()
	in.reack = func(payload any) {
		if encoded, err := encodeAck(payload); err == nil && in.accepts {
			answer.change(encoded)
		}
	}
	ack := func(payload any) error {
		encoded, invalid := encodeAck(payload)
		if encoded != nil && !in.accepts {
			encoded, invalid = nil, errNoAckPayload
		}
		// An ack goes out in any case; the caller learns that it said nothing.
		err := answer.give(arrival, encoded)
		if !errors.Is(err, errAckedAlready) {
			in.ackedAt = time.Now()
			b.work.acked()
		}
		return errors.Join(invalid, err)
	}
	// Whatever happens, Slack gets its ack: else it redelivers for ever.
	defer func() { _ = ack(nil) }()
	defer func() {
		if value := recover(); value != nil {
			_ = ack(nil)
			b.panicked(ctx, in, value)
		}
	}()
	outcome := b.dispatch(ctx, in, f, ack)
	_ = ack(nil)
	b.summarize(in, outcome)
}

var (
	errNoAckPayload = errors.New("envelope takes no payload in its ack")
	errAckTooLarge  = errors.New("ack is larger than Slack reads")
)

func encodeAck(payload any) (json.RawMessage, error) {
	if payload == nil {
		return nil, nil
	}
	var data bytes.Buffer
	encode := json.NewEncoder(&data)
	encode.SetEscapeHTML(false) // "<" as \u003c would spend the frame on escapes
	if err := encode.Encode(payload); err != nil {
		return nil, errors.New("encode ack")
	}
	if data.Len() > maxAckPayload {
		return nil, errAckTooLarge
	}
	return bytes.TrimSpace(data.Bytes()), nil
}

// dispatch decodes the payload and calls the handler of what the person did.
// Decoding happens here and not on the reader.
func (b *Bot) dispatch(ctx context.Context, in *interaction, f frame, ack ackFunc) outcome {
	switch f.Type {
	case "slash_commands":
		var cmd slack.SlashCommand
		if json.Unmarshal(f.Payload, &cmd) != nil {
			return b.unreadable(ctx, in, ack)
		}
		in.kind = "command"
		return b.command(ctx, in, cmd, ack)
	case "interactive":
		if in.payloadType == string(slack.InteractionTypeMessageAction) {
			in.kind = "message_shortcut"
			return b.fromMessage(ctx, in, f.Payload, ack)
		}
		var cb slack.InteractionCallback
		if json.Unmarshal(f.Payload, &cb) != nil {
			return b.unreadable(ctx, in, ack)
		}
		return b.interactive(ctx, in, cb, ack)
	}
	// Nothing else is subscribed to; an ack keeps Slack from redelivering it.
	return outcomeIgnored
}

func (b *Bot) interactive(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) outcome {
	switch cb.Type {
	case slack.InteractionTypeViewSubmission:
		switch cb.View.CallbackID {
		case callbackForm, callbackWorking:
			in.kind = "form"
			return b.form(ctx, in, cb, ack)
		case callbackPassphrase:
			in.kind = "burn_passphrase"
			return b.burnWithPassphrase(ctx, in, cb, ack)
		case callbackSendPhrase:
			in.kind = "send_passphrase"
			return b.sendPhrase(ctx, in, cb, ack)
		}
	case slack.InteractionTypeBlockActions:
		if len(cb.ActionCallback.BlockActions) == 0 {
			return outcomeIgnored
		}
		return b.button(ctx, in, cb, cb.ActionCallback.BlockActions[0], ack)
	case slack.InteractionTypeShortcut:
		if cb.CallbackID == callbackGlobal {
			in.kind = "global_shortcut"
			return b.globalShortcut(ctx, in, cb, ack)
		}
	}
	return outcomeIgnored
}

func (b *Bot) button(ctx context.Context, in *interaction, cb slack.InteractionCallback, pressed *slack.BlockAction, ack ackFunc) outcome {
	switch pressed.ActionID {
	case actionCheck:
		in.kind = "check"
		return b.check(ctx, in, cb, pressed.Value, ack)
	case actionBurn:
		in.kind = "burn"
		return b.burn(ctx, in, cb, pressed.Value, ack)
	case actionCheckAll:
		in.kind = "check"
		return b.checkAll(ctx, in, cb, ack)
	case actionBurnOne, actionBurnAll:
		in.kind = "burn"
		return b.burnSome(ctx, in, cb, pressed.Value, pressed.ActionID == actionBurnOne, ack)
	case actionSendAgain:
		in.kind = "send_again"
		return b.sendAgain(ctx, in, cb, ack)
	case actionSendPhrase:
		in.kind = "send_passphrase"
		return b.askPhraseToSend(ctx, in, cb, ack)
	case actionCannot:
		in.kind = "cannot_open"
		return b.cannotOpen(ctx, in, cb, pressed.Value, ack)
	case actionAfresh:
		in.kind = "open_form"
		return b.shareAfresh(ctx, in, cb, pressed.Value, ack)
	case actionReopen:
		in.kind = "open_form"
		return b.reopen(ctx, in, cb, formState{}, ack)
	case actionMoreRoom, actionGenerate, actionType, actionMakePhrase, actionTypePhrase, actionMail, actionNoMail:
		in.kind = "form_button"
		return b.formButton(ctx, in, cb, pressed.ActionID, ack)
	}
	return outcomeIgnored
}

// unreadable answers a payload that slack-go cannot decode. The payload is in
// no log: it holds what was typed.
func (b *Bot) unreadable(ctx context.Context, in *interaction, ack ackFunc) outcome {
	in.kind = "unreadable"
	_ = ack(nil) // first: nothing that follows needs the three seconds
	b.tell(ctx, in, sayUnreadable)
	return outcomeUnreadable
}
