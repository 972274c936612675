package bot

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// sourceMessage is a message of somebody's, as a shortcut brings it.
type sourceMessage struct {
	User     string            `json:"user"`
	TS       string            `json:"ts"`
	ThreadTS string            `json:"thread_ts"`
	Text     string            `json:"text"`
	Blocks   []json.RawMessage `json:"blocks"`
	Files    []json.RawMessage `json:"files"`
}

// authored returns what the author saw in the composer: entities undone, links
// that Slack made taken back to their text. The rich_text block that Slack
// makes of what people type is more exact than the text and is preferred;
// other blocks are an app's, and the text stands for them.
func (m sourceMessage) authored() string {
	var whole []string
	for _, raw := range m.Blocks {
		var block richElement
		if json.Unmarshal(raw, &block) != nil || block.Type != "rich_text" {
			return fromMarkdown(m.Text)
		}
		whole = append(whole, block.lines()...)
	}
	if text := strings.Join(whole, "\n"); strings.TrimSpace(text) != "" {
		return text
	}
	return fromMarkdown(m.Text)
}

// richElement is any node of a rich_text block: all that matters of
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, in one
// recursive shape, so that an element that is new to Slack loses only itself.
type richElement struct {
	Type      string        `json:"type"`
	Elements  []richElement `json:"elements"`
	Style     any           `json:"style"` // of a list: ordered or bullet; of text: an object
	Indent    int           `json:"indent"`
	Offset    int           `json:"offset"`
	Text      string        `json:"text"`
	URL       string        `json:"url"`
	Name      string        `json:"name"` // emoji
	SkinTone  int           `json:"skin_tone"`
	UserID    string        `json:"user_id"`
	ChannelID string        `json:"channel_id"`
	GroupID   string        `json:"usergroup_id"`
	TeamID    string        `json:"team_id"`
	Range     string        `json:"range"` // here, channel, everyone
	Value     string        `json:"value"` // color
	Fallback  string        `json:"fallback"`
}

// lines renders a rich_text block, one string for each of its parts.
func (e richElement) lines() []string {
	var lines []string
	for _, part := range e.Elements {
		if part.Type != "rich_text_list" {
			// Slack ends a section before a list with a newline of its own.
			lines = append(lines, strings.TrimSuffix(part.inline(), "\n"))
			continue
		}
		for i, item := range part.Elements {
			mark := "• "
			if part.Style == "ordered" {
				mark = strconv.Itoa(part.Offset+i+1) + ". "
			}
			lines = append(lines, strings.Repeat("    ", min(max(part.Indent, 0), 8))+mark+item.inline())
		}
	}
	return lines
}

func (e richElement) inline() string {
	switch e.Type {
	case "text":
		return e.Text
	case "link":
		return either(e.Text, strings.TrimPrefix(e.URL, "mailto:"))
	case "emoji":
		tone := ""
		if e.SkinTone > 0 {
			tone = ":skin-tone-" + strconv.Itoa(e.SkinTone) + ":"
		}
		return ":" + e.Name + ":" + tone // as it was typed: it may be part of a password
	case "user":
		return "@" + e.UserID // no scope to look names up
	case "usergroup":
		return "@" + e.GroupID
	case "team":
		return "@" + e.TeamID
	case "broadcast":
		return "@" + e.Range
	case "channel":
		return "#" + e.ChannelID
	case "color":
		return e.Value
	}
	var text strings.Builder
	for _, child := range e.Elements {
		text.WriteString(child.inline())
	}
	if text.Len() == 0 {
		return either(e.Text, e.Fallback)
	}
	return text.String()
}

// bracketed matches what Slack puts in angle brackets: links, mentions, dates. A
// "<" that somebody typed is an entity.
var bracketed = regexp.MustCompile(`<([^<>]*)>`)

// fromMarkdown undoes Slack's markup in a message's text,
// https://docs.slack.dev/messaging/formatting-message-text
func fromMarkdown(text string) string {
	return typed(bracketed.ReplaceAllStringFunc(text, func(m string) string {
		target, label, named := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case strings.HasPrefix(target, "@"):
			return "@" + either(strings.TrimPrefix(label, "@"), target[1:])
		case strings.HasPrefix(target, "#"):
			return "#" + either(strings.TrimPrefix(label, "#"), target[1:])
		case strings.HasPrefix(target, "!date^"):
			return label
		case strings.HasPrefix(target, "!"):
			_, id, _ := strings.Cut(target[1:], "^")
			return "@" + either(strings.TrimPrefix(label, "@"), either(id, target[1:]))
		case named:
			return label
		}
		return strings.TrimPrefix(target, "mailto:")
	}))
}
