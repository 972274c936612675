package slackfake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Slack: a response URL works five times within thirty minutes,
// https://docs.slack.dev/interactivity/handling-user-interaction
const (
	responseURLUses = 5
	responseURLLife = 30 * time.Minute
)

// responseURL lets the app post into one conversation, wherever the person who
// acted is, whether the app is in it or not.
type responseURL struct {
	channel, user string
	origin        *message // that the button was on, for replace_original
	threadTS      string
	made          time.Time
	uses          int
}

// newResponseURL makes one; kind is commands, actions or views. Called with the
// lock held.
func (w *Workspace) newResponseURL(kind string, r responseURL) string {
	path := "/" + kind + "/" + TeamID + "/" + w.newID("") + "/" + random()
	r.made = w.opt.Clock()
	w.responseURLs[path] = &r
	return w.base + path
}

// response is what the app posts to a response URL, or gives a slash command's
// ack as payload.
type response struct {
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	ResponseType    string          `json:"response_type"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
	ThreadTS        string          `json:"thread_ts"`
	UnfurlLinks     *bool           `json:"unfurl_links"`
	UnfurlMedia     *bool           `json:"unfurl_media"`
}

func (r response) unfurlOff() bool {
	return r.UnfurlLinks != nil && !*r.UnfurlLinks && r.UnfurlMedia != nil && !*r.UnfurlMedia
}

func (w *Workspace) serveResponseURL(rw http.ResponseWriter, r *http.Request) {
	started := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		http.Error(rw, "request_too_large", http.StatusRequestEntityTooLarge)
		return
	}
	w.mu.Lock()
	to := w.responseURLs[r.URL.Path]
	w.mu.Unlock()
	entry := Entry{Kind: ResponseURLUse, Method: "response_url", URL: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body)}
	if to != nil {
		entry.Channel = to.channel
	}
	w.exchange(rw, r, w.takeFault("response_url", entry.Channel), &entry, started, func() answer {
		code, fetched := w.respond(to, r.Header.Get("Content-Type"), body)
		entry.LinkFetch = fetched
		switch code {
		case "":
			return answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html"}}, body: "ok"}
		case "used_url", "expired_url", "no_service", "is_archived":
			return jsonAnswer(http.StatusNotFound, fail(code))
		}
		entry.Violation = "response_url: " + code
		return jsonAnswer(http.StatusBadRequest, fail(code))
	})
}

// respond uses a response URL and returns Slack's error code, if any. Called
// with the lock held.
func (w *Workspace) respond(to *responseURL, contentType string, body []byte) (code string, fetched []string) {
	switch {
	case to == nil:
		return "no_service", nil
	case w.opt.Clock().Sub(to.made) > responseURLLife:
		return "expired_url", nil
	case to.uses >= responseURLUses:
		return "used_url", nil
	}
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(body))
		body = []byte(form.Get("payload"))
	}
	var r response
	if json.Unmarshal(body, &r) != nil {
		return "invalid_payload", nil
	}
	if w.channels[to.channel].Archived {
		return "is_archived", nil
	}
	return w.say(to, r)
}

// say posts a response, or changes the message that it answers.
func (w *Workspace) say(to *responseURL, r response) (code string, fetched []string) {
	origin := to.origin
	if origin != nil && w.find(origin.Channel, origin.TS) == nil {
		origin = nil
	}
	if r.DeleteOriginal {
		to.uses++
		if origin != nil {
			w.remove(origin)
		}
		return "", nil
	}
	m, code := w.compose(to, r)
	if code != "" {
		return code, nil
	}
	to.uses++
	fetched = m.watchLinks(r.unfurlOff())
	if r.ReplaceOriginal && origin != nil {
		origin.Text, origin.Blocks, origin.links, origin.Edited = m.Text, m.Blocks, m.links, !origin.Ephemeral
		w.broadcast()
		return "", fetched
	}
	w.add(m)
	return "", fetched
}

// compose makes the message of a response, or says what is wrong with it.
func (w *Workspace) compose(to *responseURL, r response) (*message, string) {
	m := &message{Message: Message{Channel: to.channel, ThreadTS: to.threadTS, User: BotUserID, App: true, Text: r.Text}}
	if r.ThreadTS != "" {
		m.ThreadTS = r.ThreadTS
	}
	if len(r.Blocks) > 0 && string(r.Blocks) != "null" && string(r.Blocks) != "[]" {
		blocks, reasons := checkMessageBlocks(r.Blocks)
		if reasons != nil {
			w.violate("response_url: invalid blocks: %s", strings.Join(reasons, "; "))
			return nil, "invalid_blocks"
		}
		m.Blocks = blocks
	}
	if m.Text == "" && m.Blocks == nil {
		return nil, "no_text"
	}
	m.ResponseType = "ephemeral"
	if r.ResponseType == "in_channel" {
		m.ResponseType = "in_channel"
	} else {
		m.Ephemeral, m.only = true, to.user
	}
	return m, ""
}
