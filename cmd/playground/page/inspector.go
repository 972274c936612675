package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

// inspectorData is everything that crossed.
type inspectorData struct {
	API, BotToken, AppToken, OTS string
	Rows                         []row
}

// row is one thing that crossed.
type row struct {
	ID   string // stays the same as long as the row is there
	at   time.Time
	Time string
	// Way says from whom to whom.
	Way, What, Took string
	Parts           []part
	Problem         string
}

// part of what crossed, to unfold.
type part struct{ Name, Text string }

// shownRows is how many the inspector shows, the latest.
const shownRows = 300

// inspector shows everything that crossed, in order.
func (p *Page) inspector(w http.ResponseWriter, _ *http.Request) {
	data := inspectorData{API: p.stage.SlackURL + "/api/", OTS: p.stage.OTSURL,
		BotToken: p.stage.Slack.BotToken(), AppToken: p.stage.Slack.AppToken()}
	for i, e := range p.stage.Slack.Journal() {
		data.Rows = append(data.Rows, slackRow(i, e))
	}
	for i, c := range p.stage.Calls.All() {
		data.Rows = append(data.Rows, otsRow(i, c))
	}
	slices.SortStableFunc(data.Rows, func(a, b row) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	data.Rows = data.Rows[max(0, len(data.Rows)-shownRows):]
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	p.templates.ExecuteTemplate(w, "inspector.html", data) // an error means that the browser is gone
}

func slackRow(i int, e slackfake.Entry) row {
	r := row{ID: fmt.Sprintf("s%d", i), at: e.At, Time: e.At.Format("15:04:05.000"), Way: "app → Slack", What: e.Method, Problem: e.Violation}
	switch e.Kind {
	case slackfake.EnvelopeSent:
		var head struct {
			Type    string
			Payload struct{ Type string }
		}
		_ = json.Unmarshal([]byte(e.Body), &head) // an envelope on purpose unreadable has no type
		r.Way, r.What = "Slack → app", fmt.Sprintf("envelope %s %s", head.Type, head.Payload.Type)
		if e.Attempt > 1 {
			r.What += fmt.Sprintf(", delivery %d", e.Attempt)
		}
	case slackfake.AckReceived:
		r.What = "ack"
	case slackfake.SocketEvent:
		r.Way = "socket"
	case slackfake.ResponseURLUse:
		r.What = "post to response_url"
	}
	if e.Conn > 0 {
		r.What += fmt.Sprintf(" · socket %d", e.Conn)
	}
	if e.Took > 0 {
		r.Took = took(e.Took)
	}
	r.Parts = parts("Sent", e.Body, "Answer", e.Answer)
	if len(e.LinkFetch) > 0 {
		r.Problem = "Slack would fetch a link of this message"
	}
	return r
}

func otsRow(i int, c stage.Call) row {
	status := "no answer"
	if c.Status != 0 {
		status = fmt.Sprint(c.Status)
	}
	return row{ID: fmt.Sprintf("o%d", i), at: c.At, Time: c.At.Format("15:04:05.000"), Way: "→ OneTimeSecret",
		What: c.Method + " " + c.URL + " · " + status, Took: took(c.Took), Parts: parts("Sent", c.Body, "Answer", c.Answer)}
}

func took(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func parts(namesAndTexts ...string) (all []part) {
	for i := 0; i+1 < len(namesAndTexts); i += 2 {
		if namesAndTexts[i+1] != "" {
			all = append(all, part{namesAndTexts[i], readable(namesAndTexts[i+1])})
		}
	}
	return all
}

// readable lays JSON and forms out for people.
func readable(body string) string {
	var indented bytes.Buffer
	if json.Indent(&indented, []byte(body), "", "  ") == nil {
		return indented.String()
	}
	if form, err := url.ParseQuery(body); err == nil && len(form) > 0 && !bytes.ContainsAny([]byte(body), "<> \n") {
		var out bytes.Buffer
		for _, name := range slices.Sorted(maps.Keys(form)) {
			for _, value := range form[name] {
				fmt.Fprintf(&out, "%s = %s\n", name, value)
			}
		}
		return out.String()
	}
	return body
}
