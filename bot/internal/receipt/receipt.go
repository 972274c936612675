// Package receipt is what is written down of secrets that were shared: for each
// a row, under what they have in common. A secret for one conversation is the
// case of one row. It is data: what it says is for package text, who may change
// it for package bot.
//
// A receipt lives in the buttons of the message that shows it (buttons.go makes
// them, press.go reads one that was pressed), so that it outlives the process
// without a store. In the memory of forms, and at rest, it is its own JSON.
package receipt

import (
	"crypto/rand"
	"slices"
	"time"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// Receipt is what its rows have in common. Names in JSON are short: there is
// little room in a button.
type Receipt struct {
	ID      string      `json:"i"` // of this receipt alone: what it is known by
	Creator string      `json:"u"` // who may press its buttons
	To      Destination `json:"d"`
	Expires int64       `json:"e"`           // Unix seconds, by the lifetime that the server granted
	Path    string      `json:"p,omitempty"` // "receipt" or "private": the metadata page's path
	Domain  string      `json:"h,omitempty"` // the custom domain of the links, if they have one
	Phrase  bool        `json:"w,omitempty"` // a passphrase is needed, for burning too
	Asked   int64       `json:"a,omitempty"` // seconds: the lifetime asked for, if another was given
	Given   int64       `json:"g,omitempty"` // seconds: the lifetime given, if Asked is set
	Remarks string      `json:"q,omitempty"` // what is odd about the text, in letters
	Checked int64       `json:"c,omitempty"` // Unix seconds: when all rows were checked
	Change  int         `json:"n,omitempty"` // counts the changes: the higher is the newer
	Note    string      `json:"m,omitempty"` // as it was typed
	Tell    bool        `json:"l,omitempty"` // its creator wishes to hear that it was opened
	// Original is the message that its form was opened from; nil if from none.
	Original *authored.Original `json:"o,omitempty"`
	Answers  *Answer            `json:"b,omitempty"` // nil if nobody asked for the secret

	Rows []Row          `json:"r,omitempty"`
	At   slackapi.Place `json:"at,omitzero"` // where it stands, if it can be edited there
}

// Answer is the request that a secret answers, and the message with its button.
type Answer struct {
	Question request.Question `json:"q"`
	At       slackapi.Place   `json:"at,omitzero"`
}

// Row is one secret and its link. The names are short: all blocks of a message
// may have about 13,000 characters together, see slackfake's maxBlocksLength.
type Row struct {
	To       string `json:"to,omitempty"` // which of several people
	Step     Step   `json:"s,omitempty"`
	Why      string `json:"y,omitempty"` // Slack's code, or one of those below, for a link that is not there
	Key      string `json:"k,omitempty"` // metadata key
	Secret   string `json:"l,omitempty"` // secret key, as long as its creator may need the link
	Channel  string `json:"c,omitempty"` // where the message with the link stands
	TS       string `json:"t,omitempty"` // "" where the app can't edit it
	InThread bool   `json:"h,omitempty"` // Slack said that it is in the thread
	Phrase   Phrase `json:"w,omitempty"` // what became of the passphrase's own link
	Until    int64  `json:"v,omitempty"` // Unix seconds: how long that may work, if Phrase is PhraseLive
	Seen
}

// Step is how far a link has come.
type Step string

// The steps. The zero value says that there is nothing.
const (
	Pending Step = ""  // nothing is stored
	Failed  Step = "f" // nothing is stored: OneTimeSecret, see Why
	Stored  Step = "s" // stored, and about to be sent
	Sent    Step = "d"
	NotSent Step = "n" // its creator has it, as wished or since it was refused, see Why
	Perhaps Step = "p" // Slack didn't say; its creator has it too
)

// Phrase is what became of the link that a passphrase goes out with.
type Phrase string

// What it can be; the zero value is that there was none.
const (
	PhraseSent     Phrase = "d"
	PhraseNotSent  Phrase = "n" // its link doesn't work
	PhraseUnproven Phrase = "p" // Slack didn't say, so its link was burned
	PhraseLive     Phrase = "l" // it may have arrived or not, and was not burned
)

// Why a link is not there, beside Slack's codes.
const (
	Unproven  = "unproven"   // nobody knows whether it is posted
	NotMailed = "not_mailed" // OneTimeSecret took the secret and no address, as versions before 0.26 do with one that they don't like
	NotBurned = "not_burned" // it was taken back, and its secret may be live
)

// Why nothing is stored.
const (
	Unreachable   = "unreachable"
	MaybeStored   = "maybe_stored" // OneTimeSecret didn't say
	TooLong       = "too_long"     // for longer than is allowed, so it was burned
	LeftLive      = "left_live"    // and that failed
	NoPhrase      = "no_phrase"    // without its passphrase, so it was burned
	NoPhraseLive  = "open_live"    // and that failed
	NoAPI         = "no_api"
	NotAuthorized = "not_authorized"
	Rejected      = "rejected"
	RateLimited   = "rate_limited"
)

// New is a receipt of which nothing is stored yet: with several people, a row
// for each.
func New(creator string, to Destination, expires time.Time, phrase bool) Receipt {
	r := Receipt{ID: rand.Text()[:10], Creator: creator, To: to.shown(), Expires: expires.Unix(), Phrase: phrase, Rows: make([]Row, max(1, len(to.People)))}
	for i, user := range to.People {
		r.Rows[i].To = user
	}
	return r
}

// Stores notes a secret that OneTimeSecret keeps for a row. asked is its wished
// lifetime. The row has the link as long as nobody else does.
func (r *Receipt) Stores(i int, s otsclient.Shared, asked time.Duration) {
	given := s.TTL
	if given <= 0 {
		given = asked // the server didn't say
	}
	if (asked - given).Abs() > time.Minute {
		r.Asked, r.Given = int64(asked/time.Second), int64(given/time.Second)
	}
	r.Expires, r.Path, r.Domain = time.Now().Add(given).Unix(), s.ReceiptPath, s.ShareDomain
	r.Rows[i] = Row{To: r.Rows[i].To, Step: Stored, Key: s.MetadataKey.Reveal(), Secret: s.SecretKey.Reveal()}
}

// Ends is when its secrets do.
func (r Receipt) Ends() time.Time { return time.Unix(r.Expires, 0) }

// Dated is what was found of a secret, by the end that its creator knows of, too:
// before that none is overdue, whatever OneTimeSecret's lifetimes and clock say.
func (r Receipt) Dated(now Seen) Seen {
	if now.Fate == Overdue && now.AsOf <= r.Expires {
		now.Fate = Waiting
	}
	return now
}

// Overdue says that a secret is known to have outlived its end, and may be out.
func (r Receipt) Overdue() bool {
	return r.Count(func(row Row) bool { return row.Live() && row.Outlives() && row.AsOf > r.Expires }) > 0
}

// Link is the one-time link of a row that still has it.
func (r Receipt) Link(row Row) otsclient.Shared {
	return otsclient.Shared{SecretKey: otsclient.NewKey(row.Secret), ShareDomain: r.Domain}
}

// Roomy is how many rows may be generous: with their pages, their links where
// those did not arrive, and a confirmation of their own.
const Roomy = 10

// Crowded says that it has more.
func (r Receipt) Crowded() bool { return len(r.Rows) > Roomy }

// Astray says of a link that it was meant for a thread, and Slack didn't say
// that it is there.
func (r Receipt) Astray(row Row) bool {
	return r.To.Thread != "" && row.Step == Sent && !row.InThread
}

// Copy has rows of its own.
func (r Receipt) Copy() Receipt {
	r.Rows = slices.Clone(r.Rows)
	return r
}

// Count is how many rows are so.
func (r Receipt) Count(is func(Row) bool) (n int) {
	for _, row := range r.Rows {
		if is(row) {
			n++
		}
	}
	return n
}

// People are those of the rows that are so.
func (r Receipt) People(are func(Row) bool) (users []string) {
	for _, row := range r.Rows {
		if are(row) {
			users = append(users, row.To)
		}
	}
	return users
}

// MetadataKey is for asking OneTimeSecret.
func (r Row) MetadataKey() otsclient.Key { return otsclient.NewKey(r.Key) }

// Fingerprint tells its secret apart in logs; "" if there is none.
func (r Row) Fingerprint() string {
	if r.Key == "" {
		return ""
	}
	return r.MetadataKey().Fingerprint()
}

// Fingerprint is that of its secret, if it has one row.
func (r Receipt) Fingerprint() string {
	if len(r.Rows) != 1 {
		return ""
	}
	return r.Rows[0].Fingerprint()
}

// Live says that there is a secret that may still be opened or burned.
func (r Row) Live() bool { return r.Key != "" && !r.Fate.Final() }

// Openable says that there is one as far as is known: the server hasn't lost it.
func (r Row) Openable() bool { return r.Live() && r.Fate != NotFound }

// Unknown says of a live one that nobody has looked at it, or could not find
// out: it may have been opened.
func (r Row) Unknown() bool {
	return r.Live() && !r.Fate.Waits() && r.Fate != BurnNotDone
}

// Missing says that nobody has a link of this row, and that it can be made.
func (r Row) Missing() bool { return r.Step == Pending || r.Step == Failed }

// Settled says that nobody can open any of its secrets, or will.
func (r Receipt) Settled() bool { return r.Count(Row.Live)+r.Count(Row.Missing) == 0 }

// Unsent says that there is a link that may not have reached its person.
func (r Row) Unsent() bool { return r.Live() && r.Secret != "" }

// Due says that another try is for them: to be stored, or only to be sent.
func (r Row) Due() bool { return r.Missing() || r.Unsent() }

// Out says that somebody has a link that still opens.
func (r Row) Out() bool { return r.Live() && (r.Step == Sent || r.Step == Perhaps) }

// DueForPhrase are those who were not sent the passphrase; if all were, it may
// have been mistyped, and goes to all again.
func (r Receipt) DueForPhrase() func(Row) bool {
	due := func(row Row) bool { return row.Out() && row.Phrase != PhraseSent }
	if r.Count(due) == 0 {
		return Row.Out
	}
	return due
}

// Went notes that a link is out, so that the receipt has it no more. at is
// where it can be edited.
func (r *Row) Went(at slackapi.Place) {
	r.Step, r.Why, r.Secret = Sent, "", ""
	r.Channel, r.TS, r.InThread = at.Channel, at.TS, at.Thread != ""
}

// Saw notes what became of the secret. A link that nobody had can be made
// again when it is sure that it opens nothing.
func (r *Row) Saw(now Seen) {
	now.Outlived = r.Outlives() && !now.Fate.Final() && now.Fate != Overdue
	r.Seen = now
	if now.Fate.Final() && r.Why == NotBurned && now.Fate != Opened {
		*r = Row{To: r.To}
	}
}

// over is a row without what could burn its secret, and without what is of no
// use once that is over.
func (r Row) over() Row {
	if !r.Live() {
		r.Key, r.Secret, r.Channel, r.TS = "", "", "", ""
	}
	return r
}

// WithoutKeys is a copy that has those of live secrets alone.
func (r Receipt) WithoutKeys() Receipt {
	r = r.Copy()
	for i := range r.Rows {
		r.Rows[i] = r.Rows[i].over()
	}
	return r
}
