package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

const (
	eva, finn, gus, robot = "UEVA", "UFINN", "UGUS", "UROBOT"

	northwind = "CNORTH" // shared with another organization, the app is a member
)

var allScopes = []string{"commands", "chat:write", "chat:write.public", "users:read", "channels:read", "groups:read", "im:read", "mpim:read"}

// underRules is a world with guests and strangers in it.
func underRules(t *testing.T, scopes []string, p bot.Policy, f func(w *world)) {
	t.Helper()
	if p.RecipientsMax == 0 {
		p.RecipientsMax = bot.MaxRecipients
	}
	inWorldOf(t, slackfake.Options{Scopes: scopes}, otsfake.Options{}, func(w *world) {
		w.meetsStrangers()
		f(w)
	}, func(c *bot.Config) { c.Policy = p })
}

// meetsStrangers adds guests, strangers, and where they are.
func (w *world) meetsStrangers() {
	for _, u := range []slackfake.User{
		{ID: eva, Name: "eva", Guest: true},
		{ID: finn, Name: "finn", TeamID: "TNORTH"},
		{ID: gus, Name: "gus", Deactivated: true},
		{ID: robot, Name: "robot", Bot: true},
	} {
		w.slack.AddUser(u)
	}
	w.slack.AddChannel(slackfake.Channel{ID: northwind, Name: "northwind", Members: []string{ana, ben, eva, finn}, AppMember: true, ExternallyShared: true})
	w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eva) })
}

// Each row is a command that a rule refuses. Nothing may be stored, who typed
// it is told whom to ask, and a security team can see it.
func TestARuleRefusesACommandBeforeAnythingIsStored(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		scopes        []string
		policy        bot.Policy
		user, channel string
		rule, says    string
	}{
		{"a person who is excluded", nil, bot.Policy{UsersDeny: []string{ana}}, ana, general, "users", "The rules here don't let you share secrets."},
		{"a person who is not included", nil, bot.Policy{UsersAllow: []string{ben}}, ana, general, "users", "The rules here don't let you share secrets."},
		{"a conversation that is excluded", nil, bot.Policy{ChannelsDeny: []string{general}}, ana, general, "channels", "don't allow links in that conversation"},
		{"a conversation that is not included", nil, bot.Policy{ChannelsAllow: []string{random}}, ana, general, "channels", "don't allow links in that conversation"},
		{"a guest", allScopes, bot.Policy{RefuseGuests: true}, eva, general, "guests", "Guests can't share secrets here."},
		{"perhaps a guest: Slack doesn't tell", nil, bot.Policy{RefuseGuests: true}, ana, general, "guests", "Slack doesn't say whether you're a guest"},
		{"an external conversation", allScopes, bot.Policy{External: bot.ExternalRefuse}, ana, northwind, "external", "shared with another organization"},
		{"perhaps an external conversation: no scope", nil, bot.Policy{External: bot.ExternalRefuse}, ana, general, "external", "Slack doesn't say who can read that conversation"},
		{"perhaps an external conversation: not a member", allScopes, bot.Policy{External: bot.ExternalRefuse}, ana, secrets, "external", "Slack doesn't say who can read that conversation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.policy.Support = "#it-help"
			underRules(t, c.scopes, c.policy, func(w *world) {
				w.command(c.user, c.channel, "hunter2")
				w.sees(w.toldTo(c.user, c.channel), c.says, "Nothing was stored.", "Questions? Ask #it-help.")
				if len(w.ots.Journal()) != 0 {
					t.Error("OneTimeSecret was called")
				}
				contains(t, w.logs.String(), `"event":"refused"`, fmt.Sprintf(`"rule":"%s"`, c.rule))
				contains(t, w.scrape(), fmt.Sprintf(`otsbot_refusals_total{rule="%s"} 1`, c.rule))
			})
		})
	}
}

func TestWhatTheRulesAllowGoesThrough(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		policy  bot.Policy
		channel string
	}{
		{"an own conversation", bot.Policy{External: bot.ExternalRefuse}, general},
		{"an external one, where they are allowed", bot.Policy{External: bot.ExternalAllow}, northwind},
		{"a conversation that is included", bot.Policy{ChannelsAllow: []string{general}}, general},
		{"a person who is included", bot.Policy{UsersAllow: []string{ana}}, general},
		{"no guest", bot.Policy{RefuseGuests: true}, general},
	} {
		t.Run(c.name, func(t *testing.T) {
			underRules(t, allScopes, c.policy, func(w *world) {
				w.command(ana, c.channel, "hunter2")
				if got := w.opens(w.link(w.last(ben, c.channel)), ""); got != "hunter2" {
					t.Errorf("ben opens %q", got)
				}
			})
		})
	}
}

// A warning comes before anything is stored, in a form that keeps the text.
func TestAnExternalConversationIsWarnedAbout(t *testing.T) {
	t.Parallel()
	for _, scopes := range [][]string{allScopes, {"commands", "chat:write", "chat:write.public", "channels:read"}} {
		warnsInNorthwind(t, scopes)
	}
}

func warnsInNorthwind(t *testing.T, scopes []string) {
	t.Helper()
	underRules(t, scopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
		w.command(ana, northwind, "hunter2")
		form := w.slack.View(ana)
		if form == nil || form.Input("Secret").Value != "hunter2" {
			t.Fatal("no form with the text in it")
		}
		contains(t, form.PlainText(), "shared with another organization", "Nothing has been stored yet")
		if len(w.ots.Journal()) != 0 {
			t.Error("OneTimeSecret was called")
		}
		w.submit(ana, nil)
		if got := w.opens(w.link(w.last(ben, northwind)), ""); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestExternalConversationsAreOfferedWhereTheyAreAllowedOrWarnedAbout(t *testing.T) {
	t.Parallel()
	for policy, offered := range map[bot.External]bool{bot.ExternalAllow: true, bot.ExternalWarn: true, bot.ExternalRefuse: false} {
		underRules(t, allScopes, bot.Policy{External: policy}, func(w *world) {
			w.command(ana, general, "")
			if err := w.slack.Fill(ana, slackfake.Values{"Post the link in": northwind}); offered != (err == nil) {
				t.Errorf("%s: %v", policy, err)
			}
		})
	}
}

func TestAFormToAnExternalConversationIsWarnedAboutOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ channel, warning string }{
		{northwind, "That conversation is shared with another organization"},
		{secrets, "Slack doesn't say whether that conversation is shared"},
	} {
		underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": "hunter2", "Post the link in": c.channel})
			contains(t, w.slack.View(ana).PlainText(), c.warning)
			if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" || len(w.ots.Journal()) != 0 {
				t.Errorf("the field holds %q, and OneTimeSecret was called %d times", got, len(w.ots.Journal()))
			}
			w.submit(ana, nil)
			w.link(w.last(ben, c.channel))
			if w.slack.View(ana) != nil {
				t.Error("the form is still open")
			}
		})
	}
}

func TestWhoIsInvitedCountsAsOutside(t *testing.T) {
	t.Parallel()
	underRules(t, allScopes, bot.Policy{External: bot.ExternalRefuse}, func(w *world) {
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.PendingShare = true })
		w.command(ana, general, "hunter2")
		w.sees(w.toldTo(ana, general), "shared with another organization")
	})
}

func TestWithoutTheScopeExternalConversationsAreNotOfferedAndThatIsSaid(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
		w.command(ana, general, "")
		if err := w.slack.Fill(ana, slackfake.Values{"Post the link in": northwind}); err == nil {
			t.Error("an external conversation is offered")
		}
		contains(t, w.logs.String(), "POLICY_EXTERNAL=warn: without channels:read", "the form offers none of them")
		lacks(t, w.logs.String(), `"level":"error"`)
	})
}

func TestWhoCannotBeSentALinkIsNamedAtTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		policy bot.Policy
		scopes []string
		to     []string
		says   []string
	}{
		{"somebody deactivated and an app", bot.Policy{}, allScopes, []string{ben, gus, robot}, []string{"gus can't get a link because their account is deactivated", "robot can't get a link because it's an app, not a person"}},
		{"Slackbot", bot.Policy{}, allScopes, []string{slackfake.SlackbotID}, []string{"an app, not a person"}},
		{"somebody of another organisation", bot.Policy{External: bot.ExternalRefuse}, allScopes, []string{finn}, []string{"finn can't get a link because they're from another organization"}},
		{"a guest", bot.Policy{RefuseGuests: true}, allScopes, []string{eva}, []string{"eva can't get a link because they're a guest"}},
		{"somebody who is excluded", bot.Policy{UsersDeny: []string{ben}}, nil, []string{ben}, []string{"UBEN can't get a link because the rules here don't allow it"}},
		{"perhaps of another organisation", bot.Policy{External: bot.ExternalRefuse}, nil, []string{ben}, []string{"UBEN can't get a link because Slack doesn't say who that is"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			underRules(t, c.scopes, c.policy, func(w *world) {
				env := w.chosen(c.to...)
				seen := w.did(w.slack.Send(w.Context(), env))
				contains(t, seen.Errors["people"], append(c.says, "Nothing was stored.")...)
				if len(w.ots.Journal()) != 0 {
					t.Error("OneTimeSecret was called")
				}
				if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" {
					t.Errorf("the field holds %q", got)
				}
			})
		})
	}
}

// chosen is a form for people, also for such as Slack's picker doesn't offer:
// somebody may be deactivated while the form is open.
func (w *world) chosen(to ...string) slackfake.Envelope {
	w.Helper()
	w.command(ana, general, "")
	if err := w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2", people: []string{ben}}); err != nil {
		w.Fatal(err)
	}
	env, err := w.slack.PrepareSubmit(ana)
	if err != nil {
		w.Fatal(err)
	}
	env.Payload = replace(w.T, env.Payload, `"selected_users":["UBEN"]`, `"selected_users":["`+strings.Join(to, `","`)+`"]`)
	return env
}

func TestAPersonOfAnotherOrganisationIsWarnedAbout(t *testing.T) {
	t.Parallel()
	underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
		w.did(w.slack.Send(w.Context(), w.chosen(finn)))
		contains(t, w.slack.View(ana).PlainText(), "finn is from another organization", "Nothing has been stored yet")
		if len(w.ots.Journal()) != 0 {
			t.Error("OneTimeSecret was called")
		}
	})
}

func TestMorePeopleThanTheRuleAllows(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{RecipientsMax: 2}, func(w *world) {
		seen := w.did(w.slack.Send(w.Context(), w.chosen(ana, ben, eve)))
		contains(t, seen.Errors["people"], "at most 2 people")
	})
}

func TestSecretsPerHourAreCountedByPersonAndRecipient(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{SecretsPerHour: 3}, func(w *world) {
		mend := w.ots.Fault(otsfake.Fault{Down: true})
		w.command(ana, general, "not stored, so it does not count")
		w.settle(time.Minute)
		mend()
		w.command(ana, general, "one")
		w.settle(10 * time.Minute)
		w.sendsTo(nil, ben, eve)
		w.command(ana, general, "four")
		w.sees(w.toldTo(ana, general), "Each person can share at most 3 secrets an hour here.", "You can try again in 50 minutes.")
		w.command(ben, general, "of somebody else")
		if n := w.ots.Secrets(); n != 4 {
			t.Errorf("%d secrets, want 4", n)
		}
		w.settle(51 * time.Minute)
		w.command(ana, general, "four")
		if n := w.ots.Secrets(); n != 5 {
			t.Errorf("%d secrets, want 5", n)
		}
	})
}

func TestWhoIsExcludedGetsNoFormAndMayStillBurn(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{}, func(w *world) {
		w.command(ana, general, "hunter2")
		receipt := w.receipt(ana)
		_ = w.stop()
		w.cfg.Policy.UsersDeny = []string{ana}
		w.restart()
		seen := w.command(ana, general, "")
		contains(t, string(seen.AckPayload), "don't let you share secrets")
		w.did(w.slack.GlobalShortcut(w.Context(), ana, "share_secret"))
		if w.slack.View(ana) != nil {
			t.Error("the form opened")
		}
		w.press(ana, receipt, "Burn")
		if n := w.ots.Secrets(); n != 0 {
			t.Errorf("%d secrets are left", n)
		}
	})
}

func TestAShortcutIntoAForbiddenConversationIsRefusedInItsForm(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{ChannelsDeny: []string{general}}, func(w *world) {
		w.shortcut(ana, w.wrote(ben, general, "hunter2"))
		seen := w.submit(ana, nil)
		contains(t, seen.Errors["secret"], "don't allow links in that conversation")
	})
}

func TestSlackIsAskedOnceAboutWhoAndWhere(t *testing.T) {
	t.Parallel()
	underRules(t, allScopes, bot.Policy{External: bot.ExternalRefuse, RefuseGuests: true}, func(w *world) {
		for range 5 {
			w.command(ana, general, "hunter2")
		}
		asked := map[string]int{}
		for _, e := range w.slack.Journal() {
			asked[e.Method]++
		}
		if asked["users.info"] != 1 || asked["conversations.info"] != 1 {
			t.Errorf("asked %d times who, and %d times where", asked["users.info"], asked["conversations.info"])
		}
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.ExternallyShared = true })
		w.settle(6 * time.Minute)
		w.command(ana, general, "hunter2")
		w.sees(w.toldTo(ana, general), "shared with another organization")
	})
}

func TestARuleHoldsForAnotherTryToo(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{}, func(w *world) {
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Error: "messages_tab_disabled"})
		w.sendsTo(nil, ben, eve)
		mend()
		_ = w.stop()
		w.cfg.Policy.UsersDeny = []string{ben}
		w.restart()
		receipt := w.receipt(ana)
		w.press(ana, receipt, "Try again for 1 person")
		w.sees(w.receipt(ana), "UBEN can't get a link because the rules here don't allow it")
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 0 {
			t.Errorf("ben got %d messages", n)
		}
	})
}

func TestEverySecretOfAShareCountsForTheHour(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{SecretsPerHour: 1}, func(w *world) {
		w.command(ana, general, "generate")
		seen := w.submit(ana, slackfake.Values{"A link for you": []string{"yes"}})
		if len(seen.Errors) == 0 || w.ots.Secrets() != 0 {
			t.Errorf("%q, and %d secrets", seen.Errors, w.ots.Secrets())
		}
		w.submit(ana, slackfake.Values{"A link for you": nil})
		if n := w.ots.Secrets(); n != 1 {
			t.Errorf("%d secrets", n)
		}
	})
}

func TestARuleHoldsForThePassphraseToo(t *testing.T) {
	t.Parallel()
	underRules(t, nil, bot.Policy{}, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
		_ = w.stop()
		w.cfg.Policy.UsersDeny = []string{ben}
		w.restart()
		w.press(ana, w.receipt(ana), "Send the passphrase")
		seen := w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		contains(t, seen.Errors["passphrase"], "UBEN can't get a link because the rules here don't allow it")
		if n := w.ots.Secrets(); n != 1 {
			t.Errorf("%d secrets, want the one from before", n)
		}
		contains(t, w.logs.String(), `"rule":"users"`)
	})
}

// An ack holds 20 KB, and what is escaped in it counts several times.
func TestAFormWhoseTextIsTooLongForAnAckStaysOpen(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"angle brackets":   strings.Repeat("<>&", 3200),
		"quotes":           strings.Repeat(`"`, 9600),
		"lines":            strings.Repeat("a\n", 4800) + "z",
		"control sequence": "x" + strings.Repeat("\x1b", 9599),
	} {
		t.Run(name, func(t *testing.T) {
			underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
				w.longForm(text)
				contains(t, w.slack.View(ana).PlainText(), "shared with another organization", "submit the form")
				if len(w.ots.Journal()) != 0 {
					t.Error("OneTimeSecret was called")
				}
				w.submit(ana, nil)
				if got := w.opens(w.link(w.last(ben, northwind)), ""); got != text {
					t.Errorf("ben opens %d bytes of %d", len(got), len(text))
				}
			})
		})
	}
}

// longForm sends a form that came with a text to an external conversation.
func (w *world) longForm(text string) *slackfake.Interaction {
	w.Helper()
	_ = w.stop()
	w.cfg.Inline = false
	w.restart()
	w.command(ana, general, text)
	return w.submit(ana, slackfake.Values{"Post the link in": northwind})
}

func TestAFormThatIsClosedIsNotSpokenOf(t *testing.T) {
	t.Parallel()
	underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "views.update", Error: "not_found"})
		seen := w.longForm(strings.Repeat(`"`, 9600))
		contains(t, seen.Errors["secret"], "shared with another organization")
		told := w.receipt(ana)
		w.sees(told, "shared with another organization", "othing was stored")
		lacks(t, told.PlainText(), "submit the form")
	})
}

func TestACommandWhoseWarningCannotBeShownIsNotToldOfAnotherReason(t *testing.T) {
	t.Parallel()
	underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
		w.slack.ExpireTriggers(true)
		w.command(ana, northwind, "hunter2")
		told := w.toldTo(ana, northwind)
		w.sees(told, "shared with another organization", "othing was stored")
		lacks(t, told.PlainText(), "submit the form", "Here, secrets go into a form")
	})
}
