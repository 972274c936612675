// Package story is the playground's demo: it plays what people do with the
// app, from a shared password to an archived channel, waits for what each of
// them must see, and prints it as a transcript.
//
// It is a test as well as a tale. Each chapter says what everybody must see
// and what nobody must see; after each, whatever the app sent to Slack, every
// address it called at OneTimeSecret, and its log are searched for what was
// secret. [Tell] fails at the first difference.
//
// The chapters are in chapters.go, morechapters.go, peoplechapters.go, home.go and
// messages.go, and read from top to bottom. What their verbs do is in teller.go (see), acts.go
// (do), browser.go (open links) and audit.go (search).
package story

import (
	"context"
	"fmt"
	"io"
	"os"

	"otsbot/cmd/internal/service"
	"otsbot/cmd/playground/stage"
)

// Tell plays the story on a stage of its own and writes it to out. The error
// says what came out differently.
//
// The bot runs with the defaults: settings in the environment are removed.
func Tell(ctx context.Context, out io.Writer) error {
	for _, setting := range service.Settings() {
		os.Unsetenv(setting.Name)
	}
	s, err := stage.Open("127.0.0.1:0", "127.0.0.1:0", stage.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	log := new(safeBuffer)
	logger, err := service.NewLogger("debug", "json", log)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	stopped := make(chan error, 1)
	go func() {
		stopped <- s.RunBot(running, logger)
		stop() // a bot that can't run ends the story
	}()

	t := newTeller(running, out, s, log)
	t.begins()
	for _, chapter := range chapters {
		chapter(t)
		logger.Close() // what it has to say so far is in the buffer
		t.audits()
	}
	stop()
	// A bot that failed says more than the chapter that missed it.
	if err := <-stopped; err != nil {
		return fmt.Errorf("the bot ended: %w", err)
	}
	if t.err != nil {
		return fmt.Errorf("chapter %d: %w", t.number, t.err)
	}
	fmt.Fprintf(out, "\n\nThe bot was told to stop, and left nothing behind. Nothing secret was found in what it sent to Slack, nor in its log.\n")
	return nil
}

// chapters in the order in which they are told.
var chapters = []func(*teller){
	aPasswordForTheTeam,
	intoAPrivateChannel,
	burnedInTime,
	burnedTooLate,
	whileOneTimeSecretIsDown,
	justTheLink,
	aPasswordNobodyTyped,
	withAPassphrase,
	aLeakedPassword,
	theChannelIsArchived,
	whereNobodyElseReads,
	aLinkEach,
	iCantOpenIt,
	thePassphraseOnAnotherRoad,
	askedFor,
	mySecrets,
	messagesOfAllKinds,
}

func (t *teller) begins() {
	fmt.Fprintf(t.out, `A password changes hands
════════════════════════

An offline Slack with a handful of people in it, an offline OneTimeSecret, and
between them the very bot that runs in production. Ana lives in Berlin, Bob in
New York, Chloe in Tokyo, Dev in Kolkata: each reads dates in their own time. It
is %s.
`, t.stage.Clock.Now().UTC().Format("2 January 2006, 15:04 UTC"))
	if !t.waits(func() bool { return t.stage.Slack.Connections() > 0 }) {
		t.difference("the bot should connect to Slack", "a connection", "none")
	}
}
