package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// person is somebody to be told something in private, and the ways to them
// that one interaction has.
type person struct {
	user        string
	channel     string // where they are, for an ephemeral message there
	responseURL string // of what they did; never stored
}

// via is one way to tell somebody something in private.
type via int

const (
	viaNone      via = iota // they were not told
	viaDM                   // stays, can be read later, may be switched off
	viaHook                 // ephemeral by response_url: where they are looking
	viaEphemeral            // ephemeral by the app, where it is a member
)

// reach sends m to one person by the first way that works, and says which it
// was. A way whose outcome is open does not count as working: twice a private
// message is better than none.
func (v *voice) reach(ctx context.Context, p person, m text.Message, ways ...via) (via, error) {
	return v.reachAfter(ctx, &unreached{}, p, m, ways...)
}

// reachAfter is reach once other ways were tried.
func (v *voice) reachAfter(ctx context.Context, missed *unreached, p person, m text.Message, ways ...via) (via, error) {
	for _, way := range ways {
		sent := v.send(ctx, p, m, way)
		if sent.OK() {
			return way, nil
		}
		missed.add(sent)
	}
	return viaNone, missed
}

// unreached says by what ways somebody could not be told something.
type unreached struct {
	tried    []string // what Slack said to each
	unproven bool     // one of them may have worked all the same
}

func (e *unreached) Error() string { return "reach person: " + strings.Join(e.tried, ", ") }

func (e *unreached) add(r slackapi.Result) {
	e.tried, e.unproven = append(e.tried, string(r.Code)), e.unproven || r.Unproven
}

// perhapsReached says of an error of reach that the person may have it.
func perhapsReached(err error) bool {
	var missed *unreached
	return errors.As(err, &missed) && missed.unproven
}

func (v *voice) send(ctx context.Context, p person, m text.Message, way via) slackapi.Result {
	switch way {
	case viaDM:
		if p.user == "" {
			return slackapi.Result{Code: "nobody"}
		}
		_, r := v.slack.Post(ctx, p.user, m, "")
		return r
	case viaHook:
		if p.responseURL == "" {
			return slackapi.Result{Code: "no_response_url"}
		}
		return v.slack.Respond(ctx, p.responseURL, slackapi.Answer{
			Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.Ephemeral,
		})
	case viaEphemeral:
		if p.channel == "" || p.user == "" {
			return slackapi.Result{Code: "no_channel"}
		}
		return v.slack.PostEphemeral(ctx, p.channel, p.user, m)
	}
	return slackapi.Result{Code: "no_way"}
}

func (in *interaction) person() person {
	return person{user: in.userID, channel: in.channelID, responseURL: in.responseURL}
}

// left says that somebody's account is deactivated. Slack takes a message to
// somebody who has left, and nobody reads it; without users:read nobody knows.
func (v *voice) left(ctx context.Context, user string) bool {
	u, known := v.slack.User(ctx, user)
	return known && u.Deleted
}

// outlive returns a context for what must be done and said also when ctx ends,
// because the process is stopping.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := 2 * slackapi.PostTimeout
	if ctx.Err() != nil {
		limit = compensateTime - time.Second
	}
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}

// tell says one sentence to who did something, where they are looking.
func (v *voice) tell(ctx context.Context, in *interaction, say string) {
	v.say(ctx, in, text.Plain(say), viaHook, viaEphemeral, viaDM)
}

// say brings m to who did something, also while the process is stopping, and
// says whether it came through.
func (v *voice) say(ctx context.Context, in *interaction, m text.Message, ways ...via) bool {
	if in.userID == "" && in.responseURL == "" {
		v.log.Error("nobody to tell", zap.String("envelope_id", in.envelopeID))
		return false
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	_, err := v.reach(ctx, in.person(), m, ways...)
	if err != nil {
		v.log.Error("person not told", zap.Error(err), zap.String("user_id", in.userID), zap.String("envelope_id", in.envelopeID))
	}
	return err == nil
}

// panicked says of a bug what is known, to the person and in the log.
func (v *voice) panicked(ctx context.Context, in *interaction, value any) {
	v.bug("interaction", value)
	if in.nobody {
		return
	}
	v.tell(ctx, in, v.words(in.userID).Panic)
}

// answer says something to who typed the command, in the ack if that can carry
// it and was written.
func (v *voice) answer(ctx context.Context, in *interaction, ack ackFunc, m text.Message) {
	if ack(ephemeralAck(m)) != nil {
		v.say(ctx, in, m, viaHook, viaEphemeral, viaDM)
	}
}

// ephemeralAck is an answer in the ack of a slash command, which only the
// person who typed it sees.
func ephemeralAck(m text.Message) slackapi.Answer {
	return slackapi.Answer{ResponseType: slackapi.Ephemeral, Text: m.Text, Blocks: m.Blocks}
}

// refuseButton says why a button does nothing.
func (v *voice) refuseButton(ctx context.Context, in *interaction, err error) outcome {
	say := v.words(in.userID).NotOurs
	switch {
	case errors.Is(err, errChanged):
		v.tell(ctx, in, v.words(in.userID).ReceiptChanged)
		return outcomeRefused
	case errors.Is(err, receipt.ErrNotTheirs):
		say = v.words(in.userID).NotTheirs
	}
	v.tamperedBy(in, err)
	v.tell(ctx, in, say)
	return outcomeRefused
}
