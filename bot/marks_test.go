package bot_test

import (
	"fmt"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

func TestASecretCutOutOfAMessageIsStillShownThere(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	for i := range 300 {
		fmt.Fprintf(&long, "%s ", strings.Repeat(string(rune('a'+i%26)), 1+i/26))
	}
	for message, cases := range map[string]map[string]bool{
		"the password is *hunter2*, ask Ben":    {"hunter2": true, "password hunter2": true, "hunter2!": true, "hunter3": false, "something else": false, "the password is 0therPass": false},
		"login:root password=p:a=ss":            {"root": true, "ss": true, "password=p:a=ss": true, "p:a": false},
		`DB_PASSWORD="hunter2"`:                 {"hunter2": true, "PASSWORD=hunter2": true},
		"postgres://app:hunter2@db.example/app": {"hunter2": true, "app:hunter2": true, "postgres://app:hunter3@db.example/app": false},
		"パスワード：hunter2":                         {"hunter2": true},
		"パスワードはhunter2です":                       {"hunter2": true},
		"암호는 hunter2입니다":                        {"hunter2": true},
		"hunter2":                               {"root hunter2": true, "root / hunter2 (staging)": false, "hunter2 0therPass": false},
		"INC0012345: the server is down":        {"INC0012345 swordfish": false, "swordfish": false},
		"password for postgres12-prod?":         {"postgres12-prod: xK#9v!Tq$2m": false, "postgres12-prod 4711": false, "postgres12-prod": true, "xK#9v!Tq$2m": false},
		"it is `xK#9v!Tq$2m`, for postgres12":   {"xK#9v!Tq$2m": true, "root xK#9v!Tq$2m": true, "postgres12 xK#9v!Tq$2m": true},
		"PW=xK#9v!Tq$2m":                        {"xK#9v!Tq$2m": true, "xK#9v!Tq": true, "xK#2m": false},
		"the admin password of the guest wifi":  {"admin/admin": false, "wifi-guest": false, "guest": true},
		"it is correct-horse-battery!":          {"correct-horse-battery": true, "(correct-horse-battery)": true, "battery-horse-correct": false},
		"here: $#!@%":                           {"$#!@%": true, "$#!@": false},
		long.String() + "hunter2":               {"hunter2": true},
	} {
		for secret, shown := range cases {
			t.Run(secret, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.shortcut(ana, w.wrote(ben, general, message))
					w.submit(ana, slackfake.Values{"Secret": secret})
					if said := strings.Contains(w.receipt(ana).PlainText(), "The original message still shows"); said != shown {
						t.Errorf("the receipt says that %.40q shows it: %v", message, said)
					}
					if !shown {
						w.noDM(ben)
					}
				})
			})
		}
	}
}

// Nobody knows whether the message shows a text that isn't recognised, and its
// author is told nothing that may be wrong.
func TestWhatIsNotRecognisedInAMessageIsSaidWithAnIfAndToItsCreatorAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change []func(map[string]any)
		linked bool
	}{
		"with a link to it":                      {nil, true},
		"where the workspace's host isn't known": {[]func(map[string]any){func(p map[string]any) { p["team"] = nil }}, false},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, `{"user":"UBEN","text":"hunter2"}`, c.change...)
				w.submit(ana, slackfake.Values{"Secret": "unter"})
				w.sees(w.receipt(ana), "If the original message still shows the secret, have the message deleted and change the credential.")
				lacks(t, w.receipt(ana).PlainText(), "The original message still shows")
				if got := strings.Contains(string(w.receipt(ana).Blocks), "|the original message> still shows"); got != c.linked {
					t.Errorf("it is linked: %v", got)
				}
				w.noDM(ben)
			})
		})
	}
}

// What doesn't come from a message has no original.
func TestNoOriginalIsNamedWhereThereIsNone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		lacks(t, w.receipt(ana).PlainText(), "original message")
	})
}

// quoting is a message that quotes others, each with its address.
func quoting(text string, quoted ...string) string {
	var attached []string
	for i := 0; i < len(quoted); i += 2 {
		attached = append(attached, `{"is_msg_unfurl":true,"from_url":"`+quoted[i]+`","text":"`+quoted[i+1]+`"}`)
	}
	return `{"user":"UBEN","text":"` + text + `","attachments":[` + strings.Join(attached, ",") + `]}`
}

func TestOnlyQuotedMessagesThatShowTheSecretAreNamed(t *testing.T) {
	t.Parallel()
	const one, two, three = "https://x.slack.com/archives/C1/p1", "https://x.slack.com/archives/C2/p2", "https://x.slack.com/archives/C3/p3"
	all := []string{one, two, three}
	for name, c := range map[string]struct {
		message, secret string
		named           []string
	}{
		"the second of two":             {quoting("", one, "see below", two, "hunter2"), "hunter2", []string{two}},
		"none, the message itself does": {quoting("pw hunter2 for <"+one+">", one, "please reset root on db-1"), "hunter2", nil},
		"none, with a word added":       {quoting("pw hunter2 for <"+one+">", one, "please reset root on db-1"), "root hunter2", nil},
		"both, all is shared":           {quoting("all of it", one, "root", two, "swordfish"), "", []string{one, two}},
		"what is left of the message":   {quoting("all of it", one, "user root", two, "swordfish"), "all of it\nswordfish", []string{two}},
		"what is left of a quote":       {quoting("here it is", one, "the one with fish", two, "user root has swordfish"), "here swordfish", []string{two}},
		"each that repeats it":          {quoting("hunter2", one, "hunter2", two, "see above", three, "it is hunter2"), "hunter2", []string{one, three}},
		"one that quotes another": {
			`{"user":"UBEN","text":"so","attachments":[{"is_share":true,"from_url":"` + one + `","text":"look","attachments":[{"is_share":true,"from_url":"` + two + `","text":"hunter2"}]}]}`,
			"hunter2", []string{one, two},
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, c.message)
				var changed slackfake.Values
				if c.secret != "" {
					changed = slackfake.Values{"Secret": c.secret}
				}
				w.submit(ana, changed)
				for _, who := range []string{ana, ben} {
					said := w.receipt(who)
					w.sees(said, "still shows")
					for _, address := range all {
						if got, want := strings.Contains(string(said.Blocks), address+"|"), strings.Contains(strings.Join(c.named, " "), address); got != want {
							t.Errorf("%s is told of %s: %v", who, address, got)
						}
					}
					if got := strings.Contains(said.PlainText(), "Have those deleted too"); got != (len(c.named) > 1) {
						t.Errorf("%s is told of several: %v", who, got)
					}
				}
			})
		})
	}
}

// Where one has no address, or there is no room for all, they are named together.
func TestQuotedMessagesWithoutAnAddressAreNamedTogether(t *testing.T) {
	t.Parallel()
	long := "https://x.slack.com/archives/C1/p1?thread_ts=" + strings.Repeat("1", 130)
	for name, message := range map[string]string{
		"no address": quoting("so", "https://x.slack.com/archives/C1/p1", "hunter2", "", "hunter2"),
		"no room":    quoting("so", long+"1", "hunter2", long+"2", "hunter2", long+"3", "hunter2"),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, message)
				w.submit(ana, slackfake.Values{"Secret": "hunter2"})
				w.sees(w.receipt(ana), "quotes other messages, which may still show")
				w.sees(w.receipt(ben), "quotes other messages, which may still show")
			})
		})
	}
}
