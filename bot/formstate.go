package bot

import (
	"cmp"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// formState is what a form remembers of itself, sealed, in private_metadata.
// Nothing of the secret is in it.
type formState struct {
	Parts      int              `json:"p"`           // how many fields the secret has
	Generate   bool             `json:"g,omitempty"` // a password is made, not typed
	MakePhrase bool             `json:"k,omitempty"` // a passphrase is made, not typed
	Mail       bool             `json:"m,omitempty"` // the link is e-mailed
	Filled     bool             `json:"f,omitempty"` // the form came with text in it
	Here       string           `json:"h,omitempty"` // the conversation that they look at, which is preselected
	To         []string         `json:"t,omitempty"` // people who are preselected
	External   bool             `json:"x,omitempty"` // conversations of other organisations are offered
	Note       string           `json:"n,omitempty"` // the note of what is shared again
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
// whose lifetime and passphrase are these people's too.
func (st formState) continues() bool {
	return st.Receipt != nil && st.Receipt.Count(receipt.Row.Live) > 0
}

// note is the note of what is shared again.
func (st formState) note() string {
	if st.Receipt != nil {
		return cmp.Or(st.Note, st.Receipt.Note)
	}
	return st.Note
}

// fixedPlace says that the form doesn't ask where the link goes.
func (st formState) fixedPlace() bool {
	return st.Origin != nil || st.Receipt != nil || st.Answers != nil
}

// sealedFor is what a form's memory is sealed for: the form and its one person.
func sealedFor(callback, user string) string { return "form " + callback + " " + user }

// formView is the form for a secret. secret fills it, if Slack has just sent it
// to us; problem is said on top.
func (b *Bot) formView(user string, st formState, secret otsclient.Plaintext, problem string) slack.ModalViewRequest {
	st.Started = 0
	st.Filled = st.Filled || !secret.IsZero()
	f := b.sealedForm(user, st)
	f.Secret, f.Problem = secret, problem
	return b.words(user).Form(f)
}

// workingView stands while OneTimeSecret is slow. It repeats nothing of what was
// typed.
func (b *Bot) workingView(user string, st formState, now time.Time) slack.ModalViewRequest {
	st.Started = now.Unix()
	f := b.sealedForm(user, st)
	f.Working = true
	return b.words(user).Form(f)
}

func (b *Bot) sealedForm(user string, st formState) text.Form {
	f := text.Form{
		Parts: st.Parts, Generate: st.Generate, MakePhrase: st.MakePhrase, Mail: st.Mail,
		Here: st.Here != "", External: st.External || st.Warned != "", People: st.To,
		Note: st.note(), Continues: st.continues(),
	}
	if st.Origin != nil {
		f.Message = &st.Origin.Facts
	}
	if st.Answers != nil {
		f.Answers = &st.Answers.Question
	}
	if st.Receipt != nil {
		f.Rest = st.Receipt.People(receipt.Row.Due)
		st.Note = "" // the receipt has it, as far as there is room
	}
	f.Sealed = b.seal.Wrap(sealedFor(text.CallbackForm, user), st)
	return f
}

// offersMail says that the form has a button for e-mail.
func (b *Bot) offersMail(st formState) bool {
	return b.cfg.Email && b.rules.OffersMail() && !st.fixedPlace()
}
