package slackfake_test

import (
	"testing"

	"otsbot/bot/slackfake"
)

// people adds one of each kind that the rules tell apart.
func people(w *slackfake.Workspace) {
	for _, u := range []slackfake.User{
		{ID: "UGONE", Name: "gone", Deactivated: true},
		{ID: "UROBOT", Name: "robot", Bot: true},
		{ID: "UFAR", Name: "far", TeamID: "TOTHER"},
		{ID: "UMET", Name: "met", TeamID: "TOTHER"},
		{ID: "USISTER", Name: "sister", TeamID: "TSISTER", EnterpriseID: slackfake.EnterpriseID},
		{ID: "UGUEST", Name: "guest", SingleChannelGuest: true},
	} {
		w.AddUser(u)
	}
	w.AddChannel(slackfake.Channel{ID: "CSHARED", Name: "shared", ExternallyShared: true, Members: []string{"UANA", "UMET"}})
	w.AddChannel(slackfake.Channel{ID: "CONE", Name: "one", Members: []string{"UANA", "UGUEST"}})
}

func TestWhomAPickerOffers(t *testing.T) {
	t.Parallel()
	for viewer, want := range map[string][]string{
		"UANA":   {slackfake.BotUserID, "UANA", "UBEN", "UCAL", "UGUEST", "UMET", "UROBOT", "USISTER", slackfake.SlackbotID},
		"UCAL":   {slackfake.BotUserID, "UANA", "UBEN", "UCAL", "UGUEST", "UROBOT", "USISTER", slackfake.SlackbotID},
		"UGUEST": {slackfake.BotUserID, "UANA", "UGUEST", slackfake.SlackbotID},
		"UMET":   {slackfake.BotUserID, "UANA", "UMET", slackfake.SlackbotID},
	} {
		a := start(t, slackfake.Options{})
		people(a.slack)
		a.openFormAs(viewer, modal(input("who", "Who", m{"type": "multi_users_select", "action_id": "a"})))
		expect(t, viewer, a.slack.View(viewer).Input("Who").Options, want)
	}
}

func TestPeopleWhoAreNotOfferedCannotBeChosen(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	people(a.slack)
	a.openForm(modal(input("who", "Who", m{"type": "multi_users_select", "action_id": "a", "max_selected_items": 3})))
	for _, who := range []string{"UGONE", "gone", "UFAR", "UNOBODY"} {
		if a.slack.Fill("UANA", slackfake.Values{"Who": []string{who}}) == nil {
			t.Errorf("%s could be chosen", who)
		}
	}
	if a.slack.Fill("UANA", slackfake.Values{"Who": []string{"ana", "ben", "cal", "met"}}) == nil {
		t.Error("four could be chosen of three")
	}
}

func TestWhoWasChosenStaysChosen(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	people(a.slack)
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	a.openForm(modal(input("who", "Who", m{"type": "multi_users_select", "action_id": "a", "initial_users": []string{"UBEN", "UCAL"}})))
	a.slack.EditUser("UCAL", func(u *slackfake.User) { u.Deactivated = true })
	must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", nil))
	state := (<-payloads)["view"].(m)["state"].(m)["values"].(m)["who"].(m)["a"].(m)
	expect(t, "type", state["type"], "multi_users_select")
	expect(t, "selected", state["selected_users"], []any{"UBEN", "UCAL"})
}
