package bot

import (
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

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
	blockTTL    = "ttl"
	blockPhrase = "passphrase"
	blockNote   = "note"

	actionValue    = "value" // the input in each of these blocks
	actionMoreRoom = "more_room"
	actionGenerate = "generate"
	actionType     = "type"
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
	Parts    int     `json:"p"`           // how many fields the secret has
	Generate bool    `json:"g,omitempty"` // a password is made, not typed
	Filled   bool    `json:"f,omitempty"` // the form came with text in it
	Current  bool    `json:"c,omitempty"` // the conversation that they look at is preselected
	Started  int64   `json:"s,omitempty"` // Unix seconds: since when it is being worked on
	Origin   *origin `json:"o,omitempty"` // of a message shortcut: the message
}

func blockPart(i int) string {
	if i == 0 {
		return blockSecret
	}
	return blockSecret + "_" + strconv.Itoa(i+1)
}

// formView is the form for a secret. text fills it, if Slack has just sent it
// to us; problem is said on top.
func (b *Bot) formView(user string, st formState, text otsclient.Plaintext, problem string) slack.ModalViewRequest {
	st.Started = 0
	st.Filled = st.Filled || !text.IsZero()
	top := ""
	if problem != "" {
		top = ":warning: " + escape(problem)
	}
	return b.shell(user, st, callbackForm, "Share", top, text)
}

// workingView stands while OneTimeSecret is slow. It keeps the inputs, so that
// what was typed is still there if it fails, and it repeats none of it.
func (b *Bot) workingView(user string, st formState, now time.Time) slack.ModalViewRequest {
	st.Started = now.Unix()
	// Inputs need a submit button; a second press is told to wait.
	return b.shell(user, st, callbackWorking, "Working…", ":hourglass_flowing_sand: "+sayWorking, otsclient.Plaintext{})
}

func (b *Bot) shell(user string, st formState, callback, submit, top string, text otsclient.Plaintext) slack.ModalViewRequest {
	var blocks []slack.Block
	if top != "" {
		blocks = append(blocks, section(top))
	}
	if st.Generate {
		blocks = append(blocks, generateInputs()...)
	} else {
		blocks = append(blocks, secretInputs(st.Parts, text)...)
	}
	blocks = append(blocks, formButtons(st))
	if st.Origin == nil {
		blocks = append(blocks, placeInput(st.Current))
	} else {
		blocks = append(blocks, section("The link goes into the thread of that message. Please check that above is the secret and nothing else."))
	}
	blocks = append(blocks, b.ttlInput(), b.phraseInput(), noteInput(),
		small("Slack brings what you type to this app, which stores it in OneTimeSecret and posts a link that works once."))
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callback,
		PrivateMetadata: b.seal.seal(st, user),
		Title:           plainText("Share a secret"),
		Submit:          plainText(submit),
		Close:           plainText("Cancel"),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}

func secretInputs(parts int, text otsclient.Plaintext) []slack.Block {
	var blocks []slack.Block
	for i, part := range split(text.Reveal(), parts) {
		label := "Secret"
		if parts > 1 {
			label = fmt.Sprintf("Secret, part %d of %d", i+1, parts)
		}
		element := slack.NewPlainTextInputBlockElement(plainText("Paste a password, key or token"), actionValue)
		element.Multiline = true
		element.MaxLength = fieldLength
		element.InitialValue = part
		element.FocusOnLoad = i == 0
		input := slack.NewInputBlock(blockPart(i), plainText(label), nil, element)
		input.Optional = i > 0
		blocks = append(blocks, input)
	}
	if parts > 1 {
		blocks = append(blocks, small("The parts are joined just as they are, with nothing in between."))
	}
	return blocks
}

func formButtons(st formState) slack.Block {
	var elements []slack.BlockElement
	switch {
	case st.Generate:
		elements = append(elements, slack.NewButtonBlockElement(actionType, "", plainText("Type it instead")))
	case st.Origin != nil && st.Parts >= maxParts:
		return small("OneTimeSecret takes 10,000 bytes.")
	default:
		if st.Parts < maxParts {
			elements = append(elements, slack.NewButtonBlockElement(actionMoreRoom, "", plainText("More room")))
		}
		if st.Origin == nil {
			elements = append(elements, slack.NewButtonBlockElement(actionGenerate, "", plainText("Generate a password instead")))
		}
	}
	return slack.NewActionBlock("form_buttons", elements...)
}

// placeInput asks where the link goes. response_url_enabled gives a way into
// conversations where the app is no member; it works in input blocks alone.
// Channels shared with other organisations are left out: the link would leave
// the company.
func placeInput(current bool) slack.Block {
	picker := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, plainText("Choose a conversation"), actionValue)
	picker.DefaultToCurrentConversation = current
	picker.ResponseURLEnabled = true
	picker.Filter = &slack.SelectBlockElementFilter{
		Include:                       []string{"public", "private", "im", "mpim"},
		ExcludeExternalSharedChannels: true,
		ExcludeBotUsers:               true,
	}
	input := slack.NewInputBlock(blockPlace, plainText("Post the link in"),
		plainText("Leave it empty to get the link for yourself, for an e-mail or a ticket."), picker)
	input.Optional = true
	return input
}

func (b *Bot) ttlInput() slack.Block {
	var options []*slack.OptionBlockObject
	for _, d := range b.cfg.TTLChoices {
		options = append(options, option(strconv.Itoa(int(d/time.Second)), lifetime(d)))
	}
	initial := option(strconv.Itoa(int(b.cfg.TTL/time.Second)), lifetime(b.cfg.TTL))
	return slack.NewInputBlock(blockTTL, plainText("Expires after"), nil, choice(initial, options...))
}

func option(value, text string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plainText(text), nil)
}

// choice is a select whose initial option, which Slack wants among the
// options, is added to them if it isn't one.
func choice(initial *slack.OptionBlockObject, options ...*slack.OptionBlockObject) *slack.SelectBlockElement {
	offered := false
	for _, o := range options {
		offered = offered || o.Value == initial.Value
	}
	if !offered {
		options = append(options, initial)
	}
	element := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, actionValue, options...)
	element.InitialOption = initial
	return element
}

func (b *Bot) phraseInput() slack.Block {
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength = maxPhrase
	input := slack.NewInputBlock(blockPhrase, plainText("Passphrase"),
		plainText("8 to 128 characters. Whoever opens the link needs it, and you need it to burn the secret. Tell it on another road, by phone for example."), element)
	input.Optional = !b.cfg.PassphraseRequired
	return input
}

func noteInput() slack.Block {
	element := slack.NewPlainTextInputBlockElement(plainText("What it is for"), actionValue)
	element.MaxLength = maxNote
	input := slack.NewInputBlock(blockNote, plainText("Note that everyone sees"), nil, element)
	input.Optional = true
	return input
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
// version of OneTimeSecret burns one without it. sealed is the receipt's
// handle, encrypted: a view is no place for a metadata key.
func burnView(sealed, problem string) slack.ModalViewRequest {
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength = fieldLength // whatever the server accepted must fit
	element.FocusOnLoad = true
	blocks := []slack.Block{section("Burning can't be undone: nobody will be able to open the link any more.")}
	if problem != "" {
		blocks = append([]slack.Block{section(":warning: " + escape(problem))}, blocks...)
	}
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callbackPassphrase,
		PrivateMetadata: sealed,
		Title:           plainText("Burn the secret"),
		Submit:          plainText("Burn"),
		Close:           plainText("Keep it"),
		Blocks: slack.Blocks{BlockSet: append(blocks, slack.NewInputBlock(blockPhrase, plainText("Passphrase"),
			plainText("OneTimeSecret burns it only with the passphrase that was set."), element))},
	}
}
