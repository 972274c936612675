package story

import (
	"strings"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

// My secrets: the app's Home tab follows what becomes of each, burns what is left,
// and shows nobody what is another's.
func mySecrets(t *teller) {
	t.chapter("My secrets")
	const first, second, note = "the build server's", "the wrong registry", "Build server, until Friday"
	t.keeps(first, second)
	t.types(stage.Dev, deploys, "")
	t.looksAt(stage.Dev, "Share a secret")
	t.submits(stage.Dev, slackfake.Values{"Secret": first, "Public note (everyone who sees the link can read it)": note})
	t.isDone(stage.Dev)
	opened := t.oneLink(t.sees(chloe, deploys, "@dev shared a secret", note))
	receipt := t.sees(stage.Dev, t.appDM(stage.Dev), "Receipt", "Not opened yet")
	t.types(stage.Dev, deploys, second)
	post := t.sees(chloe, deploys, "@dev shared a secret")
	burned := t.oneLink(post)

	t.opensHome(stage.Dev)
	t.seesHome(stage.Dev, "My secrets", "2 active secrets", note, "Not opened yet", "[Burn]", "[Burn all]", "[Ask for a secret]")
	t.opens(chloe, opened, "", first)
	t.presses(stage.Dev, receipt, "Check")
	t.seesHome(stage.Dev, "1 active secret", "Ended in the last seven days", "Opened")
	t.pressesAtHome(stage.Dev, "Burn")
	t.seesHome(stage.Dev, "No active secrets to show", "Burned")
	t.becomes(chloe, post, "@dev burned this secret")
	t.findsGone(chloe, burned, second)

	t.opensHome(bob)
	if home := t.seesHome(bob, "My secrets"); strings.Contains(home, note) {
		t.difference("Bob's Home tab", "nothing of Dev's", home)
	}
}

// opensHome is a look at the app's Home tab.
func (t *teller) opensHome(user string) {
	if t.err != nil {
		return
	}
	t.tells("%s opens the app's Home tab.", name(user))
	seen, err := t.stage.Slack.OpenApp(t.ctx, user, slackfake.HomeTab)
	t.acked("the event", seen, err)
}

// seesHome waits until somebody's Home tab says all these words, and shows it.
func (t *teller) seesHome(user string, words ...string) (home string) {
	ok := t.waits(func() bool {
		if v := t.stage.Slack.Home(user); v != nil {
			home = v.PlainText()
		}
		return home != "" && missing(home, words) == ""
	})
	if !ok {
		t.difference("the Home tab of "+name(user), strings.Join(words, " … "), home)
		return home
	}
	t.shows(name(user)+" sees in the app's Home tab", strings.TrimSpace(home))
	return home
}

// pressesAtHome presses a button of the Home tab; a confirm dialog is answered
// with yes.
func (t *teller) pressesAtHome(user, button string) {
	if t.err != nil {
		return
	}
	seen, err := t.stage.Slack.PressInHome(t.ctx, user, button)
	asked := ""
	if err == nil && seen.Confirm != nil {
		asked = confirmed(seen.Confirm)
	}
	t.tells("%s presses %s there.%s", name(user), button, asked)
	t.acked("the press of "+button, seen, err)
}
