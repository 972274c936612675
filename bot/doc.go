// Package bot is the Slack app: it takes a secret from a person in Slack, has
// OneTimeSecret keep it, posts nothing but the one-time link, and tells its
// creator what becomes of it. Make a [Bot] with [New], and start it with
// [Bot.Run] (bot.go); config.go is what it needs.
//
// # A tour
//
// An envelope arrives on a socket. dispatch.go takes it off the reader and gives
// it to one of a bounded number of workers (work.go), on one replica alone
// (claim.go). What could be read of it is an interaction (interaction.go), and
// goes to the handler that handlers.go names for what the person did:
//
//	command.go      typed /secret
//	shortcut.go     used a shortcut, on a message or anywhere
//	form.go         opened the form, or sent it; formread.go reads it
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
//	live.go         tries the app for whoever runs it
//	follow.go       nobody did anything: what is out is looked at by itself, when
//	                schedule.go says; found.go tells what it found
//
// Whoever creates a secret ends in share.go: conceal it (conceal.go), deliver the
// link, and undo it if nobody could be told; people.go and send.go do that once for
// each of several people. The entry points differ only in where they ack, which is
// why the ack is an argument of every handler. vault.go asks OneTimeSecret what
// became of a secret, and burns it.
//
// forms.go opens the form for a secret, and formstate.go is what it remembers of
// itself; reply.go is how any form is answered, and values.go reads single fields.
// generate.go makes passwords.
//
// Before that come the admin's rules: policy.go asks them, and directory.go tells
// them what Slack knows of people and conversations.
//
// What is written down of a secret is a receipt, in a ledger (ledger.go). change.go
// is its one writer; sheets.go sees to that in this process, and locks.go over all
// replicas. remember.go keeps what is out in the memory. original.go is the message
// that still shows a secret, remarks.go what a receipt notes of its text.
//
// What is written down of a secret that is asked for is a request: asking.go makes
// one, and requests.go changes it, and keeps up to date what its asker and those
// they ask see.
//
// words.go chooses the words for a reader, and reach.go tells one person something,
// by the first way that works. telemetry.go, metrics.go, store.go and audit.go are for
// whoever runs the app and whoever answers for it. probe.go is what "otsbot check"
// asks of Slack, and livecheck.go what "otsbot check -live" does. tokens.go takes new
// tokens and keys while the app runs.
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
//	gate          asks the rules, and says and writes down what they refuse
//	lease         a claim, a lock or a look that ends by itself when its replica dies
//	ledger        what is written down of secrets, and its one writer
//	memory        what the app remembers; a store is where: this process, a file, Redis
//	nudge         the one message that a secret is about to end unopened
//	page          OneTimeSecret's page of a secret; a part of the Home tab's lists
//	receipt       what a creator gets, in private: state, Check, Burn; over one secret or several
//	remark        what a receipt notes of a text, such as curly quotes
//	request       what somebody asks for: who is asked, until when, who has answered
//	road          how a link goes to its destination; each rule holds on each
//	row           one secret of a receipt, and its link
//	rule          what an admin forbids (POLICY_…)
//	sheet         a receipt in this process, with one writer at a time
//	vault         OneTimeSecret, as the flows use it: it keeps, looks and burns
//	way           how one person can be told something in private
//
// The design rule behind all of it: plaintext is an otsclient.Plaintext from
// the moment it was decoded, and nothing here logs a payload.
package bot
