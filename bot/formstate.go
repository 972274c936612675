package bot

import (
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// formState is what a form remembers of itself, sealed, in private_metadata.
// Nothing of the secret is in it.
type formState struct {
	text.Shape                  // what it shows; Note is that of what is shared again
	Filled     bool             `json:"f,omitempty"` // the form came with text in it
	Warned     string           `json:"w,omitempty"` // of what they were warned
	Started    int64            `json:"s,omitempty"` // Unix seconds: since when it is being worked on
	Origin     *origin          `json:"o,omitempty"` // of a message shortcut: the message
	Receipt    *receipt.Receipt `json:"r,omitempty"` // the receipt whose people still have no link
	Answers    *answering       `json:"a,omitempty"` // the request that the secret answers
}

// way is how the text came into the form.
func (st formState) way() rune {
	switch {
	case st.Origin != nil:
		return text.WayMessage
	case st.Filled:
		return text.WayCommand
	}
	return text.WayForm
}

// continues says that others of the same receipt have their links already,
// whose lifetime, passphrase and note are these people's too.
func (st formState) continues() bool {
	return st.Receipt != nil && st.Receipt.Count(receipt.Row.Live) > 0
}

// note is the note of what is shared again.
func (st formState) note() string {
	if st.Receipt != nil {
		return st.Receipt.Note
	}
	return st.Note
}

// fixedPlace says that the form doesn't ask where the link goes.
func (st formState) fixedPlace() bool {
	return st.Origin != nil || st.Receipt != nil || st.Answers != nil
}

// sealedFor is what a form's memory is sealed for: the form and its one person.
func sealedFor(callback, user string) string { return "form " + callback + " " + user }

// maxSealed is how many characters a form can remember,
// https://docs.slack.dev/reference/views/modal-views
const maxSealed = 3000

// sealReceipt seals what a form remembers that has a receipt: whole, or without the
// note where a crowd's links, which have not gone out, leave no room for it.
func sealReceipt(keys *seal.Keys, purpose string, r receipt.Receipt, remembers func(receipt.Receipt) any) (sealed string, whole bool) {
	if sealed = keys.Wrap(purpose, remembers(r)); len(sealed) <= maxSealed {
		return sealed, true
	}
	r.Note = ""
	return keys.Wrap(purpose, remembers(r)), false
}

// view is the form for a secret. secret fills it, if Slack has just sent it
// to us; problem is said on top.
func (f *secretForms) view(user string, st formState, secret otsclient.Plaintext, problem string) slack.ModalViewRequest {
	st.Started = 0
	st.Filled = st.Filled || !secret.IsZero()
	drawn := f.sealed(user, st)
	drawn.Secret, drawn.Problem = secret, problem
	return f.words(user).Form(drawn)
}

// workingView stands while OneTimeSecret is slow. It repeats nothing of what was
// typed.
func (f *secretForms) workingView(user string, st formState, now time.Time) slack.ModalViewRequest {
	st.Started = now.Unix()
	drawn := f.sealed(user, st)
	drawn.Working = true
	return f.words(user).Form(drawn)
}

func (f *secretForms) sealed(user string, st formState) text.Form {
	drawn, purpose := st.form(), sealedFor(text.CallbackForm, user)
	if st.Receipt == nil {
		drawn.Sealed = f.seal.Wrap(purpose, st)
		return drawn
	}
	drawn.Sealed, _ = sealReceipt(f.seal, purpose, *st.Receipt, func(r receipt.Receipt) any {
		st.Receipt = &r
		return st
	})
	return drawn
}

// form is what the form shows, without what it remembers.
func (st formState) form() text.Form {
	drawn := text.Form{Shape: st.Shape}
	if st.continues() {
		drawn.Continues = st.Receipt.Ends()
	}
	drawn.External = st.External || st.Warned != ""
	drawn.Note = st.note()
	if st.Origin != nil {
		drawn.Message = &st.Origin.Facts
	}
	if st.Answers != nil {
		drawn.Answers = &st.Answers.Question
	}
	if st.Receipt != nil {
		drawn.Rest = st.Receipt.People(receipt.Row.Due)
	}
	return drawn
}

// offersMail says that the form has a button for e-mail.
func (f *secretForms) offersMail(st formState) bool {
	return f.set.OffersMail && !st.fixedPlace()
}

// with makes the form with a problem on top, and what was typed in place:
// Slack keeps it, and what a form came with is put in once more, see again.
func (f *secretForms) with(in *interaction, st formState, s share, problem string) func() slack.ModalViewRequest {
	text := otsclient.Plaintext{}
	if st.Filled && !st.Generate {
		text = s.secret
	}
	return func() slack.ModalViewRequest { return f.view(in.userID, st, text, problem) }
}

func (st formState) kind() string {
	switch {
	case st.Answers != nil:
		return "answer"
	case st.Origin != nil:
		return "form_from_message"
	case st.Generate:
		return "form_generate"
	case st.Mail:
		return "form_mail"
	}
	return "form"
}
