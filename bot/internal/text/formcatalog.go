package text

// FormWords are those of the form for a secret.
type FormWords struct {
	Title, Share, Working, Cancel, Close string // a title has 24 characters

	Secret          string
	SecretPart      string // the how-manieth, of how many
	SecretExample   string
	PartsJoined     string
	Full            string
	AddField        string
	GenerateInstead string
	TypeInstead     string

	Length                   string
	Characters               Plural
	Kind                     string
	Letters, Symbols, Digits string
	ForYou, Also             string
	WhenOpened, TellMe       string // whether its creator wishes to hear that it was opened

	IntoThread                        string
	ToRest                            string // people's mentions
	LikeOthers                        string // mrkdwn: until when the links of others work
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
	NotSent       string // before a problem
	Hint, Caution string
}

// Facets say what of a message is shared.
type Facets struct {
	ForwardedIn, Textless, PictureLeft, PreviewLeft, ButtonsLeft, PartUnread string

	Nameless  string // a file, in a list of names
	AndMore   Plural // of files that are not named; the names
	FilesLeft Plural // of files; the names

	Quotes           string // one message
	QuotesLinked     string // mrkdwn: the address of the other message
	QuotesSome       string // several
	QuotesSomeLinked string // mrkdwn: links to them
	FilesToo         Plural

	Original, OriginalOfApp string
	OriginalPerhaps         string
	OriginalPerhapsLinked   string // mrkdwn: the message's address
	LeakAt                  string // mrkdwn: whoever used the shortcut, the message's address
	LeakInDM                string // whoever used the shortcut
	LeakIn                  string // whoever used the shortcut, the conversation
}
