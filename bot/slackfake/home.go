package slackfake

import (
	"context"
	"fmt"
	"slices"
)

// The tabs of an app, as app_home_opened names them.
const (
	HomeTab     = "home"
	MessagesTab = "messages"
)

// viewsPublish sets what one person, and nobody else, sees in the app's Home
// tab. It takes no scope, and 100 calls a minute and more (tier 4),
// https://docs.slack.dev/reference/methods/views.publish
//
// That a hash is refused where nothing was published yet isn't documented; it
// can't be the current one.
func (w *Workspace) viewsPublish(c *call) reply {
	spec, refusal := w.viewArg(c, "home")
	if refusal != nil {
		return refusal
	}
	user, hash := c.str("user_id"), c.str("hash")
	v := w.homes[user]
	switch {
	case !w.opt.HomeTab:
		return fail("not_enabled")
	case w.users[user] == nil:
		return invalid("invalid_arguments", "invalid `user_id`")
	case hash != "" && (v == nil || hash != v.hash):
		return fail("hash_conflict")
	case w.externalTaken(spec.ExternalID, v):
		return fail("duplicate_external_id")
	case v == nil:
		v = w.newView(user, "", spec)
		w.homes[user] = v
	default:
		w.replace(v, spec)
	}
	return reply{"view": v.json()}
}

// Home returns what a person sees in the app's Home tab; nil where nothing was
// published, of which Slack says that it is still a work in progress. People of
// other organisations see that in any case, though Slack says ok to what is
// published for them: https://github.com/slackapi/bolt-js/issues/1948
func (w *Workspace) Home(user string) *View {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.homes[user]; v != nil && !w.users[user].Stranger() {
		return w.showView(v)
	}
	return nil
}

// OpenApp opens the app's HomeTab or MessagesTab, and tells the app if it has
// subscribed to app_home_opened. The person doesn't wait: they see what was
// published before.
func (w *Workspace) OpenApp(ctx context.Context, user, tab string) (*Interaction, error) {
	if !slices.Contains(w.opt.Events, "app_home_opened") {
		return &Interaction{}, nil
	}
	env, err := w.PrepareOpenApp(user, tab)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PrepareOpenApp makes the envelope of an app_home_opened. It comes each time
// that somebody opens the app, with the view if one was published,
// https://docs.slack.dev/reference/events/app_home_opened
func (w *Workspace) PrepareOpenApp(user, tab string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(user); err != nil {
		return Envelope{}, err
	}
	if tab == HomeTab && !w.opt.HomeTab {
		return Envelope{}, fmt.Errorf("the app has no Home tab")
	}
	now := w.opt.Clock()
	event := map[string]any{"type": "app_home_opened", "user": user, "channel": w.appDM(user).ID, "tab": tab, "event_ts": w.newTS()}
	if v := w.homes[user]; v != nil && tab == HomeTab {
		event["view"] = v.json()
	}
	return Envelope{ID: uuid(), Type: "events_api", failed: func(string) string { return "" }, Payload: marshal(map[string]any{
		"token": "offline", "team_id": TeamID, "api_app_id": AppID, "type": "event_callback", "event": event,
		"event_id": w.newID("Ev"), "event_time": now.Unix(), "event_context": "4-" + random(), "is_ext_shared_channel": false,
		"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": TeamID, "user_id": BotUserID, "is_bot": true, "is_enterprise_install": false}},
	})}, nil
}

// HoldEvents keeps events back. Letting go delivers them, the newest first:
// Slack promises no order, and after trouble events come as late as an hour.
func (w *Workspace) HoldEvents(hold bool) {
	w.locked(func() {
		w.eventsHeld = hold
		if hold {
			return
		}
		for _, e := range slices.Backward(w.held) {
			e.deadline.Reset(w.opt.AckTimeout)
			e.redeliver.Reset(w.opt.RedeliverAfter)
			w.deliver(e)
		}
		w.held = nil
	})
}

// PressInHome presses a button in the app's Home tab, as Press does.
func (w *Workspace) PressInHome(ctx context.Context, user, button string) (*Interaction, error) {
	env, err := w.PreparePressInHome(user, button)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PreparePressInHome makes the envelope of a press in the Home tab.
func (w *Workspace) PreparePressInHome(user, button string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(user); err != nil {
		return Envelope{}, err
	}
	v := w.homes[user]
	if v == nil {
		return Envelope{}, fmt.Errorf("user %s sees nothing in the Home tab", user)
	}
	block, el := findButton(v.spec.Blocks, button)
	if el == nil {
		return Envelope{}, fmt.Errorf("the Home tab has no button %q", button)
	}
	return w.viewAction(v, w.action(block, el), confirmOf(el)), nil
}
