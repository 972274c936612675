package slackapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/slack-go/slack"
)

// Result is how a call ended. The zero value is success.
type Result struct {
	// Code names the failure in Slack's words, or in one of ours where Slack
	// said nothing (unreachable, unreachable_proxy_407, no_answer, server_error,
	// http_error, no_response_url, dead_response_url). It is fit for a log.
	Code Code
	// Unproven says that the call may have had its effect: there was no answer,
	// a 5xx, or an error of Slack's own. Any other failure is a refusal, or
	// never reached Slack.
	Unproven bool
	needed   string // the scopes that Slack says are missing
}

// OK says that the call did what it should.
func (r Result) OK() bool { return r.Code == "" }

// Refused says that the call had no effect.
func (r Result) Refused() bool { return !r.OK() && !r.Unproven }

// Outcome is the call as a metric counts it. Slack's own codes are many and
// grow; they are in the log.
func (r Result) Outcome() string {
	switch {
	case r.OK():
		return "ok"
	case r.Code.Limited():
		return "rate_limited"
	case r.Code.TokenRefused(), r.Code.ScopeMissing():
		return "token_refused"
	case r.Unproven, r.Code.Unreachable():
		return "no_answer"
	}
	return "refused"
}

// Outcomes are the failures that a metric counts.
var Outcomes = []string{"refused", "no_answer", "rate_limited", "token_refused"}

// Code is one of Slack's, as it stands in an answer's "error". What it means is
// asked by its methods: the strings stand here and nowhere else.
type Code string

// is says whether the code is one of some.
func (c Code) is(codes ...Code) bool {
	for _, code := range codes {
		if c == code {
			return true
		}
	}
	return false
}

// NotMember is Slack's answer where the app is not in the conversation.
func (c Code) NotMember() bool { return c.is("channel_not_found", "not_in_channel") }

// TokenRefused says that a token is no good (any more).
func (c Code) TokenRefused() bool {
	return c.is("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type")
}

// ScopeMissing says that the app was not given what the call takes.
func (c Code) ScopeMissing() bool { return c == "missing_scope" }

// Limited says that Slack takes no more of these calls for now.
func (c Code) Limited() bool { return c.is("ratelimited", "rate_limited", "message_limit_exceeded") }

// Archived says that the channel is read-only for all.
func (c Code) Archived() bool { return c == "is_archived" }

// Restricted says that not everyone may post in the channel.
func (c Code) Restricted() bool { return strings.HasPrefix(string(c), "restricted_action") }

// Forbidden says that an organisation's admins don't let the app.
func (c Code) Forbidden() bool {
	return c.is("no_permission", "ekm_access_denied", "org_login_required", "team_added_to_org", "enterprise_is_restricted", "app_access_restricted")
}

// Unreachable says that no byte of the request reached Slack.
func (c Code) Unreachable() bool {
	return c == unreachable || strings.HasPrefix(string(c), unreachableProxy)
}

// Words say it to whoever runs the app.
func (c Code) Words() string {
	status, byProxy := strings.CutPrefix(string(c), unreachableProxy)
	switch {
	case byProxy:
		return "no connection to Slack: the proxy refused it (" + status + ")"
	case c.Unreachable():
		return "no connection to Slack"
	case c == noAnswer:
		return "no answer from Slack that can be used"
	}
	return "Slack says " + string(c)
}

// NoResponseURL says that there was no response URL that could be used.
func (c Code) NoResponseURL() bool { return c == noResponseURL }

// DeadResponseURL says that it was used five times or is older than thirty
// minutes.
func (c Code) DeadResponseURL() bool { return c == deadResponseURL }

// HookMayHelp says whether a response URL is the right way round a refusal: it
// asks for no membership, and for no token. Where an admin has said that not
// everyone may post, or a channel is archived, it is not.
func (c Code) HookMayHelp() bool {
	return c.NotMember() || c == "no_permission" || c.ScopeMissing() || c.TokenRefused()
}

// Deactivated says that a person's account is.
func (c Code) Deactivated() bool { return c.is("user_disabled", "account_disabled") }

// NoSuchPerson says that the app can't write to somebody: they are deactivated,
// an app, or of another organisation.
func (c Code) NoSuchPerson() bool {
	return c.is("channel_not_found", "user_not_found", "user_not_visible", "cannot_dm_bot", "invalid_user_combination")
}

// MessagesOff says that somebody can't get messages from the app.
func (c Code) MessagesOff() bool {
	return c.is("messages_tab_disabled", "not_in_channel", "restricted_action")
}

// TriggerOver says that a trigger is older than its three seconds, or used.
func (c Code) TriggerOver() bool {
	return c.is("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")
}

// HomeOff says that the app's Home tab is switched off.
func (c Code) HomeOff() bool { return c == "not_enabled" }

// ViewGone says that the form was closed.
func (c Code) ViewGone() bool { return c == "not_found" }

// MendsAppToken says what mends a refusal of apps.connections.open that does not
// heal; "" for others,
// https://docs.slack.dev/reference/methods/apps.connections.open#errors
func (c Code) MendsAppToken() string {
	return map[Code]string{
		"invalid_auth":           "SLACK_APP_TOKEN is not valid for this Slack",
		"not_authed":             "SLACK_APP_TOKEN did not reach Slack",
		"account_inactive":       "the app was uninstalled or its workspace is gone; install it again and set the new tokens",
		"token_revoked":          "SLACK_APP_TOKEN was revoked; make a new app-level token",
		"token_expired":          "SLACK_APP_TOKEN has expired; make a new app-level token",
		"missing_scope":          "SLACK_APP_TOKEN lacks the scope connections:write",
		"not_allowed_token_type": "SLACK_APP_TOKEN must be an app-level token (xapp-)",
		"forbidden_team":         "the app may not run in this workspace",
	}[c]
}

// unproven are Slack's own trouble and leave the outcome open,
// https://docs.slack.dev/reference/methods/chat.postMessage#errors
func (c Code) unproven() bool {
	return c.is("fatal_error", "internal_error", "service_unavailable", "request_timeout")
}

// Words of ours, where Slack said none.
const (
	unreachable      Code = "unreachable"
	unreachableProxy      = "unreachable_proxy_" // and the proxy's status
	noAnswer         Code = "no_answer"
	serverError      Code = "server_error"
	httpError        Code = "http_error"
	rateLimited      Code = "ratelimited"
	unknownError     Code = "unknown_error"
	noResponseURL    Code = "no_response_url"
	deadResponseURL  Code = "dead_response_url"
)

// sort says of the error of a call what came of it.
func sort(err error) Result {
	var said slack.SlackErrorResponse
	var status slack.StatusCodeError
	var limited *slack.RateLimitedError
	var refused proxyRefusal
	switch {
	case err == nil:
		return Result{}
	case errors.As(err, &refused):
		return Result{Code: Code(refused.Error())}
	case errors.Is(err, errNotSent):
		return Result{Code: unreachable}
	case errors.As(err, &said):
		return Result{Code: word(said.Err), Unproven: Code(said.Err).unproven(), needed: scopes(said.Needed)}
	case errors.As(err, &limited):
		return Result{Code: rateLimited}
	case errors.As(err, &status):
		switch {
		case status.Code < http.StatusMultipleChoices:
			return Result{Code: noAnswer, Unproven: true} // a success, and not one of Slack's
		case status.Code == http.StatusTooManyRequests:
			return Result{Code: rateLimited}
		case status.Code >= http.StatusInternalServerError:
			return Result{Code: serverError, Unproven: true}
		}
		return Result{Code: httpError}
	}
	return Result{Code: noAnswer, Unproven: true}
}

// word is a code of Slack's, if it looks like one: it ends in logs, and who
// knows who answers in Slack's place.
func word(code string) Code {
	other := func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }
	if code == "" || len(code) > 64 || strings.ContainsFunc(code, other) {
		return unknownError
	}
	return Code(code)
}

// scopes are the names of scopes, such as "channels:read,groups:read", if they
// look like some, for the same reason.
func scopes(needed string) string {
	if len(needed) > 64 || strings.Trim(needed, "abcdefghijklmnopqrstuvwxyz_.:,") != "" {
		return "(not a scope)"
	}
	return needed
}

// Twice makes a call, and makes it once more if the outcome of the first is
// open. If the second fails as well the outcome stays open, unless it shows that
// the first cannot have had its effect.
func Twice(call func() Result) Result {
	first := call()
	if !first.Unproven {
		return first
	}
	if second := call(); second.OK() || second.Code.NotMember() {
		return second
	}
	return first
}
