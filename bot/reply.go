package bot

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
)

// concealBudget is how long a form waits for OneTimeSecret before its ack. It
// leaves a second of Slack's three for the way.
const concealBudget = 2 * time.Second

// reply answers a submitted form: in its ack while there is time for that,
// later by changing the view, and if the form was closed, by a message.
type reply struct {
	v      *voice
	ctx    context.Context
	in     *interaction
	viewID string
	ack    ackFunc
	late   func() bool // whether the ack was "still working"; ends the wait for it
}

// patiently starts to answer a form. If nothing is said within the budget, the
// ack shows working. The caller defers late: a panic must not leave the timer
// behind.
func (v *voice) patiently(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc, working func() slack.ModalViewRequest) *reply {
	late := patiently(concealBudget, func() {
		defer v.survive("late ack")
		_ = ack(updateView(working()))
	})
	return &reply{v, ctx, in, cb.View.ID, ack, late}
}

// problem says what is wrong, at its field; when that is too late, or there is
// no field, on top of form.
func (r *reply) problem(block, say string, form func() slack.ModalViewRequest) {
	if len(r.in.inputs) == 0 {
		r.show(form(), text.Plain(say))
		return
	}
	if r.late() || r.ack(fieldErrors(r.in.field(block), say)) != nil {
		r.follow(form(), text.Plain(say))
	}
}

// show puts another view in the form's place, and says whether it, or the
// message that stands for it, came through.
func (r *reply) show(view slack.ModalViewRequest, otherwise text.Message) bool {
	return r.again(view, otherwise.Text, otherwise)
}

// again is show for the form itself, with the text that it came with. That may
// be more than an ack takes, and an ack that says nothing would close the form:
// so it says the problem at a field, and the view follows by a call, which has
// room for it.
func (r *reply) again(view slack.ModalViewRequest, problem string, otherwise text.Message) bool {
	if r.late() {
		return r.follow(view, otherwise)
	}
	answer := updateView(view)
	if _, err := socketmode.EncodeAck(answer); err != nil {
		_ = r.ack(fieldErrors(r.in.field(""), problem))
		return r.follow(view, otherwise)
	}
	return r.ack(answer) == nil || r.follow(view, otherwise)
}

// showHere is show for what may stand in the form alone.
func (r *reply) showHere(view slack.ModalViewRequest) bool {
	return !r.late() && r.ack(updateView(view)) == nil || r.change(view)
}

// close closes the form, if it is not too late for that.
func (r *reply) close() {
	if !r.late() {
		_ = r.ack(nil)
	}
}

// follow brings a late answer into the form; if that was closed, to the person
// by another road. Not where the link would have gone: they may have left.
func (r *reply) follow(view slack.ModalViewRequest, otherwise text.Message) bool {
	return r.change(view) || r.v.say(r.ctx, r.in, otherwise, viaDM, viaHook, viaEphemeral)
}

// change puts a late answer into the form, and sees to it that a redelivered
// envelope shows it too, instead of "still working" again.
func (r *reply) change(view slack.ModalViewRequest) bool {
	ctx, cancel := outlive(r.ctx)
	defer cancel()
	r.in.reack(updateView(view))
	updated := r.v.slack.UpdateView(ctx, r.viewID, view)
	if !updated.OK() {
		r.v.log.Info("form not updated", zap.String("code", string(updated.Code)))
	}
	return updated.OK()
}

// refuseForm shows problems at their fields; if the ack could not carry them,
// the form is closed, and they are told elsewhere.
func (v *voice) refuseForm(ctx context.Context, in *interaction, ack ackFunc, problems map[string]string) {
	w, stand := v.words(in.userID), map[string]string{}
	for _, block := range slices.Sorted(maps.Keys(problems)) {
		at := in.field(block)
		stand[at] = w.Together(stand[at], problems[block])
	}
	if ack(slack.NewErrorsViewSubmissionResponse(stand)) != nil || !in.reads() {
		v.say(ctx, in, text.Plain(w.Together(slices.Sorted(maps.Values(problems))...)), viaDM, viaHook, viaEphemeral)
	}
}

// refuseWhole says a problem of the form as a whole, at its first field.
func (v *voice) refuseWhole(ctx context.Context, in *interaction, ack ackFunc, problem string) {
	v.refuseForm(ctx, in, ack, map[string]string{in.field(""): problem})
}

// opened acks what opens a form, when that was tried: the trigger lives three
// seconds. It says so if the form didn't open.
func (v *voice) opened(ctx context.Context, in *interaction, r slackapi.Result, ack ackFunc) outcome {
	_ = ack(nil)
	if !r.OK() {
		v.tell(ctx, in, v.words(in.userID).NotOpened(r.Code))
		return outcomeFormFailed
	}
	return outcomeFormOpened
}

// refuseStale refuses a form that remembers of itself what this app didn't seal for
// this person, or not with these keys.
func (v *voice) refuseStale(ctx context.Context, in *interaction, ack ackFunc) outcome {
	v.tampered(in, tamperingForm)
	v.refuseWhole(ctx, in, ack, v.words(in.userID).StaleForm)
	return outcomeRefused
}

func fieldErrors(block, problem string) *slack.ViewSubmissionResponse {
	return slack.NewErrorsViewSubmissionResponse(map[string]string{block: problem})
}

func updateView(view slack.ModalViewRequest) *slack.ViewSubmissionResponse {
	return slack.NewUpdateViewSubmissionResponse(&view)
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
