package authored

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// markedDate shows <!date^seconds^format^link|otherwise>, whose link is optional.
func markedDate(target, otherwise string) string {
	parts := append(strings.SplitN(target, "^", 4), "", "")
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	shown := cmp.Or(otherwise, parts[2], parts[1])
	if err == nil {
		shown = date(seconds, parts[2], otherwise)
	}
	if parts[3] == "" {
		return shown
	}
	return link(parts[3], shown)
}

var dateToken = regexp.MustCompile(`\{[a-z_]+\}`)

// date shows a date in its format, which may hold any words besides: readers see
// those, and what else there is only where Slack can't show the format. Each
// reader sees the date in a zone and a language of their own; here it is UTC, which
// is said behind the last part of it.
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func date(seconds int64, format, otherwise string) string {
	at, left, known := time.Unix(seconds, 0).UTC(), len(dateToken.FindAllString(format, -1)), true
	shown := dateToken.ReplaceAllStringFunc(format, func(token string) string {
		layout := dateLayout(token)
		if layout == "" {
			known = false
			return token
		}
		if left--; left == 0 {
			layout += " UTC"
		}
		return at.Format(layout)
	})
	if format == "" || !known {
		return cmp.Or(otherwise, shown, strconv.FormatInt(seconds, 10))
	}
	return shown
}

func dateLayout(token string) string {
	switch {
	case token == "{time}":
		return "15:04"
	case token == "{time_secs}":
		return time.TimeOnly
	case token == "{ago}":
		return time.DateOnly + " 15:04"
	case token == "{day_divider_pretty}", strings.HasPrefix(token, "{date"):
		return time.DateOnly
	}
	return ""
}
