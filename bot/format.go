package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
)

// moment is a time in the reader's own zone; the fallback is UTC.
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", t.Unix(), text.PlainMoment(t))
}

// lifetime says a duration as people do: "5 minutes", "7 days".
func lifetime(d time.Duration) string {
	unit := func(n int, name string) string {
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	const day = 24 * time.Hour
	switch {
	case d >= day && d%day >= time.Hour:
		return unit(int(d/day), "day") + " and " + unit(int(d%day/time.Hour), "hour")
	case d >= time.Hour && d < day && d%time.Hour >= time.Minute:
		return unit(int(d/time.Hour), "hour") + " and " + unit(int(d%time.Hour/time.Minute), "minute")
	case d >= day:
		return unit(int(d/day), "day")
	case d >= time.Hour:
		return unit(int(d/time.Hour), "hour")
	case d >= time.Minute:
		return unit(int(d/time.Minute), "minute")
	}
	return unit(int(d/time.Second), "second")
}
func plainSection(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(plainText(text), nil, nil)
}

// problemBlock says on top of a form what is wrong, as plain text.
func problemBlock(say string) slack.Block { return plainSection("⚠️ " + say) }

func section(markdown string) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, markdown, false, false), nil, nil)
}

func small(markdown string) *slack.ContextBlock {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, markdown, false, false))
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func openedWhen(s receipt.Seen) string {
	if s.Opened == 0 {
		return ""
	}
	return " " + moment(time.Unix(s.Opened, 0))
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func mentions(users []string) string {
	all := make([]string, len(users))
	for i, user := range users {
		all[i] = "<@" + user + ">"
	}
	return strings.Join(all, ", ")
}
