package text

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"otsbot/bot/internal/receipt"
)

// maxText is how long the text of a message may be that shall be changed later:
// Slack refuses more, https://docs.slack.dev/reference/methods/chat.update#errors
const maxText = 4000

// heardOfOne is what the text alone says of a receipt with one secret.
func (p *Printer) heardOfOne(r receipt.Receipt) string {
	c, state := p.c.Receipt, p.state(r.Rows[0].Seen)
	if r.Settled() || r.Overdue() {
		return fmt.Sprintf(c.HeardOver, p.where(r), p.phrase(r), state)
	}
	return fmt.Sprintf(c.Heard, p.where(r), p.moment(r.Ends()), p.phrase(r), state)
}

// heardOfPeople is the same where each of several people has theirs.
func (p *Printer) heardOfPeople(r receipt.Receipt) string {
	c := p.c.Receipt
	say := p.count(len(r.Rows), c.HeardForPeople, p.moment(r.Ends()), p.phrase(r))
	if r.Settled() || r.Overdue() {
		say = p.count(len(r.Rows), c.HeardForPeopleOver, p.phrase(r))
	}
	rows := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		rows[i] = fmt.Sprintf(p.c.Rows.Row, mention(row.To), p.Together(p.says(r, row)...))
	}
	return upTo(maxText, len(rows), func(n int) string {
		rest := ""
		if n < len(rows) {
			others := r
			others.Rows = r.Rows[n:]
			rest = p.count(len(others.Rows), c.HeardOthers, strings.Join(p.homeCounts(others), p.c.Comma))
		}
		return p.Together(say, p.Together(rows[:n]...), rest)
	})
}

// upTo says as much of n things as fits into so many characters, but at least what
// is said of none.
func upTo(most, n int, say func(n int) string) string {
	said := say(n)
	for ; n > 0 && length(said) > most; said = say(n) {
		n--
	}
	return said
}

// length is that of a text where it is counted the longest.
func length(s string) (n int) {
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// lines sets what isn't empty one below the other: what somebody typed ends
// without a full stop.
func lines(all ...string) string {
	var said []string
	for _, s := range all {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, "\n")
}
