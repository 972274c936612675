package bot

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"otsbot/otsclient"
)

// The fields and buttons of the form for a secret.

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
// Channels shared with other organisations are offered only where the rules
// allow them, or the app can ask Slack about them and warn, or has just warned.
func (b *Bot) placeInput(st formState) slack.Block {
	picker := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, plainText("Choose a conversation"), actionValue)
	picker.DefaultToCurrentConversation = st.Here != ""
	picker.ResponseURLEnabled = true
	picker.Filter = &slack.SelectBlockElementFilter{
		Include:                       []string{"public", "private", "im", "mpim"},
		ExcludeExternalSharedChannels: !st.External && st.Warned == "",
		ExcludeBotUsers:               true,
	}
	input := slack.NewInputBlock(blockPlace, plainText("Post the link in"),
		plainText("Leave it empty to get the link for yourself, for an e-mail or a ticket."), picker)
	input.Optional = true
	return input
}

// peopleInput asks for people, who get a link each and in private.
func (b *Bot) peopleInput(chosen []string) slack.Block {
	most := b.cfg.Policy.RecipientsMax
	picker := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plainText("Choose people"), actionValue)
	picker.MaxSelectedItems = &most
	picker.InitialUsers = chosen
	input := slack.NewInputBlock(blockPeople, plainText("Or send people a link each"),
		plainText("Nothing is posted in a conversation then: each of them gets a direct message with a link of their own."), picker)
	input.Optional = true
	return input
}

func (b *Bot) mailInput() slack.Block {
	hint := "OneTimeSecret sends the mail. Nothing is posted in Slack."
	if b.cfg.Policy.External == ExternalWarn {
		hint += " I can't tell whether an address belongs to another organisation, so please check it."
	}
	return slack.NewInputBlock(blockMail, plainText("E-mail the link to"), plainText(hint),
		slack.NewEmailTextInputBlockElement(plainText("name@example.com"), actionValue))
}

func (b *Bot) ttlInput() slack.Block {
	options := b.ttlOptions()
	initial := options[slices.IndexFunc(options, func(o *slack.OptionBlockObject) bool { return o.Value == ttlOption(b.cfg.TTL).Value })]
	return slack.NewInputBlock(blockTTL, plainText("Expires after"), nil, choice(initial, options...))
}

// ttlOptions are the lifetimes on offer, the default among them.
func (b *Bot) ttlOptions() (options []*slack.OptionBlockObject) {
	for _, d := range b.cfg.TTLChoices {
		options = append(options, ttlOption(d))
	}
	if !slices.Contains(b.cfg.TTLChoices, b.cfg.TTL) {
		options = append(options, ttlOption(b.cfg.TTL))
	}
	return options
}

func ttlOption(d time.Duration) *slack.OptionBlockObject {
	return option(strconv.Itoa(int(d/time.Second)), lifetime(d))
}

func option(value, text string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plainText(text), nil)
}

// choice is a select whose initial option is one of the options, as Slack wants
// it.
func choice(initial *slack.OptionBlockObject, options ...*slack.OptionBlockObject) *slack.SelectBlockElement {
	element := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, actionValue, options...)
	element.InitialOption = initial
	return element
}

// moreButtons are for who needs more than the form has at first.
func (b *Bot) moreButtons(st formState) slack.Block {
	phrase := slack.NewButtonBlockElement(actionMakePhrase, "", plainText("Generate a passphrase"))
	if st.MakePhrase {
		phrase = slack.NewButtonBlockElement(actionTypePhrase, "", plainText("Type the passphrase instead"))
	}
	elements := []slack.BlockElement{phrase}
	switch {
	case !b.offersMail(st):
	case st.Mail:
		elements = append(elements, slack.NewButtonBlockElement(actionNoMail, "", plainText("Post the link in Slack instead")))
	default:
		elements = append(elements, slack.NewButtonBlockElement(actionMail, "", plainText("E-mail the link")))
	}
	return slack.NewActionBlock("more_buttons", elements...)
}

// offersMail says that the form has a button for e-mail.
func (b *Bot) offersMail(st formState) bool {
	return b.cfg.Email && b.rules.OffersMail() && !st.fixedPlace()
}

func (b *Bot) phraseInput(st formState) slack.Block {
	if st.MakePhrase {
		return section("*Passphrase*\nOne is generated, and shown to you once, here, after you press Share.")
	}
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength = maxPhrase
	input := slack.NewInputBlock(blockPhrase, plainText("Passphrase"),
		plainText("8 to 128 characters. Whoever opens the link needs it, and you need it to burn the secret. Tell it on another road, by phone for example."), element)
	input.Optional = !b.cfg.PassphraseRequired
	return input
}

func noteInput(note string) slack.Block {
	element := slack.NewPlainTextInputBlockElement(plainText("What it is for"), actionValue)
	element.MaxLength = maxNote
	element.InitialValue = note
	input := slack.NewInputBlock(blockNote, plainText("Note that everyone sees"), nil, element)
	input.Optional = true
	return input
}
