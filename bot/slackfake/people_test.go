package slackfake_test

import (
	"testing"

	"otsbot/bot/slackfake"
)

func TestWhoSeesWhichConversation(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.slack.AppDM("UANA")
	ids := func(user string) (seen []string) {
		for _, c := range a.slack.Channels(user) {
			seen = append(seen, c.ID)
		}
		return seen
	}
	expect(t, "ana", ids("UANA"), []string{"CGENERAL", "CRANDOM", "GPRIVATE", "DANABEN", a.slack.AppDM("UANA")})
	expect(t, "cal, who is in none", ids("UCAL"), []string{"CGENERAL", "CRANDOM"})
	expect(t, "all", len(ids("")), 5)
	people(a.slack)
	expect(t, "a guest", ids("UGUEST"), []string{"CONE"})
	expect(t, "an outsider", ids("UMET"), []string{"CSHARED"})
	a.slack.PostAs("UANA", "GPRIVATE", "private")
	expect(t, "a member reads", len(a.slack.Messages("UBEN", "GPRIVATE")), 1)
	expect(t, "others don't", len(a.slack.Messages("UCAL", "GPRIVATE")), 0)
}

func TestPeopleAndPlacesGetIDs(t *testing.T) {
	t.Parallel()
	w := slackfake.New(slackfake.Options{})
	u := w.AddUser(slackfake.User{Name: "dee"})
	expect(t, "users", w.Users(), []slackfake.User{u})
	expect(t, "real name", u.RealName, "dee")
	for kind, prefix := range map[slackfake.Kind]string{slackfake.Public: "C", slackfake.Private: "G", slackfake.DM: "D", slackfake.GroupDM: "G"} {
		expect(t, "prefix", w.AddChannel(slackfake.Channel{Kind: kind}).ID[:1], prefix)
	}
}

func TestWhoMayWriteAndDelete(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	for name, p := range map[string]slackfake.Post{
		"not a member":      {User: "UCAL", Channel: "CGENERAL", Text: "x"},
		"nobody":            {User: "UNOBODY", Channel: "CGENERAL", Text: "x"},
		"in no such thread": {User: "UANA", Channel: "CGENERAL", ThreadTS: "1.2", Text: "x"},
	} {
		if _, err := a.slack.PostMessage(p); err == nil {
			t.Errorf("%s could write", name)
		}
	}
	mine := must[slackfake.Message](t)(a.slack.PostAs("UANA", "CGENERAL", "x"))
	if a.slack.DeleteMessage("UBEN", mine) == nil {
		t.Error("ben deleted ana's message")
	}
	if err := a.slack.DeleteMessage("UANA", mine); err != nil {
		t.Error(err)
	}
}

func TestAPermalink(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	posted := must[slackfake.Message](t)(a.slack.PostAs("UANA", "CGENERAL", "x"))
	link := func(channel, ts string) m {
		return a.call("chat.getPermalink", m{"channel": channel, "message_ts": ts})
	}
	expect(t, "of a message", link("CGENERAL", posted.TS)["channel"], "CGENERAL")
	expect(t, "of none", link("CGENERAL", "1.2")["error"], "message_not_found")
	expect(t, "where the app isn't", link("GPRIVATE", posted.TS)["error"], "channel_not_found")
}

func TestWhoFollowsAlongHearsOfEveryChange(t *testing.T) {
	t.Parallel()
	w := slackfake.New(slackfake.Options{})
	populate(w)
	changed := w.Changed()
	select {
	case <-changed:
		t.Fatal("a change before there was one")
	default:
	}
	must[slackfake.Message](t)(w.PostAs("UANA", "CGENERAL", "hello"))
	<-changed
}
