package rules

// Gap is a rule that can't be judged with what the bot token may ask.
type Gap struct {
	Mild bool // nobody is kept from sharing by it
	Text string
}

// Gaps are what has says is missing: the scopes of the bot token.
func (p Policy) Gaps(has func(scope string) bool) (gaps []Gap) {
	const places = "channels:read, groups:read, im:read and mpim:read"
	missing := map[string]bool{
		places:       !(has("channels:read") && has("groups:read") && has("im:read") && has("mpim:read")),
		"users:read": !has("users:read"),
	}
	for _, about := range []struct{ scopes, refuse, warn string }{
		{places, "which conversations are external, so links to all are refused", "which conversations are external, so there is no warning; the form offers none of them"},
		{"users:read", "who is of another organization, so links to people are refused", "who is of another organization, so there is no warning about people"},
	} {
		without := ": without " + about.scopes + " Slack doesn't tell "
		switch {
		case !missing[about.scopes]:
		case p.External == ExternalRefuse:
			gaps = append(gaps, Gap{Text: "POLICY_EXTERNAL=refuse" + without + about.refuse})
		case p.External == ExternalWarn:
			gaps = append(gaps, Gap{Mild: true, Text: "POLICY_EXTERNAL=warn" + without + about.warn})
		}
	}
	if p.RefuseGuests && missing["users:read"] {
		gaps = append(gaps, Gap{Text: "POLICY_GUESTS=refuse: without users:read Slack doesn't tell who is a guest, so everything is refused"})
	}
	if has("im:read") {
		return gaps
	}
	for _, rule := range []struct {
		name string
		set  bool
	}{
		{"POLICY_USERS_DENY", len(p.UsersDeny) > 0},
		{"POLICY_GUESTS=refuse", p.RefuseGuests},
		{"POLICY_CHANNELS_ALLOW", len(p.ChannelsAllow) > 0},
	} {
		if rule.set {
			gaps = append(gaps, Gap{Mild: true, Text: rule.name + ": without im:read Slack doesn't tell whose direct message a command is typed in, so it is refused even in the app's own"})
		}
	}
	return gaps
}
