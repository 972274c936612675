package text

import (
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/request"
	"otsbot/otsclient"
)

// Form is what the form for a secret shows.
type Form struct {
	Shape
	Sealed  string              // what it remembers of itself, for private_metadata
	Problem string              // said on top
	Working bool                // OneTimeSecret is slow: said on top, and a second press is told to wait
	Secret  otsclient.Plaintext // fills the fields for it, if Slack has just sent it to us

	// Message is what there is to say of the message whose secret it is: the
	// link goes into its thread. Nil for none.
	Message *authored.Facts
	// Answers is the request that the secret answers: it goes to its asker.
	Answers *request.Question
	// Rest are those who still have no link of a receipt: it goes to them.
	Rest []string
	// Continues is until when the links work that others of the receipt have: their
	// lifetime, passphrase and note are these people's too. The zero time: nobody has one.
	Continues time.Time
}

// Has says whether the form has a field that others may lack. OneTimeSecret's mail
// has no place for a note, an answer's note is what was asked for, and the one that
// others have read is not changed.
func (f Form) Has(block string) bool {
	switch block {
	case BlockPhrase:
		return !f.MakePhrase
	case BlockNote:
		return !f.Mail && f.Answers == nil && f.Continues.IsZero()
	}
	return true
}

// Form is the form for a secret. While OneTimeSecret is slow it keeps the
// inputs, so that what was typed is still there if it fails.
func (p *Printer) Form(f Form) slack.ModalViewRequest {
	callback, submit, leave := CallbackForm, p.c.Form.Share, p.c.Form.Cancel
	if f.Working {
		// Inputs need a submit button, and closing it cancels nothing.
		callback, submit, leave = CallbackWorking, p.c.Form.Working, p.c.Form.Close
	}
	title := p.c.Form.Title
	if f.Answers != nil {
		title = p.c.Ask.AnswerTitle
	}
	if f.Answers != nil && !f.Working {
		submit = p.c.Ask.AnswerSend
	}
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callback,
		PrivateMetadata: f.Sealed,
		Title:           plainText(title),
		Submit:          plainText(submit),
		Close:           plainText(leave),
		Blocks:          slack.Blocks{BlockSet: p.formBlocks(f)},
	}
}

func (p *Printer) formBlocks(f Form) (blocks []slack.Block) {
	switch {
	case f.Working:
		blocks = append(blocks, section(":hourglass_flowing_sand: "+p.StillWorking(f.MakePhrase)))
	case f.Problem != "":
		blocks = append(blocks, problem(f.Problem))
	}
	if f.Answers != nil {
		blocks = append(blocks, p.answering(*f.Answers)...)
	}
	if f.Message != nil {
		if notice := p.included(*f.Message); notice != "" {
			blocks = append(blocks, plainSection(notice)) // it names files
		}
	}
	if f.Generate {
		blocks = append(blocks, p.generateInputs()...)
	} else {
		blocks = append(blocks, p.secretInputs(f)...)
	}
	blocks = append(blocks, p.secretButtons(f))
	blocks = append(blocks, p.whereInputs(f)...)
	alone := f.Continues.IsZero()
	blocks = append(blocks, p.lifetimeInput(f), p.phraseInput(f))
	if alone {
		blocks = append(blocks, p.phraseButton(f))
	}
	switch {
	case f.Has(BlockNote):
		blocks = append(blocks, p.noteInput(f.Note))
	case !alone && f.Note != "":
		blocks = append(blocks, p.note(f.Note))
	}
	if len(f.Rest) == 0 && p.set.Follows { // else its receipt asks
		blocks = append(blocks, p.tellInput())
	}
	return append(blocks, small(p.c.Form.Footer))
}

// StillWorking says that a form is being worked on, and whether it may be closed:
// a passphrase that is being made is shown nowhere else.
func (p *Printer) StillWorking(makesPhrase bool) string {
	if makesPhrase {
		return p.WorkingPhrase
	}
	return p.Working
}

// problem says on top of a form what is wrong, as plain text.
func problem(say string) slack.Block { return plainSection("⚠️ " + say) }

// onTop says on top of a form what is wrong, or that it is being worked on.
func (p *Printer) onTop(say string) []slack.Block {
	switch say {
	case "":
		return nil
	case p.Working:
		return []slack.Block{section(":hourglass_flowing_sand: " + say)}
	}
	return []slack.Block{problem(say)}
}

// whereInputs ask where the link goes, or say it.
func (p *Printer) whereInputs(f Form) (blocks []slack.Block) {
	switch {
	case f.Answers != nil:
		return nil // it stands on top
	case f.Message != nil:
		return []slack.Block{section(p.c.Form.IntoThread)}
	case len(f.Rest) > 0:
		return []slack.Block{section(sprint(p.c.Form.ToRest, p.mentions(f.Rest)))}
	case f.Mail:
		return []slack.Block{p.mailInput(), slack.NewActionBlock("where_buttons", button(ActionNoMail, p.c.Form.PostInstead))}
	}
	blocks = append(blocks, p.placeInput(f))
	if p.set.RecipientsMax > 0 {
		blocks = append(blocks, p.peopleInput(f.People))
	}
	if p.set.OffersMail {
		blocks = append(blocks, slack.NewActionBlock("where_buttons", button(ActionMail, p.c.Form.MailInstead)))
	}
	return blocks
}

// PhraseOnce closes a form whose passphrase was generated. It is the one place
// where that stands.
func (p *Printer) PhraseOnce(phrase otsclient.Plaintext) slack.ModalViewRequest {
	view := p.ShareDone(p.c.Form.StoredWithPhrase)
	view.Blocks.BlockSet = append(view.Blocks.BlockSet, section(sprint(p.c.Form.PhraseOnce, Escape(phrase.Reveal()))))
	return view
}

// ShareDone closes the form for a secret whose outcome came late.
func (p *Printer) ShareDone(say string) slack.ModalViewRequest { return p.done(p.c.Form.Title, say) }

// BurnDone closes the form of [Printer.BurnForm].
func (p *Printer) BurnDone(say string) slack.ModalViewRequest { return p.done(p.c.BurnForm.Title, say) }

// PhraseDone closes the form of [Printer.PhraseForm].
func (p *Printer) PhraseDone(say string) slack.ModalViewRequest {
	return p.done(p.c.PhraseForm.Title, say)
}

func (p *Printer) done(title, say string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type:   slack.VTModal,
		Title:  plainText(title),
		Close:  plainText(p.c.Form.Close),
		Blocks: slack.Blocks{BlockSet: []slack.Block{section(say)}},
	}
}

// orWorking are a form's buttons, or those of one that is being worked on:
// closing it cancels nothing any more.
func (p *Printer) orWorking(say, submit, leave string) (string, string) {
	if say == p.Working {
		return p.c.Form.Working, p.c.Form.Close
	}
	return submit, leave
}

// BurnForm asks for the passphrase of a secret that is to be burned: no version
// of OneTimeSecret burns one without it. Where there is none, ask is false and
// the form only confirms.
func (p *Printer) BurnForm(sealed, wrong string, ask bool) slack.ModalViewRequest {
	blocks := append(p.onTop(wrong), section(p.c.BurnForm.Warning))
	if ask {
		// Whatever the server accepted must fit.
		blocks = append(blocks, p.phraseAgain(p.c.BurnForm.Hint, fieldLength))
	}
	submit, leave := p.orWorking(wrong, p.c.ReceiptButtons.Burn, p.c.ReceiptButtons.Keep)
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      CallbackBurn,
		PrivateMetadata: sealed,
		Title:           plainText(p.c.BurnForm.Title),
		Submit:          plainText(submit),
		Close:           plainText(leave),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}

// PhraseNotSent says that a passphrase was sent to nobody, and why.
func (p *Printer) PhraseNotSent(why string) string {
	return p.Together(p.c.PhraseForm.NotSent, why)
}

// PhraseForm asks for the passphrase that is to be sent to people, as a second
// link: it is stored nowhere. wrong is why it was not sent to anybody.
func (p *Printer) PhraseForm(sealed string, people []string, wrong string) slack.ModalViewRequest {
	if wrong != "" && wrong != p.Working {
		wrong = p.PhraseNotSent(wrong)
	}
	blocks := append(p.onTop(wrong),
		section(sprint(p.c.PhraseForm.To, p.mentions(people))),
		p.phraseAgain(p.c.PhraseForm.Hint, otsclient.MaxPassphraseChars),
		small(p.c.PhraseForm.Caution))
	submit, leave := p.orWorking(wrong, p.c.PhraseForm.Send, p.c.Form.Cancel)
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      CallbackSendPhrase,
		PrivateMetadata: sealed,
		Title:           plainText(p.c.PhraseForm.Title),
		Submit:          plainText(submit),
		Close:           plainText(leave),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}

// phraseAgain is the field for a passphrase that was set before.
func (p *Printer) phraseAgain(hint string, most int) slack.Block {
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength = most
	element.FocusOnLoad = true
	return slack.NewInputBlock(BlockPhrase, plainText(p.c.Form.Phrase), plainText(hint), element)
}
