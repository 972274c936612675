package text

import (
	"fmt"
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
	BurnText   string // asked before Burn all
	Newer      string
	Older      string
	SinceStart string // %[1]s is when the app was started
	NoMemory   string

	In         string // %[1]s is a conversation
	Message    string // the label of a link to it
	With       string // %[1]s are people
	WithOthers Plural // after two people, %[2]s, how many more
	Mailed     string
	Yourself   string
	Until      string // %[1]s is when
	Phrase     string

	NotOpened   string
	Opened      string
	OpenedAt    string // %[1]s is when
	Burned      string
	Expired     string
	Gone        string
	NoLink      string
	SomeWaiting Plural // of people's secrets
	SomeUnknown Plural
	SomeOpened  Plural
	SomeBurned  Plural
	SomeExpired Plural
	SomeGone    Plural
	SomeNoLink  Plural

	BurnedSome Plural // of secrets, after Burn all
	TooLate    Plural // to burn
	NeedPhrase Plural // that are left, since they need it
	NotBurned  Plural // that are left, since they could not be
}

// Home actions.
const (
	ActionHomeBurnAll = "home_burn_all"
	ActionHomePage    = "home_page"
)

// Home is what somebody's Home tab shows.
type Home struct {
	Live, Ended []receipt.Receipt // the newest first
	Page        int               // from 0
	Since       time.Time         // when the memory began; the zero time is: before all of it
	Unsure      bool              // the memory could not be asked
	Link        func(receipt.Receipt) string
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
		blocks = append(blocks, section("*"+p.count(len(h.Live), w.Out)+"*"))
	}
	for _, r := range page(h.Live, livePage, h.Page) {
		blocks = append(blocks, p.homeLive(h, r)...)
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
	if n := len(h.Live); n > 1 {
		burn := slack.NewButtonBlockElement(ActionHomeBurnAll, h.BurnAll, plainText(p.c.ReceiptButtons.BurnAll))
		burn.Style = slack.StyleDanger
		burn.Confirm = p.confirmBurn(p.count(n, p.c.ReceiptButtons.BurnSome), w.BurnText)
		buttons = append(buttons, burn)
	}
	return buttons
}

// homeLive is one receipt that is out.
func (p *Printer) homeLive(h Home, r receipt.Receipt) []slack.Block {
	w := p.c.Home
	where := p.homeWhere(r)
	if link := h.Link(r); link != "" {
		where += " · <" + link + "|" + w.Message + ">"
	}
	facts := append(p.homeState(r), fmt.Sprintf(w.Until, p.moment(r.Ends())))
	if r.Phrase {
		facts = append(facts, w.Phrase)
	}
	block := section("*" + where + "*\n" + strings.Join(facts, " · "))
	burn := slack.NewButtonBlockElement(h.ActionBurn, h.Burn(r), plainText(p.c.ReceiptButtons.Burn))
	burn.Style = slack.StyleDanger
	if !r.Phrase { // else the form for the passphrase is the confirmation
		burn.Confirm = p.confirmBurnOne()
	}
	block.Accessory = slack.NewAccessory(burn)
	if r.Note == "" {
		return []slack.Block{block}
	}
	return []slack.Block{block, slack.NewContextBlock("", plainText(r.Note))}
}

// homeEnded is one that is over.
func (p *Printer) homeEnded(r receipt.Receipt) slack.Block {
	say := slack.NewTextBlockObject(slack.MarkdownType, strings.Join(append([]string{p.homeWhere(r)}, p.homeState(r)...), " · "), false, false)
	if r.Note == "" {
		return slack.NewContextBlock("", say)
	}
	return slack.NewContextBlock("", say, plainText(r.Note))
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

// homeWhere is where a link went.
func (p *Printer) homeWhere(r receipt.Receipt) string {
	w := p.c.Home
	switch r.To.Sort {
	case receipt.ToConversation:
		switch r.Rows[0].Step {
		case receipt.Perhaps:
			return p.where(r)
		case receipt.Sent:
		default:
			return w.Yourself
		}
		return fmt.Sprintf(w.In, "<#"+r.To.Channel+">")
	case receipt.ToMail:
		if r.Rows[0].Step != receipt.Sent {
			return w.Yourself
		}
		return w.Mailed
	case receipt.ToPeople:
		var people []string
		for _, row := range r.Rows {
			people = append(people, mention(row.To))
		}
		if n := len(people); n > 3 {
			return p.count(n-2, w.WithOthers, strings.Join(people[:2], p.c.Comma))
		}
		return fmt.Sprintf(w.With, strings.Join(people, p.c.Comma))
	}
	return w.Yourself
}

// homeState is what is known to have become of a receipt's secrets: nothing of
// those that nobody has looked at, unless it tells them from others.
func (p *Printer) homeState(r receipt.Receipt) (said []string) {
	w := p.c.Home
	if len(r.Rows) == 1 {
		if fate := p.homeFate(r.Rows[0]); fate != "" {
			return []string{fate}
		}
		return nil
	}
	if r.Count(receipt.Row.Unknown) == len(r.Rows) {
		return nil
	}
	for _, some := range []struct {
		of  Plural
		are func(receipt.Row) bool
	}{
		{w.SomeWaiting, func(row receipt.Row) bool { return row.Live() && !row.Unknown() }},
		{w.SomeUnknown, receipt.Row.Unknown},
		{w.SomeOpened, func(row receipt.Row) bool { return row.Fate == receipt.Opened }},
		{w.SomeBurned, func(row receipt.Row) bool { return row.Fate.IsBurned() }},
		{w.SomeExpired, func(row receipt.Row) bool { return row.Fate == receipt.Expired }},
		{w.SomeGone, func(row receipt.Row) bool { return row.Fate == receipt.Gone }},
		{w.SomeNoLink, receipt.Row.Missing},
	} {
		if n := r.Count(some.are); n > 0 {
			said = append(said, p.count(n, some.of))
		}
	}
	return said
}

// homeFate is what is known to have become of one secret, or "".
func (p *Printer) homeFate(row receipt.Row) string {
	w := p.c.Home
	switch {
	case row.Live() && row.Fate == receipt.Unseen:
		return ""
	case row.Live() && (row.Fate == receipt.NoAnswer || row.Fate == receipt.Strange || row.Fate == receipt.BurnNotDone):
		return p.inRow(row.Seen)
	case row.Live():
		return w.NotOpened
	case row.Fate == receipt.Opened && row.Opened != 0:
		return fmt.Sprintf(w.OpenedAt, p.moment(time.Unix(row.Opened, 0)))
	case row.Fate == receipt.Opened:
		return w.Opened
	case row.Fate.IsBurned():
		return w.Burned
	case row.Fate == receipt.Expired:
		return w.Expired
	case row.Fate == receipt.Gone:
		return w.Gone
	}
	return w.NoLink
}

// BurnedAll says what became of Burn all.
func (p *Printer) BurnedAll(burned, late, phrases, left int) string {
	w := p.c.Home
	var said []string
	for _, some := range []struct {
		n  int
		of Plural
	}{{burned, w.BurnedSome}, {late, w.TooLate}, {phrases, w.NeedPhrase}, {left, w.NotBurned}} {
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
