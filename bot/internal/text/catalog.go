package text

import "golang.org/x/text/language"

// Catalog is one language. In formats, %[1]s and so on are the arguments, which
// a language may set in another order; a comment says what they are. Those
// that are mrkdwn, in which *this* is bold, say so by having it in English.
type Catalog struct {
	Language language.Tag
	// Between stands between two sentences: a blank, or nothing.
	Between string
	// Comma stands between the things of a list.
	Comma string
	// Moment is a day and a time in Slack's words for them, which Slack shows
	// in the reader's language and zone,
	// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
	Moment string

	Sentences Sentences
	Notes     Notes
	Units     Units
	Home      HomeWords

	Receipt        Receipt
	States         States
	Rows           Rows
	NotStored      NotStored
	NotPosted      NotPosted
	NotSent        NotSent
	ReceiptButtons ReceiptButtons
	Burns          Burns

	Form       FormWords
	BurnForm   BurnFormWords
	PhraseForm PhraseFormWords
	Facets     Facets
}

// Languages are all of them; the first is the one that the others are held to.
func Languages() []*Catalog { return []*Catalog{english()} }

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

	Empty         string
	PhraseMissing string
	PhraseLength  string
	PhraseBlank   string
	PhraseHidden  string
	PhraseEmoji   string
	PhraseCurly   string
	NoteSecret    string
	NotePhrase    string
	NoAddress     string

	NotYetShared   string
	Unasked        string
	NoForm         string
	PlaceAndPeople string
	NoReceipt      string
	ReceiptBusy    string
	ReceiptChanged string
	AllServed      string
	ReceiptStuck   string
	PeopleDone     string
	ToldAlready    string

	NoText     string
	FileOnly   string
	NobodyElse string
	Astray     string

	Working string
	Stuck   string

	GaveUp         string
	PhraseUnseen   string
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
	AuthorNotTold  string // their mention
	AuthorLeft     string // their mention
	LeftLive       string // a time

	PhraseLikeOthers string // where the others of a receipt have one
	NoPhraseEither   string // where they have none
}

// Units are durations in words.
type Units struct {
	Days, Hours, Minutes, Seconds Plural
	And                           string // two of them
}

// FormWords are those of the form for a secret.
type FormWords struct {
	Title, Share, Working, Cancel, Close string // a title has 24 characters

	Secret          string
	SecretPart      string // the how-manieth, of how many
	SecretExample   string
	PartsJoined     string
	Full            string
	MoreRoom        string
	GenerateInstead string
	TypeInstead     string

	Length                   string
	Characters               Plural
	MadeOf                   string
	Letters, Symbols, Digits string
	ForYou, Also             string

	IntoThread                        string
	ToRest                            string // people's mentions
	Place, PlaceExample, PlaceHint    string
	People, PeopleExample, PeopleHint string
	Mail, MailExample, MailHint       string
	MailCaution                       string
	Expires                           string
	Phrase, PhraseHint                string
	PhraseWillBeMade                  string // mrkdwn
	Note, NoteExample                 string
	GeneratePhrase, TypePhrase        string
	PostInstead, MailInstead          string
	Footer                            string

	StoredWithPhrase string // mrkdwn
	PhraseOnce       string // mrkdwn: the passphrase
}

// BurnFormWords are those of the form that asks for a passphrase to burn with.
type BurnFormWords struct{ Title, Warning, Hint string }

// PhraseFormWords are those of the form that sends a passphrase to people.
type PhraseFormWords struct {
	Title, Send   string
	To            string // people's mentions
	Hint, Caution string
}

// Facets say what of a message is shared.
type Facets struct {
	ForwardedIn, PictureLeft, PreviewLeft, PartUnread string

	Nameless  string // a file, in a list of names
	AndMore   Plural // of files that are not named; the names
	FilesLeft Plural // of files; the names

	Forwards       string
	ForwardsLinked string // mrkdwn: the address of the other message
	FilesToo       Plural

	Original, OriginalOfApp string
	LeakAt                  string // mrkdwn: whoever used the shortcut, the message's address
	LeakInDM                string // whoever used the shortcut
	LeakIn                  string // whoever used the shortcut, the conversation
}
