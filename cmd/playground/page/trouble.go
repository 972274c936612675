package page

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
	"otsbot/otsclient/otsfake"
)

// trouble is what the switches on the page make.
type trouble struct {
	stage *stage.Stage

	mu      sync.Mutex
	ots     mode
	slack   mode
	person  mode // whom no direct message reaches
	store   mode
	take    func() (back func()) // takes the app's store away; nil: it can't be
	changed chan struct{}
}

// mode is a switch's position, and how to leave it.
type mode struct {
	name  string
	clear func()
}

// troubleData is how the switches stand.
type troubleData struct {
	OTS, Slack  string
	Unreachable string // a person's id
	Archived    bool
	HasStore    bool   // that can be taken away
	Store       string // "gone", or there
	Ahead       string // how far the clock was moved on
	Connections int
}

func newTrouble(s *stage.Stage, takeStore func() func()) *trouble {
	return &trouble{stage: s, take: takeStore, changed: make(chan struct{})}
}

func (t *trouble) now(c slackfake.Channel) troubleData {
	t.mu.Lock()
	defer t.mu.Unlock()
	return troubleData{OTS: t.ots.name, Slack: t.slack.name, Unreachable: t.person.name, Archived: c.Archived,
		HasStore: t.take != nil, Store: t.store.name,
		Ahead: t.stage.Clock.Ahead().String(), Connections: t.stage.Slack.Connections()}
}

func (t *trouble) changes() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed
}

// slow is longer than a form waits before its ack, and shorter than the bot
// waits for OneTimeSecret.
const slow = 8 * time.Second

// The positions of the switches, but for "", which is no trouble.
func otsFaults() map[string]otsfake.Fault {
	return map[string]otsfake.Fault{
		"down": {Down: true},
		"slow": {Delay: slow},
		// As 0.26 says it.
		"limited": {Status: http.StatusNotFound, Header: http.Header{"Content-Type": {"application/json"}},
			Body: `{"message":"Rate limit exceeded. Please try again later."}`},
	}
}

func slackFaults() map[string]slackfake.Fault {
	return map[string]slackfake.Fault{
		"limited": {Method: "chat.postMessage", RetryAfter: 30 * time.Second},
		"failing": {Method: "chat.postMessage", Status: http.StatusServiceUnavailable},
	}
}

// makeTrouble turns a switch.
func (p *Page) makeTrouble(w http.ResponseWriter, r *http.Request) {
	if !p.trouble.turn(r.FormValue("switch"), r.FormValue("to")) {
		http.Error(w, "no such switch", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// turn turns a switch, and says whether there is such a one.
func (t *trouble) turn(name, to string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := true
	switch name {
	case "ots":
		fault, ok := otsFaults()[to]
		known = ok || to == ""
		t.ots.leave()
		if ok {
			t.ots = mode{to, t.stage.OTS.Fault(fault)}
		}
	case "slack":
		fault, ok := slackFaults()[to]
		known = ok || to == ""
		t.slack.leave()
		if ok {
			t.slack = mode{to, t.stage.Slack.Fault(fault)}
		}
	case "unreachable":
		t.person.leave()
		if to != "" {
			t.person = mode{to, t.stage.Slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: to, Error: "channel_not_found"})}
		}
	case "store":
		known = t.take != nil && (to == "" || to == "gone")
		t.store.leave()
		if known && to != "" {
			t.store = mode{to, t.take()}
		}
	case "disconnect":
		known = t.disconnect(to)
	case "archive":
		t.stage.Slack.EditChannel(to, func(c *slackfake.Channel) { c.Archived = !c.Archived })
	case "clock":
		hours, err := strconv.Atoi(to)
		known = err == nil && hours > 0
		if known {
			t.stage.Clock.Advance(time.Duration(hours) * time.Hour)
		}
	default:
		known = false
	}
	close(t.changed)
	t.changed = make(chan struct{})
	return known
}

// leave ends a switch's trouble.
func (m *mode) leave() {
	if m.clear != nil {
		m.clear()
	}
	*m = mode{}
}

// disconnect in one of Slack's ways, or by cutting the wire.
func (t *trouble) disconnect(how string) bool {
	switch how {
	case "warning", "refresh_requested":
		t.stage.Slack.Disconnect(how)
	case "cut":
		t.stage.Slack.KillConnections()
	default:
		return false
	}
	return true
}
