package story

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// browser opens links as a person does: it looks at the page, and then presses
// the button that is on it.
type browser struct{ client *http.Client }

func newBrowser() *browser {
	jar, _ := cookiejar.New(nil) // fails for no options at all
	return &browser{&http.Client{Jar: jar, Timeout: patience}}
}

// page is one that the browser shows.
type page struct {
	url    *url.URL
	status int
	html   string
}

func (b *browser) get(address string) (page, error) {
	resp, err := b.client.Get(address)
	return read(resp, err)
}

func read(resp *http.Response, err error) (page, error) {
	if err != nil {
		return page{}, fmt.Errorf("open a page: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return page{}, fmt.Errorf("read a page: %w", err)
	}
	return page{resp.Request.URL, resp.StatusCode, string(body)}, nil
}

var (
	forms  = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	inputs = regexp.MustCompile(`(?is)<(?:input|button)\b([^>]*)>`)
	attrs  = regexp.MustCompile(`(?is)\b([a-z-]+)\s*=\s*"([^"]*)"`)
	tags   = regexp.MustCompile(`(?s)<(style|script|head)\b.*?</(style|script|head)>|<[^>]*>`)
)

func attributes(s string) map[string]string {
	all := map[string]string{}
	for _, m := range attrs.FindAllStringSubmatch(s, -1) {
		all[strings.ToLower(m[1])] = html.UnescapeString(m[2])
	}
	return all
}

// errNoButton: the page has nothing to press, as when the secret is gone.
var errNoButton = errors.New("the page has no button")

// press submits the page's form with the passphrase, if it asks for one.
func (b *browser) press(p page, passphrase string) (page, error) {
	form := forms.FindStringSubmatch(p.html)
	if form == nil {
		return page{}, errNoButton
	}
	action, err := p.url.Parse(attributes(form[1])["action"])
	if err != nil {
		return page{}, fmt.Errorf("read the form of a page: %w", err)
	}
	values := url.Values{}
	for _, in := range inputs.FindAllStringSubmatch(form[2], -1) {
		a := attributes(in[1])
		switch {
		case a["type"] == "password" || a["name"] == "passphrase":
			values.Set(a["name"], passphrase)
		case a["name"] != "":
			values.Set(a["name"], a["value"])
		}
	}
	return read(b.client.PostForm(action.String(), values))
}

// text is what the page says.
func (p page) text() string {
	words := strings.Fields(html.UnescapeString(tags.ReplaceAllString(p.html, " ")))
	return strings.Join(words, " ")
}

// opens a one-time link: the page alone shows nothing of the secret, a press
// of its button does.
func (t *teller) opens(user, link, passphrase, secret string) {
	if t.err != nil {
		return
	}
	before, after, err := t.visits(link, passphrase)
	switch {
	case err != nil:
		t.must(err)
	case strings.Contains(before.text(), secret):
		t.difference("looking at the page", "nothing of the secret", before.text())
	case !strings.Contains(after.text(), secret):
		t.difference("pressing the button on the page", secret, after.text())
	}
	t.tells("%s opens the link. The page alone shows nothing; its button shows:  %s", name(user), secret)
}

// finds that a link opens nothing any more.
func (t *teller) findsGone(user, link, secret string) {
	if t.err != nil {
		return
	}
	before, after, err := t.visits(link, "")
	if errors.Is(err, errNoButton) {
		err = nil
	}
	t.must(err)
	for _, p := range []page{before, after} {
		if strings.Contains(p.text(), secret) {
			t.difference("opening a link whose secret is gone", "no secret", p.text())
		}
	}
	t.tells("%s opens the link, and finds that there is nothing behind it any more.", name(user))
}

// fails to open a link for want of the right passphrase.
func (t *teller) failsToOpen(user, link, passphrase, secret string) {
	if t.err != nil {
		return
	}
	_, after, err := t.visits(link, passphrase)
	t.must(err)
	if strings.Contains(after.text(), secret) {
		t.difference("opening the link with a wrong passphrase", "no secret", after.text())
	}
	t.tells("%s opens the link and guesses at the passphrase. That shows nothing, and uses nothing up.", name(user))
}

func (t *teller) visits(link, passphrase string) (before, after page, err error) {
	b := newBrowser()
	if before, err = b.get(link); err != nil {
		return before, after, err
	}
	after, err = b.press(before, passphrase)
	return before, after, err
}
