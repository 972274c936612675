package text

// AskSentences are what is said as it stands of a request for a secret.
type AskSentences struct {
	WhomMissing   string
	WhomTwice     string // both people and a conversation were chosen
	WhatMissing   string
	WhatLong      string
	AskedYourself string // among the people
	NoAnswerDM    string // the asker gets no direct messages
	NobodyAsked   string // on every road it failed
	AskFailed     string // in the form, after a conversation refused it
	AskDone       string // a late form

	NotReached    string // the asker, by somebody who declines
	AskerLeft     string // the organization, by then
	OwnRequest    string // the asker pressed Send it
	NotAskedOf    string // somebody pressed a button that is another's
	OverAnswered  string // an answer is there already
	OverYours     string // their own
	OverWithdrawn string
	OverExpired   string
	OverUnsent    string // of a link that is stored
	BeingAnswered string

	NothingToRemind string
	RemindedAll     string
	RemindedSome    string // the others may or may not be
	RemindedNone    string // Slack refused all
	RemindedPerhaps string // of none it is known
	WithdrawnNow    string
	WithdrawFailed  string // the store took nothing, and the app can\'t edit it there
}

// AskWords are those of asking for a secret.
type AskWords struct {
	Sentences AskSentences

	Title, Ask, Cancel    string // the form
	Working               string // a button
	People, PeopleExample string
	PeopleHint            string
	Place, PlaceExample   string
	PlaceHint             string
	What, WhatExample     string
	WhatHint              string
	Until                 string
	Several, SeveralHint  string
	SeveralBox            string
	Footer                string

	Asks        string // mrkdwn: the asker
	Again       string // mrkdwn: the asker; a reminder
	Why         string // mrkdwn: the asker, until when
	WhySeveral  string // mrkdwn: the asker, until when
	Send        string // a button
	SendHint    string
	DontHave    string // a button
	DontHint    string
	AskedAgain  string // what stands where the first message was
	HasAnswered string // mrkdwn: who answered, the asker, when
	YouAnswered string // mrkdwn: the asker, when
	YouDeclined string // mrkdwn: the asker, when
	Withdrawn   string // mrkdwn: the asker
	Expired     string // mrkdwn: the asker, when

	AnswerTitle string // a form's
	AnswerTo    string // mrkdwn: the asker
	AnswerSend  string // a form's button
	AnswerNote  string // what was asked for

	DeclineTitle, DeclineSend string
	DeclineDone               string // a late form
	DeclineTo                 string // mrkdwn: the asker
	DeclineWord, DeclineHint  string
	DeclinedBy                string // mrkdwn: who declined

	Card         string
	CardIn       string // mrkdwn: a conversation
	CardUntil    string // mrkdwn: until when
	CardOver     string
	CardExpired  string // mrkdwn: when
	CardNoEdit   string
	CardOwn      string
	RowPending   string // mrkdwn: the person
	RowUnasked   string // after the request is over
	RowWaiting   string
	RowFailed    string
	RowAnswered  string // and when
	RowDeclined  string
	RowExpired   string
	RowWithdrawn string
	RowEarlier   Plural // of answers, before those that have rows
	InPending    string // mrkdwn: the conversation
	InUnasked    string
	InWaiting    string
	InFailed     string
	InClosed     string
	Remind       string
	Withdraw     string
	WithdrawIt   string // a confirmation's title
	WithdrawText string
	Keep         string

	TooSoon      string // when it may be done again
	AskedAlready string // when it was asked, and of what it may be found by
}
