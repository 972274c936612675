package text

import (
	"strconv"

	"otsbot/bot/internal/payload"
)

// What Slack sends back of a form: its callback, its blocks, and the buttons in
// it. Block ids and action ids stay the same over all versions of a form: Slack
// keeps what was typed where both are unchanged,
// https://docs.slack.dev/surfaces/modals#updating_views
const (
	CallbackForm       = "secret_form"
	CallbackWorking    = "secret_form_working"
	CallbackBurn       = "burn_passphrase"
	CallbackSendPhrase = "send_passphrase"

	BlockSecret = "secret" // the first part, see [BlockPart]
	BlockLength = "length"
	BlockKind   = "kind"
	BlockAlso   = "also"
	BlockPlace  = "place"
	BlockPeople = "people"
	BlockMail   = "mail"
	BlockTTL    = "ttl"
	BlockPhrase = "passphrase"
	BlockNote   = "note"
	BlockTell   = "tell"

	ActionMoreRoom   = "more_room"
	ActionGenerate   = "generate"
	ActionType       = "type"
	ActionMakePhrase = "make_passphrase"
	ActionTypePhrase = "type_passphrase"
	ActionMail       = "mail"
	ActionNoMail     = "no_mail"

	actionValue = payload.InputAction // the input in each of these blocks
)

// BlockPart is the block of one part of the secret: secret, secret_2, secret_3.
func BlockPart(i int) string {
	if i == 0 {
		return BlockSecret
	}
	return BlockSecret + "_" + strconv.Itoa(i+1)
}
