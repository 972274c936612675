package otsfake_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otsbot/otsclient/otsfake"
)

func TestAnOperatorCanAskForPassphrases(t *testing.T) {
	server := otsfake.New(otsfake.Options{PassphraseMin: 20, PassphraseRequired: true})
	for phrase, refusal := range map[string]string{
		"":                      "A passphrase is required for all secrets",
		"nineteen characters":   "Passphrase must be at least 20 characters long",
		"twenty characters ...": "",
	} {
		body := url.Values{"secret": {"hunter2"}, "passphrase": {phrase}}.Encode()
		request := httptest.NewRequest("POST", "/api/v1/share", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		if refused := answer.Code != 200; refused != (refusal != "") || !strings.Contains(answer.Body.String(), refusal) {
			t.Errorf("%q: %d %s", phrase, answer.Code, answer.Body)
		}
	}
}
