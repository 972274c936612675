// Package bot is the Slack app: it takes a secret from a person in Slack, has
// OneTimeSecret keep it, posts nothing but the one-time link, and tells its
// creator what becomes of it. Make a [Bot] with [New], and start it with
// [Bot.Run] (bot.go); config.go is what it needs.
//
// # A tour
//
// An envelope arrives on a socket. dispatch.go takes it off the reader and reads it,
// as a payload.Payload; who did it, where, and how it is acked is an interaction
// (interaction.go). Each is worked on by a goroutine of its own, on one replica alone
// (claim.go); past 256 in all, or 32 of one person, people are told that the app is
// busy (work.go). Payload and interaction go to the handler that handlers.go names for
// what was done:
//
//	command.go      typed /secret; opens the form where it may not be shared as typed
//	shortcut.go     used a shortcut, on a message or anywhere
//	form.go         sent the form for a secret; formread.go reads it
//	formbuttons.go  pressed a button in the form, or one that opens it
//	check.go        pressed Check on a receipt
//	burn.go         pressed Burn on a receipt, or sent the passphrase form
//	send.go         tries again to send links that did not arrive
//	sendphrase.go   sends the passphrase on another road
//	wish.go         wishes to hear that it was opened; Burn, elsewhere than on a receipt
//	cannotopen.go   got a link and can't open it
//	ask.go          asked somebody for a secret
//	answer.go       pressed Send it on such a request, or sent the form
//	decline.go      pressed "I don't have it" there, or sent its form
//	askcard.go      pressed Remind or Withdraw on the card of a request
//	home.go         opened the Home tab, or pressed a button there; homes.go shows it, and
//	                tabs.go knows who looks
//	trial.go        tries the app with whoever runs it, a live check
//
// An event that no person did, such as a change of somebody's profile, would come the
// same way: its type and whom it is about are in payload.Event, and its interaction is
// nobody's, so nobody is told anything of it. manifest.yaml asks Slack for it.
//
// And nobody asks the follower (follow.go): it looks at what is out by itself, when
// schedule.go says, and found.go tells what it found.
//
// # What stands where
//
// Sharing. Each way to share fills in a share (share.go), and conceal.go has
// OneTimeSecret keep it, counts it, and takes it back if nobody could be told.
// share.go brings one link to where it belongs, people.go one to each of several
// people, whose links send.go posts. Only the passphrase on another road posts its own
// (sendphrase.go), and a live check does all by itself (trial.go). vault.go asks
// OneTimeSecret what became of a secret, and burns it for its creator. The entry
// points differ in what can be chosen there, and in where they ack, which is why the
// ack is an argument of every handler.
//
// The form. What a form must hold is a setting (see below), of which Config.settings in
// config.go makes the names of its fields; beyond that nothing is to be changed, for text
// draws and formread.go checks what is named there, and what may be shared as it was
// typed follows from it. forms.go opens the form, formstate.go is
// what it remembers of itself: text.Shape, which is what it shows and what a command or a
// button presets, and where it came from. Shape is in text/fields.go, which also draws
// each field; text/form.go puts them together. What is given
// with a command is preset in the form too, which opens wherever it may not be shared as
// it was typed. reply.go is how any form is answered, values.go takes from a
// payload what is more than one field, and generate.go makes passwords.
//
// Rules. A rule looks at who shares, how often, where and with whom, never at what is
// typed. What one refuses goes through gate.go, which asks package rules, words it and
// writes it down; rules.Names are what it is counted by. directory.go tells rules what Slack
// says of people and conversations.
//
// Receipts. What is written down of a secret is a receipt, in a ledger (ledger.go).
// change.go is its one writer; sheets.go sees to that in this process, and locks.go
// over all replicas. remember.go keeps what is out in the memory. original.go is the
// message that still shows a secret, marks.go how that is known, and remarks.go what
// a receipt notes of a text.
//
// A secret that is over. Whoever notices it (the follower, Check, Burn, people's form)
// changes the receipt; change.go has over.go say it where its link was posted, by an edit
// of that message where the app can: text/announce.go has both of its states. If the
// receipt could not be kept, that is done once more: an edit is harmless then, a post in
// its thread would be another one. found.go adds what only the follower tells: its
// creator, in private. What should be over and isn't, it burns (overdue.go).
//
// What was asked for. A request is what is written down of it: asking.go makes one,
// and requests.go changes it, and keeps up to date what its asker and those they ask
// see.
//
// Words. All that people read is in package text, and stands there in each language, a
// file each, such as text/english.go; text/languages.go has the list of them, and
// CONTRIBUTING.md says how to add one. A sentence without arguments is a field of
// Sentences (text/catalog.go), and needs no more than that. One with arguments, or of a
// message or form, is a field of the catalog beside it (text/*catalog.go), and has a
// function in the file that draws it. Only what makes a message or a form goes into
// text/sample*.go, which are no tests: "otsbot check -live" has Slack look at what is
// there, and tests draw it. reach.go tells one person something, by the first way that
// works.
//
// Settings. One is a field of service.Config (package cmd/internal/service), with its
// default and what it means, and is handed to [Config] in the same file; where not
// every value of its type will do, check.go beside that says which. The chart lists it in
// its values.schema.json.
//
// What Slack said of people is remembered in readers.go (who reads which language, for
// a day) and in slackapi/facts.go (who they are, and what conversations are, for
// minutes), by each process for itself; an event reaches one replica.
//
// Whoever runs the app, and whoever answers for it, reads telemetry.go's log,
// metrics.go's counters, audit.go's events, and how the store is (storewatch.go).
// probe.go is what "otsbot check" asks of Slack. "otsbot check -live" does more: shown.go
// has Slack look at all messages and forms, trial.go has somebody try them. tokens.go
// takes new tokens and keys while the app runs.
//
// # Parts
//
// What serves several flows is a part of [Bot], which lists them. A part is a small
// struct whose fields are all that it depends on: other parts, rooms, a function to
// call. None knows the Bot. What people do is a method of Bot, and calls parts and
// other such methods.
//
// # Rooms
//
// What can be wrong alone has a room below internal, with a narrow door. None
// imports this package.
//
//	socketmode  keeps sockets open: each envelope is taken once, and acked
//	payload     reads what Slack sends, each field on its own
//	slackapi    every call to Slack, its waits, and what came of it
//	rules       the admin's rules: decides, and says why
//	receipt     what is written down of secrets, and how buttons carry it
//	request     what is written down of a secret that is asked for
//	seal        signs what buttons hold, hides what forms and stores keep
//	memory      what the app remembers: in memory, in a file, in Redis
//	authored    reads a message as its readers see it, and what is odd about a text
//	text        everything that people read, a catalog for each language
//
// # Words of our own
//
// Slack's and OneTimeSecret's words are used as they use them: envelope (what a
// socket delivers), trigger (what lets a form be opened, for three seconds),
// passphrase, burn, metadata key (looks at a secret and burns it), secret key (opens
// it). These are ours:
//
//	announcement  the message with the link, in a conversation or a direct message
//	asker         who asks for a secret, and has a card that shows how it stands
//	claim         says that an envelope is this replica's to handle
//	conceal       to have OneTimeSecret keep a secret
//	courier       brings links to where they belong, and receipts to creators
//	creator       who shares a secret, and alone may check and burn it
//	deliver       to get its link to where it belongs, or to its creator
//	destination   where a link shall go: a conversation, a thread, people, an address, oneself
//	fate          what is known to have become of a secret, such as opened
//	fingerprint   tells secrets apart in logs, and is no use for anything else
//	follower      looks at what is out by itself, ever more rarely
//	gate          asks the rules, and words and writes down what they refuse
//	lease         a claim, a lock or a look that ends by itself when its replica dies
//	ledger        what is written down of secrets, and its one writer
//	memory        what the app remembers; a store is where: this process, a file, Redis
//	nudge         the one message that a secret is about to end unopened
//	page          OneTimeSecret's page of a secret; a part of the Home tab's lists
//	receipt       what a creator gets, in private: state, Check, Burn; over one secret or several
//	remark        what a receipt notes of a text, such as curly quotes
//	request       what somebody asks for: who is asked, until when, who has answered
//	required      what a form must hold, such as a passphrase (SECRET_PASSPHRASE): no rule
//	road          how a link goes to its destination; each rule holds on each
//	row           one secret of a receipt, and its link
//	rule          what an admin forbids (POLICY_…): looks at who shares, how often, where
//	              and with whom, never at what is typed
//	sheet         a receipt in this process, with one writer at a time
//	vault         OneTimeSecret, as the flows use it: it keeps, looks and burns
//	way           how one person can be told something in private
//
// The design rule behind all of it: plaintext is an otsclient.Plaintext from
// the moment it was decoded, and nothing here logs a payload.
package bot
