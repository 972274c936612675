package text

import "golang.org/x/text/language"

// Catalog is one language. In formats, %[1]s and so on are the arguments, which
// a language may set in another order; a comment says what they are. Those
// that are mrkdwn, in which *this* is bold, say so by having it in English.
type Catalog struct {
	Language language.Tag
	// Between stands between two sentences: a blank, or nothing.
	Between string
	// Comma stands between the things of a list, but for the last two, of which
	// And makes one.
	Comma, And string
	// PlainMoment is a day and a time in UTC, where Slack shows no markup, as
	// package time lays it out. Only numbers: it names months in English alone.
	PlainMoment string
	// Moment is a day and a time in Slack's words for them, which Slack shows
	// in the reader's language and zone,
	// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
	Moment string

	Sentences Sentences
	Notes     Notes
	Units     Units
	Home      HomeWords
	Ask       AskWords

	Receipt        Receipt
	States         States
	Rows           Rows
	NotStored      NotStored
	NotPosted      NotPosted
	NotSent        NotSent
	ReceiptButtons ReceiptButtons
	Burns          Burns

	Announcement AnnouncementWords
	Personal     PersonalWords
	PhraseLink   PhraseLinkWords
	Over         Over
	News         News
	Help         HelpWords
	Failures     Failures
	Undone       UndoneWords
	Refusals     Refusals
	Done         DoneWords
	Odd          OddWords

	Form       FormWords
	BurnForm   BurnFormWords
	PhraseForm PhraseFormWords
	Facets     Facets
	Live       LiveWords
}

// Sentences are those that are said as they stand.
type Sentences struct {
	Busy        string
	Unreadable  string
	FieldUnread string
	FormUnread  string
	Panic       string

	FormUnchanged string

	FormLate   string
	FormFailed string
	NotInline  string

	NotOurs   string
	NotTheirs string

	NotOffered string
	StaleForm  string

	Empty        string
	FieldMissing string
	PhraseLength string
	PhraseBlank  string
	PhraseHidden string
	PhraseSpace  string
	PhraseEmoji  string
	PhraseCurly  string
	NoteSecret   string
	NotePhrase   string
	NoAddress    string

	NotYetShared        string
	Unasked             string
	NoForm              string
	PlaceAndPeople      string
	NoReceipt           string
	ReceiptBusy         string
	ReceiptChanged      string
	AllServed           string
	ReceiptStuck        string
	PeopleDone          string
	ToldAlready         string
	PhraseSent          string // mrkdwn
	PhrasePartly        string // mrkdwn
	Forgotten           string
	OthersOnReceipt     string // after a failure: how the others of a receipt stand
	OthersServedForm    string
	OthersServedReceipt string

	NoText     string
	FileOnly   string
	NotRead    string
	NobodyElse string
	Astray     string

	Working       string
	WorkingPhrase string // where a passphrase is made, which only the form shows
	Stuck         string

	WrongPhrase    string
	PhraseLocked   string
	StillThere     string
	BurnUnknown    string
	NeedsPhrase    string
	NoSecondLink   string
	BurnFormFailed string
}

// Notes are short messages about somebody or something.
type Notes struct {
	CreatorNotTold string // somebody's mention
	CreatorLeft    string // their mention
	AuthorNotTold  string // their mention
	AuthorLeft     string // their mention

	PhraseLikeOthers string // where the others of a receipt have one
	NoPhraseEither   string // where they have none
}

// Units are durations in words.
type Units struct {
	Days, Hours, Minutes, Seconds Plural
	Both                          string // two of them
}
