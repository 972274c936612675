package slackfake

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Forward lets a person forward a message that they see, with a comment or
// without: Slack attaches it to a message of theirs, twice, as text and as
// blocks.
func (w *Workspace) Forward(user string, m Message, channel, comment string) (Message, error) {
	attachment, err := w.forwarded(user, m)
	if err != nil {
		return Message{}, err
	}
	return w.PostMessage(Post{User: user, Channel: channel, Text: comment, Attachments: marshal([]any{attachment})})
}

func (w *Workspace) forwarded(user string, m Message) (map[string]any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, kept := w.channels[m.Channel], w.find(m.Channel, m.TS)
	if c == nil || kept == nil || kept.Ephemeral || !w.sees(user, c) {
		return nil, fmt.Errorf("user %s can't forward that message", user)
	}
	author := kept.User
	if u := w.users[kept.User]; u != nil {
		author = u.RealName
	}
	inner := map[string]any{}
	for name, list := range map[string]json.RawMessage{"blocks": kept.Blocks, "attachments": kept.Attachments} {
		if list != nil {
			inner[name] = list
		}
	}
	url := "https://" + teamDomain + ".slack.com/archives/" + c.ID + "/p" + strings.ReplaceAll(kept.TS, ".", "")
	a := map[string]any{
		"id": 1, "ts": kept.TS, "channel_id": c.ID, "channel_team": TeamID, "author_id": kept.User, "author_name": author,
		"is_msg_unfurl": true, "is_share": true, "from_url": url, "original_url": url, "mrkdwn_in": []string{"text"},
		"text": kept.Text, "fallback": "[" + written(kept.TS) + "] " + author + ": " + kept.Text, "footer": "From " + footer(c),
		"message_blocks": []any{map[string]any{"team": TeamID, "channel": c.ID, "ts": kept.TS, "message": inner}},
	}
	if kept.Files != nil {
		a["files"] = kept.Files
	}
	return a, nil
}

// written says when a message was, as Slack does in a fallback.
func written(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	unix, _ := strconv.ParseInt(seconds, 10, 64) // it is ours
	at := time.Unix(unix, 0).UTC()
	return fmt.Sprintf("%s %d%s, %s", at.Month(), at.Day(), ordinal(at.Day()), at.Format("2006 3:04 PM"))
}

func footer(c *Channel) string {
	switch c.Kind {
	case DM, GroupDM:
		return "a direct message"
	case Private:
		return "a private channel"
	}
	return "#" + c.Name
}
