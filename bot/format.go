package bot

import (
	"fmt"
	"strings"
	"time"
)

// escape keeps typed text from becoming markup, as Slack asks for,
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// moment is a time in the reader's own zone; the fallback is UTC.
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", t.Unix(), plainMoment(t))
}

func plainMoment(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 UTC") }

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
