package text

// AnnouncementWords are those of the message in a conversation.
type AnnouncementWords struct {
	Link        string // mrkdwn: the creator, the link
	Once        string // mrkdwn: until when, the creator
	NeedsPhrase string // the creator
	Used        string // the creator

	// What a screen reader and a notification say of a link.
	Heard       string // the creator
	HeardOnce   string // until when
	HeardPhrase string
}

// PersonalWords are those of the message to one person, and of what follows
// when their link doesn't open.
type PersonalWords struct {
	Heard string // the creator
	Link  string // mrkdwn: the creator, the link
	Once  string // mrkdwn: until when, the creator

	Cannot, CannotHint string // a button
	CannotOpen         string // the person
	CannotAdvice       string
	CannotAdvicePhrase string
	CreatorKnows       string // the creator
	Again, AgainHint   string // a button
}

// PhraseLinkWords are those of the message that brings a passphrase.
type PhraseLinkWords struct {
	Heard string // the creator
	Link  string // mrkdwn: the creator, the link
	Once  string // mrkdwn: until when
}

// Over are what stands where a link was. Their first argument is the creator.
type Over struct {
	BurnedNow, BurnedOnTrust string // and when

	Here    Ended // in a conversation
	WithYou Ended // in the message to one person
}

// Ended is what became of a secret. The first argument is the creator.
type Ended struct {
	Burned        string
	Opened        string
	OpenedAt      string // and when
	Expired, Gone string
}

// News are what a creator hears without asking.
type News struct {
	Opened     Whither
	OpenedAt   Whither   // and when
	Unopened   Elsewhere // and until when
	UnopenedBy Plural    // of people; their mentions, until when
}

// HelpWords are the lines of the command's help. Their argument is the
// command's name.
type HelpWords struct {
	What, Form, Inline, Generate, Ask, Help string
	FormAlone                               string // where no links go to people
	Receipt                                 string // a duration, instead
	Way                                     string
}

// Failures are why nothing is stored, or why it may be.
type Failures struct {
	NothingStored     NothingStored
	NothingMoreStored NothingStored // where others of the same receipt have theirs

	NotAllowed                     string // OneTimeSecret's reason
	NoAPI                          string
	Rejected                       string
	RejectedBecause                string // OneTimeSecret's reason
	NotAuthorized                  string
	RateLimited                    string
	UnknownRetry, UnknownRetryMail string // where it may be stored, or mailed
	Unreachable                    string
	TooLong                        string // two durations: granted, allowed
	NoPhrase                       string
	TooBig                         Plural // of bytes
	TellAdmin                      string
}

// NothingStored says so, and when to try again, or that something may be.
type NothingStored struct {
	Perhaps              string
	So, DontRetry, Retry string
	RetryIn              string // a duration
}

// UndoneWords are about a secret that was taken back, or that may be stored
// though nobody has a use for it.
type UndoneWords struct {
	Undelivered, PhraseUnseen    string // why it was taken back
	PerhapsPosted, PerhapsMailed string // who may have its link
	NoLink                       string // nobody
	Burned, NotBurned            string // what came of it
	Opened, Over                 string // before that, or perhaps
	Ends                         string // until when
	Again                        string
}

// DoneWords are what a form says whose outcome came late.
type DoneWords struct {
	Posted, Given, Mailed string
	Receipt, Link         TheirPlace // where it is
}

// TheirPlace is where its creator finds something.
type TheirPlace struct{ InDM, InPlace, Nowhere string }

// OddWords are about a text that may not be what was meant.
type OddWords struct {
	AsItCame                                 string // what was found
	Curly, Emoji, Marks, Hidden, Space, Ends string
	AdviceForm, AdviceCommand, AdviceMessage string
}

// Refusals are what a rule says.
type Refusals struct {
	NotYou, GuestsMayNot, PerhapsGuest     string
	MailOutside, MailNotAllowed            string
	PlaceNotAllowed, PlaceUnknown          string
	PlaceOutside, WhoseDM                  string
	NoPeople                               string
	TooManyPeople, TooManySecrets          Plural // of those that are allowed
	NotAPerson, Excluded, WhoUnknown       string // a name
	Deactivated, AnApp, AnOutsider, AGuest string // a name

	TryAgainIn string // a duration
	Support    string // where to ask, in the admin's words

	WarnPlace, WarnPlaceUnknown string
	WarnPeople                  Plural // of people; their names
}
