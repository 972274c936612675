package bot

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// A live check with a person: they press Start in their direct message with the
// app, and send a form; then a text without value is stored, posted and burned.
// Slack brings a press to any process of the app, so each of them can do it: all
// that it needs is in the button and in the form, signed and sealed, and what
// was seen ends in the direct message.

// liveText has what Slack might change of a text that is typed.
const liveText = `otsbot check a&b<c>&amp;"x"--'y'`

const (
	// liveWait is how long somebody has to press Start and to send the form.
	liveWait = 2 * time.Minute
	// liveTTL is the life of the text if it can't be burned: the least that
	// every version of OneTimeSecret grants.
	liveTTL = 5 * time.Minute
)

// liveStart is what the button holds.
type liveStart struct {
	User  string `json:"u"`
	Until int64  `json:"e"` // Unix seconds
}

// liveForm is what the form remembers, sealed.
type liveForm struct {
	Until int64          `json:"e"`
	At    slackapi.Place `json:"at"` // the message with the button
	Seen  witness        `json:"s"`
}

// trial tries the app with a person.
type trial struct {
	*voice
	vault   *vault
	homes   *homes
	sockets *socketmode.Pool
	phrase  bool         // a secret needs a passphrase
	seen    chan witness // where CheckWith waits; nil in a process that only runs
}

// others says that another process of the app has a socket.
func (t *trial) others() bool {
	mine, _ := t.sockets.Counts()
	return t.sockets.AppConnections() > mine
}

// witness collects what is seen. It holds no ids, links or keys.
type witness []Finding

func (w *witness) is(so bool, yes, no string) bool {
	say := yes
	if !so {
		say = no
	}
	*w = append(*w, Finding{OK: so, Text: say})
	return so
}

// fact is one that may be either way.
func (w *witness) fact(so bool, yes, no string) { w.is(so, yes, no); (*w)[len(*w)-1].OK = true }

// did is that of a call.
func (w *witness) did(what string, r slackapi.Result) bool {
	return w.is(r.OK(), what, fmt.Sprintf("%s: no, %s", what, r.Code.Words()))
}

// liveBegin is the button Start, which opens the form.
func (b *Bot) liveBegin(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // the trigger lives three seconds with and without it
	var start liveStart
	err := b.seal.Read(text.ActionLive, cb.Actions[0].Value, &start)
	if err == nil && start.User != in.userID {
		err = receipt.ErrNotTheirs
	}
	words := b.words(in.userID)
	switch {
	case err != nil:
		return in.ended(b.refuseButton(ctx, in, err))
	case time.Now().Unix() > start.Until:
		b.tell(ctx, in, words.LiveOver())
		return in.ended(outcomeRefused)
	}
	held := liveForm{Until: start.Until, At: receiptAt(cb)}
	held.Seen.fact(in.accepts, "the ack of a button takes a payload", "the ack of a button takes no payload")
	alone := words.LiveAlone()
	brief, cancel := context.WithTimeout(ctx, time.Second) // of the trigger's three
	held.Seen.did("a button's response URL shows a message to one person", b.slack.Respond(brief, in.responseURL,
		slackapi.Answer{Text: alone.Text, Blocks: alone.Blocks, ResponseType: slackapi.Ephemeral}))
	cancel()
	opened := b.slack.OpenView(ctx, cb.TriggerID, words.LiveForm(b.seal.Wrap(sealedFor(text.CallbackLive, in.userID), held), liveText))
	if !opened.OK() {
		held.Seen.did("a button's trigger opens a form", opened)
		b.trial.end(ctx, in, held.At, held.Seen)
		return in.ended(outcomeFormFailed)
	}
	return in.ended(outcomeFormOpened)
}

// liveSent is the form, sent: now all the rest follows.
func (b *Bot) liveSent(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var held liveForm
	words := b.words(in.userID)
	switch err := b.seal.Unwrap(sealedFor(text.CallbackLive, in.userID), cb.View.PrivateMetadata, &held); {
	case err != nil:
		return in.ended(b.refuseStale(ctx, in, ack))
	case time.Now().Unix() > held.Until:
		b.refuseWhole(ctx, in, ack, words.LiveOver())
		return in.ended(outcomeRefused)
	}
	acked := ack(updateView(words.LiveSent()))
	seen := held.Seen
	seen.is(true, "a button's trigger opens a form", "")
	seen.is(acked == nil, "the ack of a form takes a payload", "the ack of a form takes no payload, so what is wrong can't stand at its field")
	switch typed := cb.View.Text(text.BlockLive); typed {
	case text.Escape(liveText):
		seen.is(false, "", "what is typed in a form arrives with & < > escaped, so it is stored otherwise than typed")
	default:
		seen.is(typed == liveText, "what is typed in a form arrives as it was typed", "what is typed in a form arrives changed, or it was changed before it was sent")
	}
	b.trial.secret(ctx, in, &seen)
	changed := b.slack.UpdateView(ctx, cb.View.ID, words.LiveSent())
	seen.fact(changed.OK(), "a form's ack keeps it open, and it can be changed after that", "the form could not be changed after its ack, or it was closed before: "+changed.Code.Words())
	b.trial.home(ctx, in.userID, &seen)
	b.trial.end(ctx, in, held.At, seen)
	return in.ended(outcomeChecked)
}

// secret is the life of a text without value: stored, posted, burned.
func (t *trial) secret(ctx context.Context, in *interaction, seen *witness) {
	phrase := otsclient.Plaintext{}
	if t.phrase {
		phrase = otsclient.NewPlaintext(rand.Text())
	}
	shared, err := t.vault.ots.Share(ctx, otsclient.ShareRequest{Secret: otsclient.NewPlaintext(liveText), Passphrase: phrase, TTL: liveTTL})
	if !seen.is(err == nil, "OneTimeSecret stores a text", "OneTimeSecret didn't store a text") {
		return
	}
	r := receipt.New(in.userID, receipt.Oneself(), time.Now().Add(liveTTL), !phrase.IsZero())
	r.Stores(0, shared, liveTTL)
	words := t.words(in.userID)
	at, posted := t.slack.Post(ctx, in.userID, words.Announcement(text.Shared{Creator: in.userID, Link: t.vault.ots.SecretLink(shared), Expires: r.Ends(), Phrase: r.Phrase}), "")
	if seen.did("a message reaches somebody by their id", posted) {
		reply, threaded := t.slack.Post(ctx, at.Channel, words.LiveAlone(), at.TS)
		seen.did("a message goes into a thread", threaded)
		seen.is(!threaded.OK() || reply.Thread == at.TS, "Slack says in which thread it is", "Slack doesn't say in which thread it is, so receipts say that it may be elsewhere")
		hidden := t.slack.PostEphemeral(ctx, at.Channel, in.userID, words.LiveAlone())
		seen.fact(hidden.OK(), "a direct message with the app shows a message to one person", "a direct message with the app shows no message to one person: "+hidden.Code.Words())
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	row := &r.Rows[0]
	now, err := t.vault.burnRow(ctx, r, *row, phrase)
	row.Saw(now)
	seen.is(err == nil && now.Fate == receipt.BurnedNow, "OneTimeSecret burned the text before anybody opened it",
		"OneTimeSecret didn't burn the text, or somebody or something opened it: it is gone in five minutes")
	if posted.OK() && now.Fate.Final() {
		seen.did("a message can be changed", t.slack.Update(ctx, at, words.AnnouncementOver(r, *row, "")))
	}
}

// home publishes somebody's Home tab, as it is. What is on it this process must
// know: a check beside a bot with a memory of its own doesn't.
func (t *trial) home(ctx context.Context, user string, seen *witness) {
	if t.seen != nil && !t.homes.memory.Shared() && t.others() {
		seen.fact(false, "", "a Home tab wasn't set, since only the running otsbot knows what belongs in it: to try that too, stop it and check again")
		return
	}
	old := t.slack.PublishHome(ctx, user, text.NoHome(), "none")
	if old.Code.HomeOff() {
		seen.fact(false, "", "the app has no Home tab")
		return
	}
	seen.fact(!old.OK(), "a Home tab isn't set over one that is newer", "a Home tab is set over one that is newer")
	t.homes.watch(ctx, user, 0)
	seen.did("a Home tab can be set", t.slack.PublishHome(ctx, user, t.homes.view(ctx, user), ""))
}

// end brings what was seen into the direct message, and to whoever waits for
// it in this process.
func (t *trial) end(ctx context.Context, in *interaction, at slackapi.Place, seen witness) {
	var lines []string
	for _, f := range seen {
		lines = append(lines, f.String())
	}
	m := t.words(in.userID).LiveSeen(lines)
	if r := t.slack.Update(ctx, at, m); !r.OK() {
		seen.did("the message with a button can be changed", r)
		t.say(ctx, in, m, viaDM, viaHook)
	}
	t.log.Info("live check done", zap.String("user_id", in.userID))
	select {
	case t.seen <- seen:
	default: // nobody waits here
	}
}

// isLive says that it is of a live check.
func (in *interaction) isLive(p payload.Payload) bool {
	name := in.asks(p).name
	return name == text.ActionLive || name == text.CallbackLive
}

// CheckWith asks somebody to try the app, and says what was seen. b runs
// meanwhile, as one more process of the app: what others do may arrive here, and
// is left without an ack, for Slack to bring it to the bot that runs, too late for a
// form to open. b is over then.
func (b *Bot) CheckWith(ctx context.Context, user string) (seen []Finding) {
	b.trial.seen = make(chan witness, 1)
	b.cfg.Follow = false // so is what others have out
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- b.Run(running) }()
	defer func() {
		stop()
		if <-ended != nil {
			seen = append(seen, Finding{Text: "the app didn't run to its end; the log says why"})
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, liveWait)
	defer cancel()
	if b.sockets.AwaitReady(ctx) != nil {
		return []Finding{{Text: "no socket to Slack was there in time, so nobody was asked"}}
	}
	until, _ := ctx.Deadline()
	ask := b.words(user).LiveAsk(b.seal.Sign(text.ActionLive, liveStart{user, until.Unix()}))
	if _, r := b.slack.Post(ctx, user, ask, ""); !r.OK() {
		return []Finding{{Text: "the person can't be asked: " + r.Code.Words()}}
	}
	select {
	case seen := <-b.trial.seen:
		return seen
	case <-ctx.Done():
	}
	say := "nobody pressed Start and then sent the form in time"
	if b.trial.others() {
		say += ", or another otsbot that runs got it: what it saw stands in the direct message then"
	}
	return []Finding{{Text: say}}
}
