package bot

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
)

// asked is what a payload asks for: what kind of thing it is, in Slack's words,
// and the name that this app gave to the button, form or shortcut.
type asked struct{ what, name string }

// Slack's words for what a payload is.
const (
	commands  = socketmode.Commands // of the envelope
	buttons   = string(slack.InteractionTypeBlockActions)
	forms     = string(slack.InteractionTypeViewSubmission)
	shortcuts = string(slack.InteractionTypeShortcut)
	onMessage = string(slack.InteractionTypeMessageAction)
	events    = socketmode.Events

	eventHomeOpened = "app_home_opened" // the one event that a person does
)

// handler is what answers it.
type handler struct {
	kind   string // as log, metrics and audit name it
	answer func(*Bot, context.Context, *interaction, payload.Payload, ackFunc) result
}

// handlers is all that people can do. What isn't here, nothing answers.
var handlers = map[asked]handler{
	{commands, ""}:               {kind: "command", answer: (*Bot).command},
	{onMessage, callbackMessage}: {kind: "message_shortcut", answer: (*Bot).fromMessage},
	{shortcuts, callbackGlobal}:  {kind: "global_shortcut", answer: (*Bot).globalShortcut},

	{shortcuts, callbackAsk}:         {kind: "ask", answer: (*Bot).askShortcut},
	{buttons, text.ActionAsk}:        {kind: "ask", answer: (*Bot).askPressed},
	{forms, text.CallbackAsk}:        {kind: "ask_form", answer: (*Bot).ask},
	{forms, text.CallbackAskWorking}: {kind: "ask_form", answer: (*Bot).ask},
	{buttons, text.ActionAnswer}:     {kind: "answer", answer: (*Bot).openAnswer},
	{buttons, text.ActionDecline}:    {kind: "decline", answer: (*Bot).openDecline},
	{forms, text.CallbackDecline}:    {kind: "decline", answer: (*Bot).declined},
	{buttons, text.ActionRemind}:     {kind: "remind", answer: (*Bot).remind},
	{buttons, text.ActionWithdraw}:   {kind: "withdraw", answer: (*Bot).withdraw},

	{forms, text.CallbackForm}:       {kind: "form", answer: (*Bot).form},
	{forms, text.CallbackWorking}:    {kind: "form", answer: (*Bot).form},
	{forms, text.CallbackBurn}:       {kind: "burn_passphrase", answer: (*Bot).burnSubmitted},
	{forms, text.CallbackSendPhrase}: {kind: "send_passphrase", answer: (*Bot).sendPhrase},

	{buttons, text.ActionMoreRoom}:   {kind: "form_button", answer: (*Bot).formButton},
	{buttons, text.ActionGenerate}:   {kind: "form_button", answer: (*Bot).formButton},
	{buttons, text.ActionType}:       {kind: "form_button", answer: (*Bot).formButton},
	{buttons, text.ActionMakePhrase}: {kind: "form_button", answer: (*Bot).formButton},
	{buttons, text.ActionTypePhrase}: {kind: "form_button", answer: (*Bot).formButton},
	{buttons, text.ActionMail}:       {kind: "form_button", answer: (*Bot).formButton},
	{buttons, text.ActionNoMail}:     {kind: "form_button", answer: (*Bot).formButton},

	{buttons, receipt.ActionCheck}:      {kind: "check", answer: (*Bot).check},
	{buttons, receipt.ActionBurn}:       {kind: "burn", answer: (*Bot).burn},
	{buttons, receipt.ActionBurnRow}:    {kind: "burn", answer: (*Bot).burn},
	{buttons, text.ActionBurnKept}:      {kind: "burn", answer: (*Bot).burnKept},
	{buttons, receipt.ActionTell}:       {kind: "tell", answer: (*Bot).tellMe},
	{buttons, receipt.ActionSendAgain}:  {kind: "send_again", answer: (*Bot).sendAgain},
	{buttons, receipt.ActionSendPhrase}: {kind: "send_passphrase", answer: (*Bot).askPhraseToSend},
	{buttons, receipt.ActionReopen}:     {kind: "open_form", answer: (*Bot).openAnew},

	{events, eventHomeOpened}:             {kind: "home", answer: (*Bot).homeOpened},
	{buttons, text.ActionHomePage + "_0"}: {kind: "home", answer: (*Bot).turnHome},
	{buttons, text.ActionHomePage + "_1"}: {kind: "home", answer: (*Bot).turnHome},
	{buttons, text.ActionHomeBurnAll}:     {kind: "burn", answer: (*Bot).burnAllKept},

	{buttons, text.ActionLive}: {kind: "live_check", answer: (*Bot).liveBegin},
	{forms, text.CallbackLive}: {kind: "live_check", answer: (*Bot).liveSent},

	{buttons, text.ActionCannot}: {kind: "cannot_open", answer: (*Bot).cannotOpen},
}

// Events are those of Slack's that the app is subscribed to.
func Events() (names []string) {
	for asked := range handlers {
		if asked.what == events {
			names = append(names, asked.name)
		}
	}
	slices.Sort(names)
	return names
}

// asks reads what a payload asks for; what it is none of has no name. Where its type
// can't be read, its other fields show it. Of what isn't a command, only a form takes a
// payload in its ack.
func (in *interaction) asks(p payload.Payload) asked {
	if in.kind == events {
		return asked{events, p.Event.Type}
	}
	if in.kind == commands {
		return asked{commands, ""}
	}
	var pressed string
	if len(p.Actions) > 0 {
		pressed = p.Actions[0].ActionID
	}
	switch odd := p.Type == ""; {
	case in.kind != socketmode.Interactive, isNotOurs(p.Type):
	case p.Type == buttons:
		return asked{buttons, pressed}
	case p.Type == shortcuts, p.Type == onMessage:
		return asked{p.Type, p.CallbackID}
	case p.Type == forms, in.accepts:
		return asked{forms, p.View.CallbackID}
	case odd && pressed != "":
		return asked{buttons, pressed}
	case odd && p.Message != nil:
		return asked{onMessage, p.CallbackID}
	case odd:
		return asked{shortcuts, p.CallbackID}
	}
	return asked{}
}

// isNotOurs is true of what the app has no use for, and Slack may yet send of its
// forms: that must not count as a form that was sent.
func isNotOurs(kind string) bool {
	return kind == string(slack.InteractionTypeBlockSuggestion) || kind == string(slack.InteractionTypeViewClosed)
}

// route has what was asked for answered.
func (b *Bot) route(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	asked := in.asks(p)
	h, ok := handlers[asked]
	switch {
	case asked.what == forms && in.odd && (ok || asked.name == ""):
		return b.unreadForm(ctx, in, ack)
	case ok && in.userID == "" && !in.nobody:
		return b.unreadable(ctx, in, asked.what, ack)
	case ok:
		in.kind = h.kind
		if asked.what == buttons && p.View.Type == string(slack.VTHomeTab) {
			defer b.homes.pressed(ctx, in.userID)
		}
		return h.answer(b, ctx, in, p, ack)
	}
	// What nothing answers gets an empty ack, which keeps Slack from redelivering
	// it. A form stays open with what was typed: such an ack would close it.
	ended := b.unmatched(in, p)
	if asked.what == forms && !p.View.AsksNothing() {
		b.refuseWhole(ctx, in, ack, b.words(in.userID).StaleForm)
		return outcomeRefused
	}
	return ended
}

// unreadForm refuses a form, at each field that can't be read.
func (b *Bot) unreadForm(ctx context.Context, in *interaction, ack ackFunc) outcome {
	in.kind = "unreadable"
	problems := map[string]string{}
	for _, block := range in.unread {
		problems[in.field(block)] = b.words(in.userID).FieldUnread
	}
	if len(problems) == 0 {
		problems[in.field("")] = b.words(in.userID).FormUnread
	}
	b.refuseForm(ctx, in, ack, problems)
	return outcomeUnreadable
}

// unreadable answers a payload without what is needed, such as who did it: then only
// an ack or a response_url can say so. The payload is in no log: it holds what was
// typed.
func (b *Bot) unreadable(ctx context.Context, in *interaction, what string, ack ackFunc) outcome {
	in.kind = "unreadable"
	w := b.words(in.userID)
	switch what {
	case forms:
		b.refuseWhole(ctx, in, ack, w.FormUnread)
	case commands:
		b.answer(ctx, in, ack, text.Plain(w.Unreadable))
	default:
		_ = ack(nil)
		b.tell(ctx, in, w.Unreadable)
	}
	return outcomeUnreadable
}
