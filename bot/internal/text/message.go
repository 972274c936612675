package text

import (
	"github.com/slack-go/slack"

	"otsbot/bot/internal/slackapi"
)

// Message is what goes to Slack.
type Message = slackapi.Message

// Plain is a sentence as a message. It is plain text, since it may hold what a
// server, a person or an admin wrote: nothing in it becomes markup, a mention,
// a link or an emoji.
func Plain(say string) Message {
	return Message{Text: Escape(say), Blocks: []slack.Block{plainSection(say)}}
}

// Marked is a message of one line of mrkdwn.
func Marked(markdown string) Message {
	return Message{Text: markdown, Blocks: []slack.Block{section(markdown)}}
}

func plainSection(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(plainText(text), nil, nil)
}

func section(markdown string) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, markdown, false, false), nil, nil)
}

func small(markdown string) *slack.ContextBlock {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, markdown, false, false))
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}
