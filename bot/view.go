package bot

import (
	"cmp"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/otsclient"
)

// Block ids and action ids stay the same over all versions of a form: Slack
// keeps what was typed where both are unchanged,
// https://docs.slack.dev/surfaces/modals#updating_views
const (
	callbackForm       = "secret_form"
	callbackWorking    = "secret_form_working"
	callbackPassphrase = "burn_passphrase"

	blockSecret = "secret" // the first part; the others are secret_2, secret_3, ...
	blockLength = "length"
	blockKind   = "kind"
	blockAlso   = "also"
	blockPlace  = "place"
	blockPeople = "people"
	blockMail   = "mail"
	blockTTL    = "ttl"
	blockPhrase = "passphrase"
	blockNote   = "note"

	actionValue      = payload.InputAction // the input in each of these blocks
	actionMoreRoom   = "more_room"
	actionGenerate   = "generate"
	actionType       = "type"
	actionMakePhrase = "make_passphrase"
	actionTypePhrase = "type_passphrase"
	actionMail       = "mail"
	actionNoMail     = "no_mail"
)

const (
	// fieldLength is the most that a Slack text input takes, in characters,
	// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	fieldLength = 3000
	// maxParts fields hold what OneTimeSecret takes, 10,000 bytes.
	maxParts = 4
	// OneTimeSecret's limits for a passphrase, in characters: the strictest of
	// its versions, so that what is accepted here is accepted there.
	minPhrase, maxPhrase = 8, 128
	// maxNote keeps a note a note.
	maxNote = 300
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
}

// way is how the text came into the form.
func (st formState) way() rune {
	switch {
	case st.Origin != nil:
		return wayMessage
	case st.Filled:
		return wayCommand
	}
	return wayForm
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
func (st formState) fixedPlace() bool { return st.Origin != nil || st.Receipt != nil }

func blockPart(i int) string {
	if i == 0 {
		return blockSecret
	}
	return blockSecret + "_" + strconv.Itoa(i+1)
}

// sealedFor is what a form's memory is sealed for: the form and its one person.
func sealedFor(callback, user string) string { return "form " + callback + " " + user }

// formView is the form for a secret. text fills it, if Slack has just sent it
// to us; problem is said on top.
func (b *Bot) formView(user string, st formState, text otsclient.Plaintext, problem string) slack.ModalViewRequest {
	st.Started = 0
	st.Filled = st.Filled || !text.IsZero()
	var top slack.Block
	if problem != "" {
		top = problemBlock(problem)
	}
	return b.shell(user, st, callbackForm, "Share", top, text)
}

// workingView stands while OneTimeSecret is slow. It keeps the inputs, so that
// what was typed is still there if it fails, and it repeats none of it.
func (b *Bot) workingView(user string, st formState, now time.Time) slack.ModalViewRequest {
	st.Started = now.Unix()
	// Inputs need a submit button; a second press is told to wait.
	return b.shell(user, st, callbackWorking, "Working…", section(":hourglass_flowing_sand: "+b.words(user).Working), otsclient.Plaintext{})
}

func (b *Bot) shell(user string, st formState, callback, submit string, top slack.Block, text otsclient.Plaintext) slack.ModalViewRequest {
	var blocks []slack.Block
	if top != nil {
		blocks = append(blocks, top)
	}
	if st.Origin != nil {
		if notice := notice(st.Origin.Facts); notice != "" {
			blocks = append(blocks, slack.NewSectionBlock(plainText(notice), nil, nil)) // it names files
		}
	}
	if st.Generate {
		blocks = append(blocks, generateInputs()...)
	} else {
		blocks = append(blocks, secretInputs(st.Parts, text)...)
	}
	blocks = append(blocks, formButtons(st))
	blocks = append(blocks, b.whereInputs(st)...)
	if !st.continues() {
		blocks = append(blocks, b.ttlInput())
	}
	blocks = append(blocks, b.phraseInput(st))
	if !st.Mail { // OneTimeSecret's mail has no place for a note
		blocks = append(blocks, noteInput(st.note()))
	}
	if !st.continues() {
		blocks = append(blocks, b.moreButtons(st))
	}
	blocks = append(blocks,
		small("Slack brings what you type to this app, which stores it in OneTimeSecret and posts a link that works once."))
	if st.Receipt != nil {
		st.Note = "" // the receipt has it, as far as there is room
	}
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callback,
		PrivateMetadata: b.seal.Wrap(sealedFor(callbackForm, user), st),
		Title:           plainText("Share a secret"),
		Submit:          plainText(submit),
		Close:           plainText("Cancel"),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}

// whereInputs ask where the link goes, or say it.
func (b *Bot) whereInputs(st formState) []slack.Block {
	switch {
	case st.Origin != nil:
		return []slack.Block{section("The link goes into the thread of that message. Please check that above is the secret and nothing else.")}
	case st.Receipt != nil:
		return []slack.Block{section("Sends a link each to " + mentions(st.Receipt.People(receipt.Row.Due)) + ".")}
	case st.Mail:
		return []slack.Block{b.mailInput()}
	case b.cfg.Policy.RecipientsMax == 0:
		return []slack.Block{b.placeInput(st)}
	}
	return []slack.Block{b.placeInput(st), b.peopleInput(st.To)}
}

// phraseView closes a form whose passphrase was generated, and shows it once.
func phraseView(phrase otsclient.Plaintext) slack.ModalViewRequest {
	view := doneView("Share a secret", ":white_check_mark: The secret is stored, and the link is on its way. Your receipt follows.")
	view.Blocks.BlockSet = append(view.Blocks.BlockSet, section(phraseShown(phrase)))
	return view
}

// doneView closes a form whose outcome came late.
func doneView(title, text string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type:   slack.VTModal,
		Title:  plainText(title),
		Close:  plainText("Close"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{section(text)}},
	}
}

// burnView asks for the passphrase of a secret that is to be burned: no
// version of OneTimeSecret burns one without it. Where there is none, ask is
// false and the form only confirms. sealed is the receipt, encrypted: a view is no place for a metadata key.
func burnView(sealed, problem string, ask bool) slack.ModalViewRequest {
	blocks := []slack.Block{section("Burning can't be undone: nobody will be able to open the link any more.")}
	if problem != "" {
		blocks = append([]slack.Block{problemBlock(problem)}, blocks...)
	}
	if ask {
		element := slack.NewPlainTextInputBlockElement(nil, actionValue)
		element.MaxLength = fieldLength // whatever the server accepted must fit
		element.FocusOnLoad = true
		blocks = append(blocks, slack.NewInputBlock(blockPhrase, plainText("Passphrase"),
			plainText("OneTimeSecret burns it only with the passphrase that was set."), element))
	}
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callbackPassphrase,
		PrivateMetadata: sealed,
		Title:           plainText("Burn the secret"),
		Submit:          plainText("Burn"),
		Close:           plainText("Keep it"),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}
