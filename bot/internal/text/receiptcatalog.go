package text

// Receipt are what a receipt says of all its rows. Those that are fields of it have a
// name in *bold* above what they say.
type Receipt struct {
	Title              string
	TitleForPeople     Plural
	Heard              string // where, until when, whether there is a passphrase, its state
	HeardOver          string // where, whether there is a passphrase, its state
	HeardForPeople     Plural // until when, whether there is a passphrase
	HeardForPeopleOver Plural // whether there is a passphrase
	HeardOthers        Plural // that a text has no room for; how many of them are what
	Note               string // as it was typed
	Where              string
	Who                Plural // of secrets; who
	Until              string
	WasUntil           string
	Passphrase         string
	Checked            string
	State              string

	PhraseNeeded Plural // of secrets
	PhraseNone   string

	EachOnce      string
	AnyoneOnce    string
	ReaderOnce    string
	HolderOnce    string
	PerhapsAnyone string

	Nowhere     string
	Here        string
	InDM        string
	InThread    string // a conversation
	InDMThread  string
	PerhapsIn   string // a conversation
	PerhapsInDM string
	Mailed      string // the address, as OneTimeSecret obscures it

	OtherLifetime                string // two durations
	LinkToHandOn                 string
	ItsPage                      string // its address
	ItsPagePhrase                string // its address, where burning takes a passphrase
	TheirPages, TheirPagesPhrase string // those of several
	NotEditable                  string
	Follows                      string
	LeftOut                      string // of what there is to say of many people
}

// States are what became of a secret, as of a moment, [1]. When it was opened is [2].
type States struct {
	NoAnswer      string
	Strange       string
	NotFound      string
	Waiting       string
	Overdue       string // as Waiting, though its end has passed
	Forgotten     string // as NotFound, of what was Overdue
	Opened        string
	OpenedAt      string
	BurnedNow     string
	BurnedOnTrust string
	BurnNotDone   string
	Burned        string
	BurnedBefore  string
	Expired       string
	Gone          string
	TooLate       string // before Opened, Expired and Gone
}

// Rows are what a row of several people says; there is little room.
type Rows struct {
	Row     string // a mention, and what there is to say
	Pending string
	Stored  string
	Sent    string
	NoLink  string
	Perhaps string
	Link    string
	Page    string // its address

	NoAnswer      string
	Strange       string
	NotFound      string
	Waiting       string
	Overdue       string // as Waiting, though its end has passed
	Forgotten     string // as NotFound, of what was Overdue
	Opened        string
	OpenedAt      string // a time
	BurnedNow     string
	BurnedOnTrust string
	BurnNotDone   string
	Burned        string
	Expired       string
	Gone          string

	PhraseSent      string
	PhraseNotSent   string
	PhraseUnproven  string
	PhraseLive      string // a time
	PhraseLiveBrief string
}

// NotStored are why nothing is stored for one of several people; the form says more.
type NotStored struct {
	Unreachable   string
	MaybeStored   string
	TooLong       string
	LeftLive      string
	NoPhrase      string
	NoPhraseLive  string
	NoAPI         string
	NotAuthorized string
	Rejected      string
	RateLimited   string
}

// NotPosted are why a link is not where it was meant to go.
type NotPosted struct {
	Unproven        string
	NotMailed       string
	Archived        string
	NotMember       string
	DeadResponseURL string
	Limited         string
	Unreachable     string
	Forbidden       string
	Broken          string
	Restricted      string
	Refused         string
}

// NotSent are why one of several people has no link.
type NotSent struct {
	NotBurned    string
	Deactivated  string
	NoSuchPerson string
	MessagesOff  string
	Limited      string
	Unreachable  string
	Forbidden    string
	Broken       string
	Refused      string
}

// ReceiptButtons are a receipt's buttons and what Slack asks before they act. Slack:
// 75 characters in a button, 100 in a title.
type ReceiptButtons struct {
	Check           string
	CheckHint       string
	CheckAll        string
	Burn            string
	BurnHint        string
	BurnRowHint     string // which row, of how many
	BurnAll         string
	Keep            string
	OpenForm        string
	TryAgain        Plural
	SendPhrase      string
	SendPhraseAgain string
	Tell            string
	DontTell        string

	BurnOne         string
	BurnOneMeans    string
	BurnTheirsMeans string
	BurnSome        Plural // of secrets
	BurnSomeMeans   string
}

// Burns are how a form says that several secrets were burned, or not.
type Burns struct {
	Done         string
	TooLate      string
	SomeBurned   string // where others refused the passphrase
	NoneBurned   string // where others refused the passphrase
	OthersDiffer string // the rest of both
}
