package text

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"otsbot/bot/internal/slackapi"
	"otsbot/bot/slackfake"
)

// Slack's rules hold for all that is shown, in each language and in one that is
// 40 % longer and all accents: the offline Slack is shown each view, and posts
// each message, so that it minds how long all blocks of one are together.
func TestSlackTakesEverySampleInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range append(Languages(), pseudo()) {
		t.Run(c.Language.String(), func(t *testing.T) {
			t.Parallel()
			fake := slackfake.New(slackfake.Options{})
			server := httptest.NewServer(fake)
			t.Cleanup(server.Close)
			t.Cleanup(fake.Close)
			client, err := slackapi.New(slackapi.Config{BotToken: fake.BotToken(), APIURL: server.URL + "/api"})
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range New(c, settings()).Samples(beside(t)) {
				var is slackapi.Result
				var objections []slackapi.Objection
				switch {
				case s.Message != nil:
					channel := fake.AddChannel(slackfake.Channel{ID: fmt.Sprintf("C%d", i), AppMember: true})
					_, is = client.Post(t.Context(), channel.ID, *s.Message, "")
				case s.View != nil:
					objections, is = client.ValidateView(t.Context(), s.View)
				default:
					objections, is = client.ValidateView(t.Context(), s.Home)
				}
				if !is.OK() {
					t.Errorf("%s: %s %v", s.Name, is.Code, objections)
				}
			}
			if violations := fake.Violations(); len(violations) > 0 {
				t.Error(violations)
			}
		})
	}
}
