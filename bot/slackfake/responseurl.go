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
		refused, fetched := w.respond(to, r.Header.Get("Content-Type"), body)
		entry.LinkFetch = fetched
		if refused == nil {
			return answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html"}}, body: "ok"}
		}
		if refused.status == http.StatusBadRequest {
			entry.Violation = "response_url: " + refused.code + " " + refused.detail
		}
		return jsonAnswer(refused.status, fail(refused.code))
	})
}

// refused is why a response isn't posted: 404 where the URL or the place is
// gone, 400 where the app got it wrong.
type refused struct {
	status       int
	code, detail string
}

func gone(code string) *refused { return &refused{status: http.StatusNotFound, code: code} }

func wrong(code, detail string) *refused {
	return &refused{status: http.StatusBadRequest, code: code, detail: detail}
}

// respond uses a response URL, or says why it can't be used. Called with the
// lock held.
func (w *Workspace) respond(to *responseURL, contentType string, body []byte) (*refused, []string) {
	switch {
	case to == nil:
		return gone("no_service"), nil
	case w.opt.Clock().Sub(to.made) > responseURLLife:
		return gone("expired_url"), nil
	case to.uses >= responseURLUses:
		return gone("used_url"), nil
	}
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(body))
		body = []byte(form.Get("payload"))
	}
	var r response
	if json.Unmarshal(body, &r) != nil {
		return wrong("invalid_payload", ""), nil
	}
	if w.channels[to.channel].Archived {
		return gone("is_archived"), nil
	}
	return w.say(to, r)
}

// say posts a response, or changes the message that it answers.
func (w *Workspace) say(to *responseURL, r response) (*refused, []string) {
	origin := to.origin
	if origin != nil && w.find(origin.Channel, origin.TS) == nil {
		origin = nil
	}
	if r.DeleteOriginal {
		to.uses++
		if origin != nil {
			w.remove(origin)
		}
		return nil, nil
	}
	m, no := compose(to, r)
	if no != nil {
		return no, nil
	}
	to.uses++
	fetched := m.watchLinks(r.unfurlOff())
	if r.ReplaceOriginal && origin != nil {
		origin.Text, origin.Blocks, origin.links, origin.Edited = m.Text, m.Blocks, m.links, !origin.Ephemeral
		w.broadcast()
		return nil, fetched
	}
	w.add(m)
	return nil, fetched
}

// compose makes the message of a response, or says what is wrong with it.
func compose(to *responseURL, r response) (*message, *refused) {
	m := &message{Message: Message{Channel: to.channel, ThreadTS: r.ThreadTS, User: BotUserID, App: true, Text: r.Text}}
	if len(r.Blocks) > 0 && string(r.Blocks) != "null" && string(r.Blocks) != "[]" {
		blocks, reasons := checkMessageBlocks(r.Blocks)
		if reasons != nil {
			return nil, wrong("invalid_blocks", strings.Join(reasons, "; "))
		}
		m.Blocks = blocks
	}
	if m.Text == "" && m.Blocks == nil {
		return nil, wrong("no_text", "")
	}
	m.ResponseType = "ephemeral"
	if r.ResponseType == "in_channel" {
		m.ResponseType = "in_channel"
	} else {
		m.Ephemeral, m.only = true, to.user
	}
	return m, nil
}
