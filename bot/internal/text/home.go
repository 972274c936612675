package text

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
)

// HomeWords are those of the Home tab.
type HomeWords struct {
	Title      string
	Share      string
	Out        Plural // of secrets
	Nothing    string
	Ended      string
	BurnText   string // asked before Burn all, where it leaves some
	Newer      string
	Older      string
	SinceStart string // %[1]s is when the app was started
	NoMemory   string

	In         string // %[1]s is a conversation
	Message    string // the label of a link to it
	With       string // %[1]s are people
	WithOthers Plural // after two people, %[2]s, how many more
	MaybeWith  string // %[1]s are people who may have a link
	NotWith    string // %[1]s are people who don't
	Mailed     string
	Yourself   string
	Until      string // %[1]s is when
	WasUntil   string // %[1]s is when; what became of it isn't known
	AsOf       string // %[1]s is when
	Phrase     string

	Opened      string
	OpenedAt    string // %[1]s is when
	Burned      string
	Expired     string
	Gone        string
	Over        string // its time is; what became of it isn't known
	NoLink      string
	SomeWaiting Plural // of people's secrets
	SomeUnknown Plural
	SomeKept    Plural
	SomeOpened  Plural
	SomeBurned  Plural
	SomeExpired Plural
	SomeGone    Plural
	SomeNoLink  Plural

	BurnedSome  Plural // of secrets, after Burn all
	TooLate     Plural // to burn
	NeedPhrase  Plural // that are left, since they need it
	NotBurned   Plural // that are left, since they could not be
	MaybeBurned Plural // of which nobody knows
	NotTried    Plural // since they were being written
}

// Home actions.
const (
	ActionHomeBurnAll = "home_burn_all"
	ActionHomePage    = "home_page"
)

// Home is what somebody's Home tab shows.
type Home struct {
	Live   []receipt.Receipt // the newest first
	Ended  []receipt.Receipt // and those whose time is over
	Page   int               // from 0
	Since  time.Time         // when the memory began; the zero time is: before all of it
	Unsure bool              // the memory could not be asked
	Link   func(receipt.Receipt) string
	// Values of the buttons.
	Share, BurnAll string
	Burn           func(receipt.Receipt) string
	// Actions that belong to other files.
	ActionShare, ActionBurn string
	More                    []slack.BlockElement // other buttons at the top
}

// What a page has of each. With a note each live one takes two blocks, and a
// view has 100 at most,
// https://docs.slack.dev/reference/views/home-tab-views
const (
	livePage  = 25
	endedPage = 25
)

// Pages is how many there are.
func (h Home) Pages() int {
	return max(1, (len(h.Live)+livePage-1)/livePage, (len(h.Ended)+endedPage-1)/endedPage)
}

// page is a part of a list.
func page[T any](all []T, size, n int) []T {
	from := min(n*size, len(all))
	return all[from:min(from+size, len(all))]
}

// HomeView is the Home tab.
func (p *Printer) HomeView(h Home) slack.HomeTabViewRequest {
	w := p.c.Home
	h.Page = max(0, min(h.Page, h.Pages()-1))
	blocks := []slack.Block{
		slack.NewHeaderBlock(plainText(w.Title)),
		slack.NewActionBlock("home", p.homeButtons(h)...),
	}
	switch {
	case h.Unsure:
		blocks = append(blocks, plainSection(w.NoMemory))
	case len(h.Live) == 0:
		blocks = append(blocks, plainSection(w.Nothing))
	default:
		blocks = append(blocks, section("*"+p.count(secrets(h.Live), w.Out)+"*"))
	}
	live := page(h.Live, livePage, h.Page)
	for i, r := range live {
		blocks = append(blocks, p.homeLive(h, r, i+1, len(live))...)
	}
	if ended := page(h.Ended, endedPage, h.Page); len(ended) > 0 {
		blocks = append(blocks, slack.NewDividerBlock(), section("*"+w.Ended+"*"))
		for _, r := range ended {
			blocks = append(blocks, p.homeEnded(r))
		}
	}
	if turn := p.homePages(h); turn != nil {
		blocks = append(blocks, turn)
	}
	if !h.Since.IsZero() {
		blocks = append(blocks, small(fmt.Sprintf(w.SinceStart, p.moment(h.Since))))
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

func (p *Printer) homeButtons(h Home) []slack.BlockElement {
	w := p.c.Home
	share := slack.NewButtonBlockElement(h.ActionShare, h.Share, plainText(w.Share))
	share.Style = slack.StylePrimary
	buttons := append([]slack.BlockElement{share}, h.More...)
	c, free := p.c.ReceiptButtons, slices.DeleteFunc(slices.Clone(h.Live), func(r receipt.Receipt) bool { return r.Phrase })
	if len(free) > 1 {
		means := c.BurnSomeMeans
		if len(free) < len(h.Live) {
			means = w.BurnText
		}
		burn := slack.NewButtonBlockElement(ActionHomeBurnAll, h.BurnAll, plainText(c.BurnAll))
		burn.Style = slack.StyleDanger
		burn.Confirm = p.confirmBurn(p.count(secrets(free), c.BurnSome), means)
		buttons = append(buttons, burn)
	}
	return buttons
}

// secrets is how many can still be opened.
func secrets(live []receipt.Receipt) (n int) {
	for _, r := range live {
		n += r.Count(receipt.Row.Live)
	}
	return n
}

func (p *Printer) homePages(h Home) slack.Block {
	w := p.c.Home
	var buttons []slack.BlockElement
	turn := func(label string, to int) {
		buttons = append(buttons, slack.NewButtonBlockElement(ActionHomePage, fmt.Sprint(to), plainText(label)))
	}
	if h.Page > 0 {
		turn(w.Newer, h.Page-1)
	}
	if h.Page < h.Pages()-1 {
		turn(w.Older, h.Page+1)
	}
	if len(buttons) == 0 {
		return nil
	}
	for i := range buttons { // an action id may stand once in a block
		buttons[i].(*slack.ButtonBlockElement).ActionID += fmt.Sprint("_", i)
	}
	return slack.NewActionBlock("home_pages", buttons...)
}

// BurnedAll are secrets, by what became of them at Burn all.
type BurnedAll struct {
	Burned, Late, Phrases int // burned, over before, waiting for their passphrase
	Kept, Unknown, Busy   int // still there, nobody knows, not tried
}

// Said says that something is not as it was wished.
func (b BurnedAll) Said() bool { return b != BurnedAll{Burned: b.Burned} }

// BurnedAll says what became of Burn all.
func (p *Printer) BurnedAll(b BurnedAll) string {
	w := p.c.Home
	var said []string
	for _, some := range []struct {
		n  int
		of Plural
	}{{b.Burned, w.BurnedSome}, {b.Late, w.TooLate}, {b.Phrases, w.NeedPhrase}, {b.Kept, w.NotBurned}, {b.Unknown, w.MaybeBurned}, {b.Busy, w.NotTried}} {
		if some.n > 0 {
			said = append(said, p.count(some.n, some.of))
		}
	}
	return p.Together(said...)
}

// HomeUnsure says that the memory could not be asked.
func (p *Printer) HomeUnsure() string { return p.c.Home.NoMemory }

// NoHome is a Home tab that shows nothing.
func NoHome() slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}
}

// ArchiveLink is the address of a message, or "" if it isn't known.
func ArchiveLink(workspace, channel, ts string) string {
	if workspace == "" || channel == "" || ts == "" {
		return ""
	}
	return strings.TrimSuffix(workspace, "/") + "/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
}
