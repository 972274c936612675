package bot_test

import (
	"regexp"
	"strings"
	"testing"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// roads are the ways that a link can go. Each begins while there are no rules,
// with a form or a receipt in somebody's hands; what it returns is done under
// the rules, by a process that was started anew.
var roads = []struct {
	name  string
	begin func(w *world, c ruleCase) (goOn func())
}{
	{"a command", func(w *world, c ruleCase) func() {
		return func() { w.command(ana, c.channel, "hunter2") }
	}},
	{"the form", func(w *world, c ruleCase) func() {
		w.command(ana, c.channel, "")
		return func() { w.submit(ana, slackfake.Values{"Secret": "hunter2"}) }
	}},
	{"a thread", func(w *world, c ruleCase) func() {
		w.shortcut(ana, w.wrote(ben, c.channel, "hunter2"))
		return func() { w.submit(ana, nil) }
	}},
	{"a direct message", func(w *world, c ruleCase) func() {
		return func() { w.command(ana, "D"+c.to, "hunter2") }
	}},
	{"a direct message picked in the form", func(w *world, c ruleCase) func() {
		w.command(ana, "D"+c.to, "")
		return func() { w.submit(ana, slackfake.Values{"Secret": "hunter2"}) }
	}},
	{"people", func(w *world, c ruleCase) func() {
		env := w.chosen(c.to)
		return func() { w.did(w.slack.Send(w.Context(), env)) }
	}},
	{"e-mail", func(w *world, c ruleCase) func() {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
		return func() {
			w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
		}
	}},
	{"oneself", func(w *world, c ruleCase) func() {
		w.did(w.slack.GlobalShortcut(w.Context(), ana, "share_secret"))
		return func() { w.submit(ana, slackfake.Values{"Secret": "hunter2"}) }
	}},
	{"the app's own direct message", func(w *world, c ruleCase) func() {
		return func() { w.command(ana, w.slack.AppDM(ana), "hunter2") }
	}},
	{"the passphrase", func(w *world, c ruleCase) func() {
		w.had(c.to)
		w.press(ana, w.receipt(ana), "Send the passphrase")
		return func() { w.submit(ana, slackfake.Values{passphrase: "correct horse"}) }
	}},
	{"Try again", func(w *world, c ruleCase) func() {
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: c.to, Error: "messages_tab_disabled"})
		w.had(c.to)
		mend()
		receipt := w.receipt(ana)
		return func() { w.press(ana, receipt, "Try again for 1 person") }
	}},
	{"Share again", func(w *world, c ruleCase) func() {
		w.had(c.to)
		w.press(c.to, w.last(c.to, w.slack.AppDM(c.to)), "I can't open it")
		w.press(ana, w.last(ana, w.slack.AppDM(ana)), "Share again")
		return func() { w.submit(ana, slackfake.Values{"Secret": "hunter2"}) }
	}},
}

// had is a link with a passphrase for somebody whom Slack's picker may not offer.
func (w *world) had(to string) {
	w.Helper()
	w.command(ana, general, "")
	if err := w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2", passphrase: "correct horse", people: []string{ben}}); err != nil {
		w.Fatal(err)
	}
	env, err := w.slack.PrepareSubmit(ana)
	if err != nil {
		w.Fatal(err)
	}
	env.Payload = replace(w.T, env.Payload, `"selected_users":["UBEN"]`, `"selected_users":["`+to+`"]`)
	w.did(w.slack.Send(w.Context(), env))
}

type ruleCase struct {
	name    string
	policy  bot.Policy
	to      string // who gets it, or reads a direct message
	channel string
	// verdicts are one for each road, in their order: "goes", "warned", the rule
	// that refuses, "choice" for what a form doesn't offer any more, or "-" where
	// the road is closed anyway: the app can't write to an outsider.
	verdicts string
}

const goesEverywhere = "goes goes goes  goes goes  goes  goes goes goes  goes goes goes"

// Each rule holds on each road: the target is what it looks at.
func TestEachRuleHoldsOnEachRoad(t *testing.T) {
	t.Parallel()
	for _, c := range []ruleCase{
		{"no rule", bot.Policy{}, ben, general, goesEverywhere},
		{"the creator is denied", bot.Policy{UsersDeny: []string{ana}}, ben, general,
			"users users users  users users  users  users users users  users users users"},
		{"the creator is not allowed", bot.Policy{UsersAllow: []string{eve}}, ben, general,
			"users users users  users users  users  users users users  users users users"},
		{"who gets it is denied", bot.Policy{UsersDeny: []string{ben}}, ben, general,
			"goes goes goes  users users  users  goes goes goes  users users users"},
		{"somebody else is denied", bot.Policy{UsersDeny: []string{eve}}, ben, general,
			"goes goes goes  users users  goes  goes goes goes  goes goes goes"}, // Slack doesn't tell whose direct message it is
		{"the conversation is denied", bot.Policy{ChannelsDeny: []string{general, "DUBEN"}}, ben, general,
			"channels channels channels  channels channels  goes  goes goes goes  goes goes goes"},
		{"the conversation is not allowed", bot.Policy{ChannelsAllow: []string{random}}, ben, general,
			"channels channels channels  channels channels  goes  channels goes goes  goes goes goes"},
		{"the conversation is allowed", bot.Policy{ChannelsAllow: []string{general}}, ben, general,
			"goes goes goes  channels channels  goes  channels goes goes  goes goes goes"},
		{"a guest gets it", bot.Policy{RefuseGuests: true}, eva, general,
			"goes goes goes  guests guests  guests  goes goes goes  guests guests guests"},
		{"an outsider gets it", bot.Policy{External: bot.ExternalRefuse}, finn, northwind,
			"external external external  external external  external  external goes goes  - external -"},
		{"an outsider gets it after a warning", bot.Policy{External: bot.ExternalWarn}, finn, northwind,
			"warned warned warned  goes warned  warned  goes goes goes  - - -"},
		{"too many in an hour", bot.Policy{SecretsPerHour: 1}, ben, general,
			"secrets_per_hour secrets_per_hour secrets_per_hour  secrets_per_hour secrets_per_hour  secrets_per_hour  secrets_per_hour secrets_per_hour secrets_per_hour  secrets_per_hour goes secrets_per_hour"},
		{"no links to people", bot.Policy{RecipientsMax: -1}, ben, general,
			"goes goes goes  goes goes  choice  goes goes goes  recipients recipients choice"},
	} {
		for i, want := range strings.Fields(c.verdicts) {
			if want == "-" {
				continue
			}
			t.Run(c.name+"/"+roads[i].name, func(t *testing.T) { onRoad(t, c, i, want) })
		}
	}
}

var refusedRule = regexp.MustCompile(`"rule":"(\w+)","event":"refused"`)

func onRoad(t *testing.T, c ruleCase, road int, want string) {
	so := slackfake.Options{Scopes: allScopes}
	oo := otsfake.Options{Username: "shop@example.com", APIToken: "token"}
	inWorldOf(t, so, oo, func(w *world) {
		w.population()
		goOn := roads[road].begin(w, c)
		_ = w.stop()
		w.cfg.Policy = c.policy
		w.cfg.Policy.RecipientsMax = max(0, bot.MaxRecipients+c.policy.RecipientsMax*bot.MaxRecipients)
		w.restart()
		if c.policy.SecretsPerHour > 0 {
			w.command(ana, random, "the one that is allowed")
		}
		before, stored, mails := len(w.logs.String()), w.ots.Secrets(), len(w.ots.Journal())
		goOn()
		logs := w.logs.String()[before:]
		got := "nothing"
		switch rule := refusedRule.FindStringSubmatch(logs); {
		case strings.Contains(logs, `"event":"delivered"`):
			got = "goes"
		case strings.Contains(logs, `"outcome":"warned"`), strings.Contains(logs, `"outcome":"form_opened"`):
			got = "warned"
		case strings.Contains(logs, `"what":"choice"`):
			got = "choice"
		case rule != nil:
			got = rule[1]
		}
		if got != want {
			t.Errorf("%s, want %s:\n%s", got, want, logs)
		}
		if want != "goes" && (w.ots.Secrets() != stored || len(w.ots.Journal()) != mails) {
			t.Error("OneTimeSecret was called")
		}
	}, mailing, func(c *bot.Config) {
		c.Policy = bot.Policy{RecipientsMax: bot.MaxRecipients}
	})
}

// A form that tries again stores for some, and sends what is stored to others.
func TestARuleHoldsForEverybodyWhomAnotherTryIsFor(t *testing.T) {
	t.Parallel()
	for _, policy := range []bot.Policy{{UsersDeny: []string{ben}}, {UsersDeny: []string{cid}}, {SecretsPerHour: 1}} {
		inTeam(t, func(w *world) {
			w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Drop: true, Times: 1})
			mendBen := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Error: "messages_tab_disabled"})
			mendCid := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: cid, Error: "messages_tab_disabled"})
			w.sendsTo(nil, ben, cid)
			mendBen()
			mendCid()
			_, _ = w.slack.CloseView(w.Context(), ana)
			w.press(ana, w.receipt(ana), "Try again for 2 people")
			contains(t, w.slack.View(ana).PlainText(), "Each of these people gets a direct message with their own link: @ben and @cid.")
			_ = w.stop()
			policy.RecipientsMax = bot.MaxRecipients
			w.cfg.Policy = policy
			w.restart()
			in := w.submit(ana, slackfake.Values{"Secret": "hunter2"})
			sent := len(w.messages(ben, w.slack.AppDM(ben))) + len(w.messages(cid, w.slack.AppDM(cid)))
			if len(policy.UsersDeny) == 0 {
				if sent != 2 {
					t.Errorf("%d links, want 2: one of them counts", sent)
				}
				return
			}
			contains(t, w.slack.View(ana).PlainText()+in.Errors["people"]+in.Errors["secret"], "the rules here don't allow it")
			if sent != 0 {
				t.Errorf("%v: %d links went out", policy.UsersDeny, sent)
			}
		})
	}
}

// population is a guest, and somebody of another organisation, with direct
// messages with ana that the app doesn't see.
func (w *world) population() {
	w.slack.AddUser(slackfake.User{ID: eva, Name: "eva", Guest: true})
	w.slack.AddUser(slackfake.User{ID: finn, Name: "finn", TeamID: "TNORTH"})
	w.slack.AddChannel(slackfake.Channel{ID: northwind, Name: "northwind", Members: []string{ana, ben, eva, finn}, AppMember: true, ExternallyShared: true})
	for _, other := range []string{ben, eva, finn} {
		w.slack.AddChannel(slackfake.Channel{ID: "D" + other, Kind: slackfake.DM, Members: []string{ana, other}, ExternallyShared: other == finn})
	}
}

// Nobody can tell where an address belongs, so the form says so before it is
// sent, where outsiders are to be warned about.
func TestAWarningAboutOutsidersIsSaidOfEMailToo(t *testing.T) {
	t.Parallel()
	const warning = "I can't tell whether it belongs to another organization"
	for policy, warns := range map[bot.External]bool{bot.ExternalAllow: false, bot.ExternalWarn: true} {
		inMail(t, func(w *world) {
			_ = w.stop()
			w.cfg.Policy.External = policy
			w.restart()
			w.command(ana, general, "")
			w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
			if got := strings.Contains(w.slack.View(ana).PlainText(), warning); got != warns {
				t.Errorf("%s: %v", policy, got)
			}
		})
	}
}
