package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// method is one of the Web API's.
type method struct {
	scope string // that the bot token needs; empty: none
	app   bool   // takes the app-level token, and no other
	do    func(*Workspace, *call) reply
}

// methods are those that the fake knows. Anything else is an unknown_method.
var methods = map[string]method{
	"apps.connections.open": {app: true, do: (*Workspace).openConnection},
	"auth.test":             {do: (*Workspace).authTest},
	"api.test":              {do: func(*Workspace, *call) reply { return reply{} }},
	"chat.postMessage":      {scope: "chat:write", do: (*Workspace).postMessage},
	"chat.postEphemeral":    {scope: "chat:write", do: (*Workspace).postEphemeral},
	"chat.update":           {scope: "chat:write", do: (*Workspace).updateMessage},
	"chat.delete":           {scope: "chat:write", do: (*Workspace).deleteMessage},
	"chat.getPermalink":     {do: (*Workspace).permalink},
	"conversations.open":    {scope: "im:write", do: (*Workspace).openConversation},
	"conversations.info":    {do: (*Workspace).conversationInfo},
	"users.info":            {scope: "users:read", do: (*Workspace).userInfo},
	"views.open":            {do: (*Workspace).viewsOpen},
	"views.push":            {do: (*Workspace).viewsPush},
	"views.update":          {do: (*Workspace).viewsUpdate},
	"views.publish":         {do: (*Workspace).viewsPublish},
	"blocks.validate":       {do: (*Workspace).validateBlocks},
}

// reply is what a method answers, without "ok": that is added.
type reply map[string]any

func fail(code string) reply { return reply{"ok": false, "error": code} }

// invalid is Slack's answer to arguments that break its rules, with the reasons
// as Slack writes them.
func invalid(code string, reasons ...string) reply {
	var messages []string
	for _, r := range reasons {
		messages = append(messages, "[ERROR] "+r)
	}
	return reply{"ok": false, "error": code, "errors": reasons, "response_metadata": map[string]any{"messages": messages}}
}

// warn adds a warning, as Slack writes it: in two places.
func (r reply) warn(code string) {
	meta, _ := r["response_metadata"].(map[string]any)
	if meta == nil {
		meta = map[string]any{}
	}
	warnings, _ := meta["warnings"].([]string)
	warnings = append(warnings, code)
	meta["warnings"], r["warning"], r["response_metadata"] = warnings, strings.Join(warnings, ","), meta
}

// call is one request to a method.
type call struct {
	method string
	args   map[string]json.RawMessage
	token  string
	header http.Header
	base   string // how the app reached us
	isJSON bool

	tokenIn   string
	linkFetch []string
	violation string
}

// str returns a string argument; other scalars come as they were written.
func (c *call) str(name string) string {
	raw := c.args[name]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// raw returns an argument that is JSON: in a form it comes as a string.
func (c *call) raw(name string) json.RawMessage {
	raw := c.args[name]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return json.RawMessage(s)
	}
	return raw
}

// isFalse tells that a flag was given and is false.
func (c *call) isFalse(name string) bool {
	s := c.str(name)
	return s == "false" || s == "0"
}

// isTrue tells that a flag was given and is true.
func (c *call) isTrue(name string) bool {
	s := c.str(name)
	return s == "true" || s == "1"
}

// about is whom or what a call is about, for faults: a conversation, or a person
// where it names none.
func (c *call) about() string {
	for _, name := range []string{"channel", "user", "users", "user_id"} {
		if s := c.str(name); s != "" {
			return s
		}
	}
	return ""
}

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request, name string) {
	started := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 4<<20))
	if err != nil {
		http.Error(rw, "request_too_large", http.StatusRequestEntityTooLarge)
		return
	}
	c := parseCall(name, r, body)
	fault := w.takeFault(name, c.about())
	entry := Entry{Kind: APICall, Method: name, URL: r.URL.RequestURI(), Header: r.Header.Clone(),
		TokenIn: c.tokenIn, Channel: c.str("channel"), Body: string(body)}
	w.exchange(rw, r, fault, &entry, started, func() answer {
		a := w.handle(c)
		entry.LinkFetch, entry.Violation = c.linkFetch, c.violation
		return a
	})
}

// parseCall reads the arguments from the query, a form or a JSON body, and the
// token from the Authorization header or the form. Slack takes none from a
// query: https://docs.slack.dev/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps
func parseCall(name string, r *http.Request, body []byte) *call {
	c := &call{method: name, args: map[string]json.RawMessage{}, header: r.Header, base: baseOf(r)}
	c.addForm(r.URL.Query())
	if c.args["token"] != nil {
		c.tokenIn = "query"
		delete(c.args, "token")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		c.isJSON = true
		json.Unmarshal(body, &c.args)
		delete(c.args, "token")
	case "multipart/form-data":
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if r.ParseMultipartForm(4<<20) == nil {
			c.addForm(r.MultipartForm.Value)
		}
	default:
		form, _ := url.ParseQuery(string(body))
		c.addForm(form)
	}
	if token := c.str("token"); token != "" {
		c.token, c.tokenIn = token, "form"
	}
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "bearer") {
		c.token, c.tokenIn = token, "header"
	}
	return c
}

func (c *call) addForm(form url.Values) {
	for name := range form {
		c.args[name], _ = json.Marshal(form.Get(name))
	}
}

func baseOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// handle authorizes a call and does it. Called with the lock held.
func (w *Workspace) handle(c *call) answer {
	if w.opt.URL == "" && (w.base == "" || c.method == "apps.connections.open") {
		w.base = c.base
	}
	r := w.authorize(c)
	if r == nil {
		r = methods[c.method].do(w, c)
	}
	if _, ok := r["ok"]; !ok {
		r["ok"] = true
	}
	if c.isJSON && !strings.Contains(strings.ToLower(c.header.Get("Content-Type")), "charset") {
		r.warn("missing_charset")
	}
	a := jsonAnswer(http.StatusOK, r)
	a.header.Set("X-OAuth-Scopes", strings.Join(w.opt.Scopes, ","))
	if scope := methods[c.method].scope; scope != "" {
		a.header.Set("X-Accepted-OAuth-Scopes", scope)
	}
	return a
}

// authorize returns what Slack answers to a call that it doesn't let through,
// or nil.
func (w *Workspace) authorize(c *call) reply {
	m, known := methods[c.method]
	kind := botToken
	if m.app {
		kind = appToken
	}
	switch {
	case !known:
		c.violation = "called an unknown method: " + c.method
		return reply{"ok": false, "error": "unknown_method", "req_method": c.method}
	case c.tokenIn == "query":
		c.violation = "sent a token in a query: " + c.method
		return fail("not_authed")
	case c.method == "api.test":
		return nil
	case w.refusesToken(c.token, kind) != "":
		return fail(w.refusesToken(c.token, kind))
	case m.scope != "":
		return w.missingScope(m.scope)
	}
	return nil
}

// missingScope answers nil when the app has one of the scopes.
func (w *Workspace) missingScope(scopes ...string) reply {
	for _, s := range scopes {
		if slices.Contains(w.opt.Scopes, s) {
			return nil
		}
	}
	r := fail("missing_scope")
	r["needed"], r["provided"] = strings.Join(scopes, ","), strings.Join(w.opt.Scopes, ",")
	return r
}

func jsonAnswer(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		body = []byte(fmt.Sprintf(`{"ok":false,"error":"fatal_error","detail":%q}`, err))
	}
	return answer{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: string(body)}
}
