package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// Values that must not turn up where they don't belong. Each is marked, so
// that the tests can look for it in every byte.
const (
	canarySecret = "CANARYsecret<&>42"
	canaryPhrase = "CANARYpassphrase"
	canaryBot    = "xoxb-CANARYbot"
	canaryApp    = "xapp-CANARYapp"
	canaryAPI    = "CANARYapitoken"
	canaryUser   = "bot@example.com"
	canaryMail   = "partner@canary.example"
)

// TestNothingLeaks plays what can happen and then holds every byte that was
// logged or sent against the table "where each value may be".
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	inline := func(w *world) { w.command(ana, general, canarySecret) }
	form := func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase, "Public note (everyone who sees the link can read it)": "a note"})
	}
	toPeople := func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase, people: []string{ben, eve}})
	}
	for name, play := range map[string]func(*world){
		"inline, opened, checked": func(w *world) {
			inline(w)
			w.opens(w.link(w.last(ben, general)), "")
			w.press(ana, w.receipt(ana), "Check")
		},
		"inline, burned": func(w *world) { inline(w); w.press(ana, w.receipt(ana), "Burn") },
		"a form with a passphrase, burned": func(w *world) {
			form(w)
			w.press(ana, w.receipt(ana), "Burn")
			w.submit(ana, slackfake.Values{"Passphrase": canaryPhrase + "wrong"})
			w.submit(ana, slackfake.Values{"Passphrase": canaryPhrase})
		},
		"a late form": func(w *world) {
			w.ots.Fault(otsfake.Fault{Delay: 5 * time.Second, Times: 1})
			form(w)
			w.settle(time.Minute)
		},
		"a late failing form": func(w *world) {
			w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Status: 503})
			form(w)
			w.settle(time.Minute)
		},
		"a refused form": func(w *world) {
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": canarySecret, "Public note (everyone who sees the link can read it)": "it is " + canarySecret})
		},
		"more room": func(w *world) {
			w.command(ana, general, "")
			_ = w.slack.Fill(ana, slackfake.Values{"Secret": canarySecret})
			w.did(w.slack.PressInView(w.Context(), ana, "Add another field"))
			w.submit(ana, nil)
		},
		"just the link": func(w *world) {
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": canarySecret, "Post the link in": ""})
			w.press(ana, w.receipt(ana), "Check")
			w.press(ana, w.receipt(ana), "Burn")
		},
		"a message": func(w *world) {
			w.shortcut(ana, w.wrote(ben, general, canarySecret))
			w.submit(ana, nil)
		},
		"a private channel": func(w *world) { w.command(ana, secrets, canarySecret) },
		"DMs are off": func(w *world) {
			w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
			w.command(ana, secrets, canarySecret)
		},
		"no road at all": func(w *world) {
			w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
			w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url"})
			w.command(ana, secrets, canarySecret)
		},
		"Slack drops every call": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "*", Drop: true})
			w.slack.Fault(slackfake.Fault{Method: "response_url", Drop: true})
			inline(w)
		},
		"Slack answers web pages": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "*", HTML: true})
			w.slack.Fault(slackfake.Fault{Method: "response_url", HTML: true})
			inline(w)
		},
		"OneTimeSecret is down":             func(w *world) { w.ots.Fault(otsfake.Fault{Down: true}); inline(w); form(w) },
		"OneTimeSecret hangs":               func(w *world) { w.ots.Fault(otsfake.Fault{Hang: true}); inline(w); form(w); w.settle(time.Minute) },
		"OneTimeSecret redirects":           func(w *world) { w.ots.Fault(otsfake.Fault{Redirect: "http://elsewhere.test/x"}); inline(w); form(w) },
		"OneTimeSecret drops":               func(w *world) { w.ots.Fault(otsfake.Fault{Drop: true, AfterEffect: true}); inline(w); form(w) },
		"OneTimeSecret answers without end": func(w *world) { w.ots.Fault(otsfake.Fault{Endless: true}); inline(w); form(w); w.settle(time.Minute) },
		"OneTimeSecret answers what it was sent": func(w *world) {
			w.ots.Fault(otsfake.Fault{Status: 404, Body: `{"message":"no ` + canarySecret + `"}`})
			inline(w)
		},
		"stopped in the middle": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Hour})
			go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", canarySecret) }()
			synctest.Wait()
			_ = w.stop()
		},
		"a payload that cannot be parsed": func(w *world) {
			env, _ := w.slack.PrepareCommand(ana, general, "/secret", canarySecret)
			env.Payload = replace(w.T, env.Payload, `"command":`, `"command":{},"commands":`)
			w.did(w.slack.Send(w.Context(), env))
		},
		"a link each": func(w *world) {
			toPeople(w)
			w.opens(w.link(w.last(ben, w.slack.AppDM(ben))), canaryPhrase)
			w.press(ana, w.receipt(ana), "Check all")
			w.press(ana, w.receipt(ana), "Send the passphrase")
			w.submit(ana, slackfake.Values{"Passphrase": canaryPhrase})
			_, _ = w.slack.CloseView(w.Context(), ana)
			w.press(ana, w.receipt(ana), "row UEVE/Burn")
			w.submit(ana, slackfake.Values{"Passphrase": canaryPhrase + "wrong"})
			w.submit(ana, slackfake.Values{"Passphrase": canaryPhrase})
			w.press(ben, w.messages(ben, w.slack.AppDM(ben))[0], "I can't open it")
		},
		"a link each, one out of reach": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: eve, Error: "messages_tab_disabled"})
			toPeople(w)
			w.press(ana, w.receipt(ana), "Try again for 1 person")
			w.press(ana, w.receipt(ana), "Burn all")
			w.submit(ana, slackfake.Values{"Passphrase": canaryPhrase})
		},
		"a link each, OneTimeSecret down in between": func(w *world) {
			w.ots.Fault(otsfake.Fault{Delay: time.Nanosecond, Times: 1})
			w.ots.Fault(otsfake.Fault{Down: true})
			toPeople(w)
			w.settle(time.Minute)
			w.submit(ana, nil)
			w.settle(time.Minute)
		},
		"a link each, Slack drops every call": func(w *world) {
			w.command(ana, general, "")
			_ = w.slack.Fill(ana, slackfake.Values{"Secret": canarySecret, people: []string{ben, eve}})
			w.slack.Fault(slackfake.Fault{Method: "*", Drop: true})
			w.slack.Fault(slackfake.Fault{Method: "response_url", Drop: true})
			w.submit(ana, nil)
			w.settle(time.Minute)
		},
		"a link each, stopped in the middle": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: eve, Delay: time.Hour})
			w.command(ana, general, "")
			_ = w.slack.Fill(ana, slackfake.Values{"Secret": canarySecret, people: []string{ben, eve}})
			go func() { _, _ = w.slack.Submit(w.Context(), ana, nil) }()
			synctest.Wait()
			_ = w.stop()
		},
		"a generated passphrase": func(w *world) {
			w.command(ana, general, "")
			w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
			w.submit(ana, slackfake.Values{"Secret": canarySecret})
			phrase := made(w.T, w.slack.View(ana))
			lacks(w.T, w.logs.String(), phrase)
			shown := 0
			for _, e := range w.slack.Journal() {
				if strings.Contains(plainBody(e.Body), phrase) {
					shown++
				}
			}
			if shown != 1 {
				w.Errorf("the passphrase went to Slack %d times", shown)
			}
		},
		"an e-mail": func(w *world) {
			w.command(ana, general, "")
			w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
			w.ots.Fault(otsfake.Fault{Status: 404, Body: `{"message":"Undeliverable email address: ` + canaryMail + `"}`, Times: 1})
			env := slackfake.Values{"Secret": canarySecret, "Email the link to": canaryMail}
			w.did(w.slack.Submit(w.Context(), ana, env))
			w.submit(ana, nil)
		},
		"API v1 is gone": func(w *world) {
			for _, path := range []string{"/api/v1/*", "/api/v1/*/*", "/api/v1/*/*/*"} {
				w.ots.Fault(otsfake.Fault{Path: path, Status: 404, Body: `{"error":"Not Found"}`})
			}
			inline(w)
			form(w)
		},
		"followed, told, and listed": func(w *world) {
			w.opensHome(ana)
			form(w)
			toPeople(w)
			w.press(ana, w.receipt(ana), "Tell me when it's opened")
			w.opens(w.link(w.last(ben, w.slack.AppDM(ben))), canaryPhrase)
			w.opens(w.link(w.last(ben, general)), canaryPhrase)
			w.settle(time.Minute)
			w.opensHome(ben)
			lacks(w.T, w.home(ben), "/receipt/", "/secret/", "a note")
			lacks(w.T, w.home(ana), "/secret/")
		},
		"ended unopened, burned from Home": func(w *world) {
			inline(w)
			w.settle(7*24*time.Hour - 20*time.Hour)
			w.opensHome(ana)
			w.pressHome(ana, "Burn")
		},
		"followed while Slack drops every call": func(w *world) {
			inline(w)
			w.opens(w.link(w.last(ben, general)), "")
			w.slack.Fault(slackfake.Fault{Method: "*", Drop: true})
			w.settle(5 * time.Minute)
		},
		"followed while OneTimeSecret answers what it was sent": func(w *world) {
			inline(w)
			w.ots.Fault(otsfake.Fault{Status: 404, Body: `{"message":"CANARY"}`})
			w.settle(5 * time.Minute)
		},
		"sockets go": func(w *world) { inline(w); w.slack.KillConnections(); w.settle(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			watched(t, play, mailing, following)
		})
	}
	t.Run("the dial fails", func(t *testing.T) {
		watched(t, func(w *world) { inline(w); form(w) }, withTransport(t, &http.Transport{
			DialContext: func(_ context.Context, _, addr string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
			}}))
	})
	t.Run("a bug in the middle", func(t *testing.T) {
		watched(t, func(w *world) { inline(w); form(w) }, withTransport(t, panicking{}))
	})
}

func withTransport(t *testing.T, transport http.RoundTripper) func(*bot.Config) {
	return func(c *bot.Config) {
		var err error
		c.OTS, err = otsclient.New(otsclient.Config{BaseURL: "https://ots.test", Username: canaryUser, APIToken: canaryAPI, Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// watched plays a story and then looks at every byte.
func watched(t *testing.T, play func(*world), changes ...func(*bot.Config)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, slackfake.Options{BotToken: canaryBot, AppToken: canaryApp, HomeTab: true, Events: []string{"app_home_opened"}},
			otsfake.Options{Username: canaryUser, APIToken: canaryAPI}, changes...)
		if err := w.slack.WaitConnected(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		play(w)
		synctest.Wait()
		err := w.stop()
		w.noLeakInLogs()
		w.noLeakToSlack()
		w.noLeakToOneTimeSecret()
		metrics := w.scrape()
		lacks(t, metrics, "CANARY", ana, general, "/secret/", "/receipt/", "hooks")
		for _, form := range []string{"%v", "%+v", "%#v"} {
			lacks(t, fmt.Sprintf(form, err), "CANARY")
			lacks(t, fmt.Sprintf(form, w.cfg.OTS), "CANARY")
		}
		if v := w.slack.Violations(); len(v) > 0 {
			t.Errorf("Slack objects: %q", v)
		}
		if urls := w.slack.LinkFetches(); len(urls) > 0 {
			t.Errorf("Slack's link expander would fetch: %q", urls)
		}
	})
}

// capability matches a link with a key in it, and a key in a button's value.
var (
	capability  = regexp.MustCompile(`/(?:secret|receipt|private)/([a-z0-9]{20,})|"[kl]\\*":\\*"([a-z0-9]{20,})`)
	keyInButton = regexp.MustCompile(`"[kl]\\*":\\*"[a-z0-9]{20,}`)
)

func (w *world) noLeakInLogs() {
	w.Helper()
	logs := w.logs.String()
	lacks(w.T, logs, canaryMail, "CANARY", "/secret/", "/receipt/", "/private/", "hooks", "/commands/", "/link/", "ticket=")
	for _, e := range w.slack.Journal() {
		for _, found := range capability.FindAllStringSubmatch(plainBody(e.Body), -1) {
			lacks(w.T, logs, either(found[1], found[2]))
		}
		var p struct {
			TriggerID   string `json:"trigger_id"`
			ResponseURL string `json:"response_url"`
		}
		if e.Kind == slackfake.EnvelopeSent && json.Unmarshal(envelopePayload(e.Body), &p) == nil && p.TriggerID != "" {
			lacks(w.T, logs, p.TriggerID)
			if p.ResponseURL != "" {
				lacks(w.T, logs, p.ResponseURL)
			}
		}
	}
}

func envelopePayload(body string) []byte {
	var f struct{ Payload json.RawMessage }
	_ = json.Unmarshal([]byte(body), &f)
	return f.Payload
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// plainBody undoes the form encoding of a call.
func plainBody(body string) string {
	if plain, err := url.QueryUnescape(body); err == nil && !strings.HasPrefix(body, "{") {
		return plain
	}
	return body
}

func (w *world) noLeakToSlack() {
	w.Helper()
	creators := []string{ana, w.slack.AppDM(ana)}
	dms := append([]string{ben, w.slack.AppDM(ben), eve, w.slack.AppDM(eve)}, creators...)
	for _, e := range w.slack.Journal() {
		if e.Kind == slackfake.EnvelopeSent || e.Kind == slackfake.SocketEvent {
			continue
		}
		body := plainBody(e.Body)
		if e.Method == "views.open" {
			// The one place for plaintext: a form opened with what Slack sent.
			body = regexp.MustCompile(`"initial_value":"(?:[^"\\]|\\.)*"`).ReplaceAllString(body, "")
		}
		where := fmt.Sprintf("%s %s", e.Kind, e.Method)
		if strings.Contains(body, "CANARY") || strings.Contains(e.URL, "CANARY") {
			w.Errorf("%s holds a marked value:\n%s", where, body)
		}
		if e.Kind == slackfake.APICall && e.TokenIn != "header" {
			w.Errorf("%s sent its token in the %s", where, e.TokenIn)
		}
		for name, values := range e.Header {
			if name != "Authorization" {
				lacks(w.T, strings.Join(values, " "), "CANARY")
			}
		}
		toOne := e.Method == "chat.postEphemeral" || slicesContain(dms, e.Channel) || strings.Contains(body, `"response_type":"ephemeral"`)
		toAll := e.Method == "chat.postMessage" || strings.Contains(body, `"response_type":"in_channel"`)
		if strings.Contains(body, "/secret/") && !toOne && !toAll {
			w.Errorf("%s holds a one-time link:\n%s", where, body)
		}
		toCreator := e.Method == "chat.postEphemeral" || slicesContain(creators, e.Channel) || strings.Contains(body, `"response_type":"ephemeral"`)
		if (strings.Contains(body, "/receipt/") || keyInButton.MatchString(body)) && !toCreator {
			w.Errorf("%s holds a metadata link for others to see:\n%s", where, body)
		}
		if strings.HasPrefix(e.Method, "views.") || e.Kind == slackfake.AckReceived {
			if capability.MatchString(body) {
				w.Errorf("%s holds a key:\n%s", where, body)
			}
			lacks(w.T, body, "hooks.slack", "/commands/", "/actions/")
		}
	}
}

func slicesContain(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

func (w *world) noLeakToOneTimeSecret() {
	w.Helper()
	for _, e := range w.ots.Journal() {
		lacks(w.T, e.Path, "CANARY")
		if e.Path != "/api/v1/share" && e.Path != "/api/v2/secret/conceal" {
			lacks(w.T, plainBody(e.Body), "CANARYsecret")
		}
	}
}
