package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/otsclient"
)

// concealBudget is how long a form waits for OneTimeSecret before its ack. It
// leaves a second of Slack's three for the way.
const concealBudget = 2 * time.Second

// maxSecret is what OneTimeSecret takes, in bytes.
const maxSecret = 10_000

// form is a submitted form. The secret is concealed before the ack, so that a
// failure stands at its field and nobody has to type a secret twice. If that
// takes too long, the ack shows that it is still being worked on, and the
// outcome follows into the same form.
func (b *Bot) form(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) outcome {
	var st formState
	if b.seal.open(cb.View.PrivateMetadata, cb.User.ID, &st) != nil {
		b.refuseForm(ctx, in, ack, map[string]string{in.firstInput: sayStaleForm})
		return outcomeRefused
	}
	in.kind = st.kind()
	if cb.View.CallbackID == callbackWorking {
		b.refuseForm(ctx, in, ack, map[string]string{in.firstInput: stillWorking(st, time.Now())})
		return outcomeRefused
	}
	s, problems := b.readForm(in, cb, st)
	if len(problems) > 0 {
		b.event(auditRefused, in, zap.Strings("fields", slices.Sorted(maps.Keys(problems))))
		b.refuseForm(ctx, in, ack, problems)
		return outcomeRejected
	}
	late := patiently(concealBudget, func() { _ = ack(updateView(b.workingView(cb.User.ID, st, time.Now()))) })
	defer late() // a panic must not leave the timer behind
	shared, err := b.conceal(ctx, in, s)
	if err != nil {
		say := sentence(err, s.ttl, time.Now())
		if late() || ack(fieldErrors(in.firstInput, say)) != nil {
			b.followUp(ctx, in, cb.View.ID, b.formView(cb.User.ID, st, otsclient.Plaintext{}, say), plain(say))
		}
		return concealOutcome(err)
	}
	if !late() {
		_ = ack(nil) // closes the form
	}
	outcome := b.deliver(ctx, in, s, shared)
	if late() {
		// Whoever closed the form meanwhile has been told already.
		b.showDone(ctx, in, cb.View.ID, doneView("Share a secret", sayDone(outcome, in)))
	}
	if s.also && outcome != outcomeUndone && outcome != outcomeOrphaned {
		b.shareAlso(ctx, in, s)
	}
	return outcome
}

func (st formState) kind() string {
	switch {
	case st.Origin != nil:
		return "form_from_message"
	case st.Generate:
		return "form_generate"
	}
	return "form"
}

// shareAlso gives the creator a link of their own to a generated password: a
// second secret, since a link works once.
func (b *Bot) shareAlso(ctx context.Context, in *interaction, s share) {
	s.channel, s.also = "", false
	shared, err := b.conceal(ctx, in, s)
	if err != nil {
		b.tell(ctx, in, sayNoSecondLink+" "+sentence(err, s.ttl, time.Now()))
		return
	}
	b.deliver(ctx, in, s, shared)
}

// refuseForm shows problems at their fields; if the ack could not carry them,
// the form is closed, and they are told elsewhere.
func (b *Bot) refuseForm(ctx context.Context, in *interaction, ack ackFunc, problems map[string]string) {
	if ack(slack.NewErrorsViewSubmissionResponse(problems)) != nil {
		b.say(ctx, in, plain(strings.Join(slices.Sorted(maps.Values(problems)), " ")), viaDM, viaHook, viaEphemeral)
	}
}

func fieldErrors(block, problem string) *slack.ViewSubmissionResponse {
	return slack.NewErrorsViewSubmissionResponse(map[string]string{block: problem})
}

func updateView(view slack.ModalViewRequest) *slack.ViewSubmissionResponse {
	return slack.NewUpdateViewSubmissionResponse(&view)
}

// stillWorking answers a second press. A form that was being worked on when
// the process ended says so for ever, so after a while it says what to do.
func stillWorking(st formState, now time.Time) string {
	if now.Sub(time.Unix(st.Started, 0)) > 2*time.Minute {
		return sayStuck
	}
	return sayWorking
}

// patiently calls slow once budget has passed, unless the returned function
// was called before. That function says whether slow was called, and if so
// returns only when it has ended: what follows must not overtake the ack.
func patiently(budget time.Duration, slow func()) (late func() bool) {
	done := make(chan struct{})
	timer := time.AfterFunc(budget, func() { defer close(done); slow() })
	return sync.OnceValue(func() bool {
		if timer.Stop() {
			return false
		}
		<-done
		return true
	})
}

// readForm turns a submitted form into a share, and checks what can be checked
// before anything is stored. Each problem stands at its field.
func (b *Bot) readForm(in *interaction, cb slack.InteractionCallback, st formState) (share, map[string]string) {
	v := values(cb.View.State.Values)
	in.channelID, in.responseURL = v.conversation(blockPlace), ""
	for _, r := range cb.ResponseURLs { // the picker's; a form has none of its own
		if r.BlockID == blockPlace {
			in.responseURL = r.ResponseURL
		}
	}
	s := share{
		ttl:        b.chosenTTL(v.option(blockTTL)),
		passphrase: otsclient.NewPlaintext(v.text(blockPhrase)),
		note:       strings.TrimSpace(v.text(blockNote)),
	}
	if st.Generate {
		s.secret = generate(v.option(blockLength), v.option(blockKind))
		s.also = v.checked(blockAlso)
	} else {
		s.secret = v.secret(st.Parts)
	}
	if o := st.Origin; o != nil {
		in.channelID, in.responseURL = o.Channel, o.ResponseURL
		s.thread = o.Thread
		s.leaked = o.leak(b.seal.markOf(s.secret))
	}
	s.creator, s.channel, s.responseURL = in.person(), in.channelID, in.responseURL
	return s, b.problems(s)
}

func (b *Bot) problems(s share) map[string]string {
	problems := map[string]string{}
	switch {
	case strings.TrimSpace(s.secret.Reveal()) == "":
		problems[blockSecret] = sayEmpty
	case s.secret.Len() > maxSecret:
		problems[blockSecret] = tooLong(s.secret.Len())
	}
	switch n := utf8.RuneCountInString(s.passphrase.Reveal()); {
	case n == 0 && b.cfg.PassphraseRequired:
		problems[blockPhrase] = sayPhraseMissing
	case n > 0 && (n < minPhrase || n > maxPhrase):
		problems[blockPhrase] = sayPhraseLength
	}
	switch {
	case contains(s.note, s.secret):
		problems[blockNote] = sayNoteSecret
	case contains(s.note, s.passphrase):
		problems[blockNote] = sayNotePhrase
	}
	return problems
}

// tooLong counts as the server does, in bytes.
func tooLong(n int) string {
	over := fmt.Sprintf("%d bytes", n-maxSecret)
	if n-maxSecret == 1 {
		over = "1 byte"
	}
	return "This is " + over + " too long: OneTimeSecret takes 10,000. Nothing was stored."
}

// chosenTTL accepts only what the form offered.
func (b *Bot) chosenTTL(value string) time.Duration {
	seconds, _ := strconv.Atoi(value)
	chosen := time.Duration(seconds) * time.Second
	for _, d := range b.cfg.TTLChoices {
		if d == chosen {
			return d
		}
	}
	return b.cfg.TTL
}

// followUp brings a late outcome into the form; if that was closed, to the
// person by another road.
func (b *Bot) followUp(ctx context.Context, in *interaction, viewID string, view slack.ModalViewRequest, say message) {
	if !b.showDone(ctx, in, viewID, view) {
		// Not where the link would have gone: they may have left there.
		b.say(ctx, in, say, viaDM, viaHook, viaEphemeral)
	}
}

// showDone puts the outcome into the form, and sees to it that a redelivered
// envelope shows it too, instead of "still working" again.
func (b *Bot) showDone(ctx context.Context, in *interaction, viewID string, view slack.ModalViewRequest) bool {
	ctx, cancel := outlive(ctx)
	defer cancel()
	in.reack(updateView(view))
	code := b.updateView(ctx, viewID, view)
	if code != "" {
		b.log.Info("form not updated", zap.String("code", code))
	}
	return code == ""
}

// sayDone is what a form says whose outcome came late.
func sayDone(o outcome, in *interaction) string {
	where := "in your direct messages from me."
	if in.receipt != viaDM {
		where = "in the conversation, where only you see it."
	}
	switch o {
	case outcomePosted, outcomeViaURL:
		return ":white_check_mark: The link is posted. Your receipt is " + where
	case outcomePrivate, outcomeNotPosted:
		return ":white_check_mark: The secret is stored. Your link is " + where
	}
	return ":warning: " + escape(in.undone)
}
