package slackfake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// viewer is who reads a text: names and dates depend on it.
type viewer struct {
	names map[string]string
	zone  *time.Location
	now   time.Time
}

func (w *Workspace) viewer(user string) *viewer {
	v := &viewer{names: map[string]string{BotUserID: "app", SlackbotID: "Slackbot"}, zone: time.UTC, now: w.opt.Clock()}
	for id, u := range w.users {
		v.names[id] = u.Name
	}
	for id, c := range w.channels {
		if w.sees(user, c) {
			v.names[id] = c.Name
		}
	}
	if u := w.users[user]; u != nil {
		v.zone = u.zone()
	}
	return v
}

func (v *viewer) name(id string) string {
	if v != nil && v.names[id] != "" {
		return v.names[id]
	}
	return id
}

var (
	// control is what stands in angle brackets in mrkdwn.
	control = regexp.MustCompile(`<([^<>\n]+)>`)
	code    = regexp.MustCompile("```[\\s\\S]*?```|`[^`\n]+`")
	bareURL = regexp.MustCompile(`\b(?:https?://|mailto:)[^\s<>|"` + "`" + `]+`)
	bold    = regexp.MustCompile(`(^|[\s("'])([*_~])(\S(?:[^*_~\n]*\S)?)[*_~]($|[\s).,:;!?"'])`)
	dateFmt = regexp.MustCompile(`\{[a-z_]+\}`)
)

// mrkdwn renders marked-up text as a person reads it.
func (v *viewer) mrkdwn(s string) string {
	var out strings.Builder
	last := 0
	for _, span := range code.FindAllStringIndex(s, -1) {
		out.WriteString(v.unmarked(s[last:span[0]]))
		out.WriteString(v.controls(strings.Trim(s[span[0]:span[1]], "`")))
		last = span[1]
	}
	out.WriteString(v.unmarked(s[last:]))
	return unescape(out.String())
}

// unmarked renders text without code: controls, bold, italic, struck. Twice,
// because neighbours share the space between them.
func (v *viewer) unmarked(s string) string {
	s = bold.ReplaceAllString(v.controls(s), "$1$3$4")
	return bold.ReplaceAllString(s, "$1$3$4")
}

func (v *viewer) controls(s string) string {
	return control.ReplaceAllStringFunc(s, func(m string) string { return v.control(m[1 : len(m)-1]) })
}

// control renders one <…>: a mention, a date, or a link.
func (v *viewer) control(inner string) string {
	target, label, labelled := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + v.name(target[1:])
	case strings.HasPrefix(target, "#"):
		if labelled && label != "" {
			return "#" + label
		}
		return "#" + v.name(target[1:])
	case strings.HasPrefix(target, "!date^"):
		return v.date(target, label)
	case strings.HasPrefix(target, "!subteam^") && labelled:
		return label
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	case labelled:
		return label
	}
	return strings.TrimPrefix(target, "mailto:")
}

// date renders <!date^unix^format^link|fallback> in the viewer's time zone,
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func (v *viewer) date(target, fallback string) string {
	parts := strings.Split(target, "^")
	if len(parts) < 3 || v == nil {
		return fallback
	}
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return fallback
	}
	at := time.Unix(unix, 0).In(v.zone)
	known := true
	shown := dateFmt.ReplaceAllStringFunc(parts[2], func(token string) string {
		s, ok := v.dateToken(strings.Trim(token, "{}"), at)
		known = known && ok
		return s
	})
	if !known {
		return fallback
	}
	return shown
}

func (v *viewer) dateToken(token string, at time.Time) (string, bool) {
	short := at.Format("Jan 2, 2006")
	long := fmt.Sprintf("%s %d%s, %d", at.Month(), at.Day(), ordinal(at.Day()), at.Year())
	switch token {
	case "date_num":
		return at.Format(time.DateOnly), true
	case "date_slash":
		return at.Format("01/02/2006"), true
	case "date":
		return long, true
	case "date_pretty":
		return v.pretty(at, long), true
	case "date_short":
		return short, true
	case "date_short_pretty":
		return v.pretty(at, short), true
	case "date_long":
		return at.Weekday().String() + ", " + long, true
	case "date_long_pretty":
		return v.pretty(at, at.Weekday().String()+", "+long), true
	case "time":
		return at.Format("3:04 PM"), true
	case "time_secs":
		return at.Format("3:04:05 PM"), true
	}
	return "", false
}

func (v *viewer) pretty(at time.Time, otherwise string) string {
	now := v.now.In(v.zone)
	for days, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if now.AddDate(0, 0, days).Format(time.DateOnly) == at.Format(time.DateOnly) {
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
