package page

import (
	"cmp"
	"net/http"

	"otsbot/bot/slackfake"
)

// tabData is one of the app's tabs.
type tabData struct {
	ID, Name, Link string
	Current        bool
}

// tabs are those of the app, if this is where somebody meets it and it has
// more than one.
func (p *Page) tabs(user string, c slackfake.Channel, tab string) (tabs []tabData, atHome bool) {
	if !p.options.App.HomeTab || c.ID != p.stage.Slack.AppDM(user) {
		return nil, false
	}
	atHome = tab == slackfake.HomeTab
	here := "/as/" + user + "/" + c.ID
	// The fragment gives the tab the focus, for people at a keyboard.
	return []tabData{
		{slackfake.HomeTab, "Home", here + "?tab=home#tab-home", atHome},
		{slackfake.MessagesTab, "Messages", here + "?tab=messages#tab-messages", !atHome},
	}, atHome
}

// open is told by the page when it has come to the app: fetching it anew, which
// every change makes it do, is no opening.
func (p *Page) open(r *http.Request, u slackfake.User, c slackfake.Channel, _ deed) (*slackfake.Interaction, error) {
	if c.ID != p.stage.Slack.AppDM(u.ID) {
		return nil, nil
	}
	tab := slackfake.MessagesTab
	if _, atHome := p.tabs(u.ID, c, r.URL.Query().Get("tab")); atHome {
		tab = slackfake.HomeTab
	}
	return p.stage.Slack.OpenApp(r.Context(), u.ID, tab)
}

func (p *Page) pressInHome(r *http.Request, u slackfake.User, _ slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	return p.stage.Slack.PressInHome(r.Context(), u.ID, d.Action)
}

// language is one that a person can have Slack in.
type language struct {
	Locale, Name string
	Current      bool
}

// languagesOf are some of Slack's own, with the one that a person has.
func languagesOf(u slackfake.User) []language {
	languages := []language{
		{Locale: "en-US", Name: "English (US)"},
		{Locale: "en-GB", Name: "English (UK)"},
		{Locale: "de-DE", Name: "Deutsch"},
		{Locale: "es-ES", Name: "Español (España)"},
		{Locale: "es-LA", Name: "Español (Latinoamérica)"},
		{Locale: "fr-FR", Name: "Français"},
		{Locale: "it-IT", Name: "Italiano"},
		{Locale: "pt-BR", Name: "Português (Brasil)"},
		{Locale: "ja-JP", Name: "日本語"},
		{Locale: "ko-KR", Name: "한국어"},
	}
	for i, l := range languages {
		languages[i].Current = l.Locale == cmp.Or(u.Locale, "en-US")
	}
	return languages
}

// speak sets a person's language in Slack.
func (p *Page) speak(_ *http.Request, u slackfake.User, _ slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	for _, l := range languagesOf(u) {
		if l.Locale == d.Locale {
			p.stage.Slack.EditUser(u.ID, func(u *slackfake.User) { u.Locale = d.Locale })
			return nil, nil
		}
	}
	return nil, sentence("Slack doesn't have that language.")
}
