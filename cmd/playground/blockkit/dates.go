package blockkit

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var dateToken = regexp.MustCompile(`\{[a-z_]+\}`)

// date draws !date^unix^format^link with its fallback, in the reader's zone,
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func (r Reader) date(target, fallback string) node {
	parts := strings.Split(target, "^")
	if len(parts) < 3 {
		return text(fallback)
	}
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || unix < 0 || unix > 1<<40 {
		return text(fallback)
	}
	when := time.Unix(unix, 0).In(r.zone())
	known := true
	shown := dateToken.ReplaceAllStringFunc(unescape(parts[2]), func(token string) string {
		words, ok := r.dateWords(strings.Trim(token, "{}"), when)
		known = known && ok
		return words
	})
	if !known {
		return text(fallback)
	}
	date := tag("time", at{"class", "bk-date", "datetime", when.UTC().Format(time.RFC3339), "title", fallback}, text(shown))
	if len(parts) > 3 {
		return link(unescape(parts[3]), date)
	}
	return date
}

func (r Reader) dateWords(token string, when time.Time) (string, bool) {
	short := when.Format("Jan 2, 2006")
	long := fmt.Sprintf("%s %d%s, %d", when.Month(), when.Day(), ordinal(when.Day()), when.Year())
	words, known := map[string]string{
		"date_num":          when.Format(time.DateOnly),
		"date_slash":        when.Format("01/02/2006"),
		"date":              long,
		"date_pretty":       r.nearby(when, long),
		"date_short":        short,
		"date_short_pretty": r.nearby(when, short),
		"date_long":         when.Weekday().String() + ", " + long,
		"date_long_pretty":  r.nearby(when, when.Weekday().String()+", "+long),
		"time":              when.Format("3:04 PM"),
		"time_secs":         when.Format("3:04:05 PM"),
	}[token]
	return words, known
}

// nearby says yesterday, today and tomorrow as words.
func (r Reader) nearby(when time.Time, otherwise string) string {
	if r.Now.IsZero() {
		return otherwise
	}
	now := r.Now.In(r.zone())
	for i, word := range []string{"yesterday", "today", "tomorrow"} {
		if now.AddDate(0, 0, i-1).Format(time.DateOnly) == when.Format(time.DateOnly) {
			return word
		}
	}
	return otherwise
}

func ordinal(n int) string {
	if n%100 >= 11 && n%100 <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}
