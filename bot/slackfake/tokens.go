package slackfake

// tokenKind is what a token is for.
type tokenKind int

const (
	revokedToken tokenKind = iota + 1
	botToken
	appToken
)

// SetBotTokens has these bot tokens taken from now on, and no others: those
// from before are revoked. An app has one; that two are taken for a while is how
// a test sees which of them is used.
func (w *Workspace) SetBotTokens(tokens ...string) { w.setTokens(botToken, tokens) }

// SetAppTokens has these app-level tokens taken from now on, and no others. An
// app may have several. Connections that are open stay so.
func (w *Workspace) SetAppTokens(tokens ...string) { w.setTokens(appToken, tokens) }

func (w *Workspace) setTokens(kind tokenKind, tokens []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for token, is := range w.tokens {
		if is == kind {
			w.tokens[token] = revokedToken
		}
	}
	for _, token := range tokens {
		w.tokens[token] = kind
	}
}

// refusesToken is Slack's error for a token, or "" if it is one of that kind.
func (w *Workspace) refusesToken(token string, kind tokenKind) string {
	switch is := w.tokens[token]; {
	case token == "":
		return "not_authed"
	case is == kind:
		return ""
	case is == revokedToken:
		return "token_revoked"
	case is != 0:
		return "not_allowed_token_type"
	}
	return "invalid_auth"
}
