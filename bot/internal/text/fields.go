package text

import (
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"otsbot/otsclient"
)

// The fields and buttons of the form for a secret.

// Shape is which fields the form for a secret has, and what they come with: all
// that it both shows and remembers of itself.
type Shape struct {
	Parts      int      `json:"p"`           // how many fields the secret has
	Generate   bool     `json:"g,omitempty"` // a password is made, not typed
	MakePhrase bool     `json:"k,omitempty"` // a passphrase is made, not typed
	Mail       bool     `json:"m,omitempty"` // the link is e-mailed
	Here       string   `json:"h,omitempty"` // the conversation that they look at, which is preselected
	External   bool     `json:"x,omitempty"` // conversations of other organisations are offered
	People     []string `json:"t,omitempty"` // are preselected
	Note       string   `json:"n,omitempty"`
}

const (
	// fieldLength is the most that a Slack text input takes, in characters,
	// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	fieldLength = 3000
	// MaxParts fields hold what OneTimeSecret takes.
	MaxParts = 4
	// MaxNote keeps a note a note.
	MaxNote = 300
)

func (p *Printer) secretInputs(f Form) (blocks []slack.Block) {
	for i, part := range split(f.Secret.Reveal(), f.Parts) {
		label := p.c.Form.Secret
		if f.Parts > 1 {
			label = sprint(p.c.Form.SecretPart, i+1, f.Parts)
		}
		element := slack.NewPlainTextInputBlockElement(plainText(p.c.Form.SecretExample), actionValue)
		element.Multiline = true
		element.MaxLength = fieldLength
		element.InitialValue = part
		element.FocusOnLoad = i == 0
		input := slack.NewInputBlock(BlockPart(i), plainText(label), nil, element)
		input.Optional = i > 0
		blocks = append(blocks, input)
	}
	if f.Parts > 1 {
		blocks = append(blocks, small(p.c.Form.PartsJoined))
	}
	return blocks
}

func (p *Printer) secretButtons(f Form) slack.Block {
	var elements []slack.BlockElement
	switch {
	case f.Generate:
		elements = append(elements, button(ActionType, p.c.Form.TypeInstead))
	case f.Message != nil && f.Parts >= MaxParts:
		return small(p.c.Form.Full)
	default:
		if f.Parts < MaxParts {
			elements = append(elements, button(ActionMoreRoom, p.c.Form.AddField))
		}
		if f.Message == nil {
			elements = append(elements, button(ActionGenerate, p.c.Form.GenerateInstead))
		}
	}
	return slack.NewActionBlock("form_buttons", elements...)
}

func button(action, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, "", plainText(label))
}

// Kinds of generated passwords; the first is the usual one.
const (
	KindLetters = "letters"
	KindSymbols = "symbols"
	KindDigits  = "digits"
)

// UsualLength is that of a generated password, in characters, if nobody chooses
// another.
const UsualLength = 24

// Lengths are those on offer.
func Lengths() []int { return []int{12, 16, UsualLength, 32, 48, 64} }

func (p *Printer) lengthOptions() (options []*slack.OptionBlockObject) {
	for _, n := range Lengths() {
		options = append(options, option(strconv.Itoa(n), p.count(n, p.c.Form.Characters)))
	}
	return options
}

func (p *Printer) kindOptions() []*slack.OptionBlockObject {
	return []*slack.OptionBlockObject{
		option(KindLetters, p.c.Form.Letters), option(KindSymbols, p.c.Form.Symbols), option(KindDigits, p.c.Form.Digits),
	}
}

func (p *Printer) generateInputs() []slack.Block {
	lengths, kinds := p.lengthOptions(), p.kindOptions()
	also := p.input(BlockAlso, p.c.Form.ForYou, nil, slack.NewCheckboxGroupsBlockElement(actionValue, option("yes", p.c.Form.Also)))
	return []slack.Block{
		slack.NewInputBlock(BlockLength, plainText(p.c.Form.Length), nil, choice(strconv.Itoa(UsualLength), lengths)),
		slack.NewInputBlock(BlockKind, plainText(p.c.Form.Kind), nil, choice(KindLetters, kinds)),
		also,
	}
}

// tellInput asks whether its creator wishes to hear that it was opened.
func (p *Printer) tellInput() slack.Block {
	yes := option("yes", p.c.Form.TellMe)
	boxes := slack.NewCheckboxGroupsBlockElement(actionValue, yes)
	if p.set.NotifyOpened {
		boxes.InitialOptions = []*slack.OptionBlockObject{yes}
	}
	return p.input(BlockTell, p.c.Form.WhenOpened, nil, boxes)
}

// placeInput asks where the link goes. response_url_enabled gives a way into
// conversations where the app is no member; it works in input blocks alone.
// Channels shared with other organisations are offered only where the rules
// allow them, or the app can ask Slack about them and warn, or has just warned.
func (p *Printer) placeInput(f Form) slack.Block {
	picker := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, plainText(p.c.Form.PlaceExample), actionValue)
	picker.DefaultToCurrentConversation = f.Here != ""
	picker.ResponseURLEnabled = true
	picker.Filter = &slack.SelectBlockElementFilter{
		Include:                       []string{"public", "private", "im", "mpim"},
		ExcludeExternalSharedChannels: !f.External,
		ExcludeBotUsers:               true,
	}
	return p.input(BlockPlace, p.c.Form.Place, plainText(p.c.Form.PlaceHint), picker)
}

// peopleInput asks for people, who get a link each and in private.
func (p *Printer) peopleInput(chosen []string) slack.Block {
	most := p.set.RecipientsMax
	picker := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plainText(p.c.Form.PeopleExample), actionValue)
	picker.MaxSelectedItems = &most
	picker.InitialUsers = chosen[:min(len(chosen), most)] // more may have been allowed once
	return p.input(BlockPeople, p.c.Form.People, plainText(p.c.Form.PeopleHint), picker)
}

func (p *Printer) mailInput() slack.Block {
	hint := p.c.Form.MailHint
	if p.set.WarnsOfOutside {
		hint = p.Together(hint, p.c.Form.MailCaution)
	}
	return slack.NewInputBlock(BlockMail, plainText(p.c.Form.Mail), plainText(hint),
		slack.NewEmailTextInputBlockElement(plainText(p.c.Form.MailExample), actionValue))
}

// lifetimeInput asks how long the secret lives, or says it.
func (p *Printer) lifetimeInput(f Form) slack.Block {
	if !f.Continues.IsZero() {
		return section(sprint(p.c.Form.LikeOthers, p.moment(f.Continues)))
	}
	return slack.NewInputBlock(BlockTTL, plainText(p.c.Form.Expires), nil, choice(ttlValue(p.set.TTL), p.ttlOptions()))
}

// ttlOptions are the lifetimes on offer, the default among them.
func (p *Printer) ttlOptions() (options []*slack.OptionBlockObject) {
	for _, d := range p.set.TTLChoices {
		options = append(options, option(ttlValue(d), p.lifetime(d)))
	}
	if !slices.Contains(p.set.TTLChoices, p.set.TTL) {
		options = append(options, option(ttlValue(p.set.TTL), p.lifetime(p.set.TTL)))
	}
	return options
}

func ttlValue(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

func option(value, label string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plainText(label), nil)
}

// choice is a select. Slack takes as its initial option only one of the options,
// so where that isn't on offer, the first is.
func choice(initial string, options []*slack.OptionBlockObject) *slack.SelectBlockElement {
	element := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, actionValue, options...)
	element.InitialOption = options[max(0, slices.IndexFunc(options, func(o *slack.OptionBlockObject) bool { return o.Value == initial }))]
	return element
}

// Offers says of what was chosen in a select of the form that it is one of its
// options, or none.
func (p *Printer) Offers(block, value string) bool {
	var options []*slack.OptionBlockObject
	switch block {
	case BlockTTL:
		options = p.ttlOptions()
	case BlockLength:
		options = p.lengthOptions()
	case BlockKind:
		options = p.kindOptions()
	case BlockUntil:
		options = p.untilOptions()
	}
	return value == "" || slices.ContainsFunc(options, func(o *slack.OptionBlockObject) bool { return o.Value == value })
}

// phraseButton is beside the field for the passphrase.
func (p *Printer) phraseButton(f Form) slack.Block {
	if f.MakePhrase {
		return slack.NewActionBlock("phrase_buttons", button(ActionTypePhrase, p.c.Form.TypePhrase))
	}
	return slack.NewActionBlock("phrase_buttons", button(ActionMakePhrase, p.c.Form.GeneratePhrase))
}

func (p *Printer) phraseInput(f Form) slack.Block {
	if !f.Has(BlockPhrase) {
		return section(p.c.Form.PhraseWillBeMade)
	}
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength = otsclient.MaxPassphraseChars
	return p.input(BlockPhrase, p.c.Form.Phrase, plainText(p.c.Form.PhraseHint), element)
}

func (p *Printer) noteInput(note string) slack.Block {
	element := slack.NewPlainTextInputBlockElement(plainText(p.c.Form.NoteExample), actionValue)
	element.MaxLength = MaxNote
	element.InitialValue = note
	return p.input(BlockNote, p.c.Form.Note, nil, element)
}

// input is a field that may stay empty, unless the settings require it.
func (p *Printer) input(block, label string, hint *slack.TextBlockObject, element slack.BlockElement) slack.Block {
	input := slack.NewInputBlock(block, plainText(label), hint, element)
	input.Optional = !slices.Contains(p.set.Required, block)
	return input
}

// Required are the fields of a form that must be filled in.
func (p *Printer) Required(f Form) []string {
	return slices.DeleteFunc(slices.Clone(p.set.Required), func(block string) bool { return !f.Has(block) })
}
