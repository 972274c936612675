package slackapi

import "testing"

func TestRefusalsOfTheAppTokenThatDoNotHealSayWhatMendsThem(t *testing.T) {
	t.Parallel()
	for _, code := range []Code{"invalid_auth", "account_inactive", "not_authed", "token_revoked", "token_expired",
		"missing_scope", "not_allowed_token_type", "forbidden_team"} {
		if code.MendsAppToken() == "" {
			t.Errorf("%s: nothing says what to mend", code)
		}
	}
	for _, code := range []Code{"internal_error", "ratelimited", "server_error", "unreachable", "no_answer"} {
		if mend := code.MendsAppToken(); mend != "" {
			t.Errorf("%s would end the process: %s", code, mend)
		}
	}
}
