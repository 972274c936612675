package load

import (
	"fmt"
	"strings"
)

// bareMessage is chat.postMessage's argument, as far as the bare loop has any.
type bareMessage struct {
	Channel string      `json:"channel"`
	Text    string      `json:"text"`
	Blocks  []bareBlock `json:"blocks"`
	Links   bool        `json:"unfurl_links"`
	Media   bool        `json:"unfurl_media"`
}

type bareBlock struct {
	Type     string      `json:"type"`
	Text     *bareText   `json:"text,omitempty"`
	Fields   []*bareText `json:"fields,omitempty"`
	Elements []any       `json:"elements,omitempty"`
}

type bareText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type bareButton struct {
	Type   string    `json:"type"`
	Text   *bareText `json:"text"`
	Action string    `json:"action_id"`
	Value  string    `json:"value"`
	Label  string    `json:"accessibility_label"`
}

func mrkdwn(format string, args ...any) *bareText {
	return &bareText{"mrkdwn", fmt.Sprintf(format, args...)}
}

func bareSection(format string, args ...any) bareBlock {
	return bareBlock{Type: "section", Text: mrkdwn(format, args...)}
}

func bareContext(format string, args ...any) bareBlock {
	return bareBlock{Type: "context", Elements: []any{mrkdwn(format, args...)}}
}

const (
	bareDate = "<!date^1774105766^{date_short_pretty} at {time}|21 Mar 2026 15:09 UTC>"
	// bareValue is what a button of the bot's holds, sealed: some 200 bytes.
	bareValue = `1gCF8Ig_VBwY5pQoOBChMDw{"i":"GOLDEN0","u":"UANA","d":{"k":"c","c":"CGENERAL"},"e":1774105766,"p":"receipt"}{"s":"d","c":"CGENERAL","t":"1773500966.000100","o":"w","a":1773500966,"k":"%s"}`
)

func bareAnnouncement(channel, user, link string) bareMessage {
	return bareMessage{Channel: channel,
		Text: fmt.Sprintf("<@%s> shared a secret here. Its link works once, until about %s.", user, bareDate),
		Blocks: []bareBlock{
			bareSection(":lock: <@%s> shared a secret: <%s>", user, link),
			bareContext("It opens *once*, for whoever here opens it first, until about %s, unless <@%[2]s> burns it first. Already opened, and it wasn't you? Tell <@%[2]s>.", bareDate, user),
		}}
}

func bareReceipt(user, channel, page, key string) bareMessage {
	button := func(action, label string) bareButton {
		return bareButton{"button", &bareText{"plain_text", strings.ToTitle(action)}, action, fmt.Sprintf(bareValue, key), label}
	}
	return bareMessage{Channel: user,
		Text: fmt.Sprintf("Receipt for the secret you shared. Where: <#%s>. Expires about: %s. Passphrase: None. Status: Not opened yet (as of %[2]s)", channel, bareDate),
		Blocks: []bareBlock{
			bareSection(":receipt: *Receipt for the secret you shared*"),
			{Type: "section", Fields: []*bareText{mrkdwn("*Where*\n<#%s>", channel), mrkdwn("*Who can open it*\nWhoever there opens it first, once"),
				mrkdwn("*Expires about*\n%s", bareDate), mrkdwn("*Passphrase*\nNone")}},
			bareSection("*Status*\nNot opened yet (as of %s)", bareDate),
			{Type: "actions", Elements: []any{button("check", "Check whether the secret was opened"), button("burn", "Burn the secret so that nobody can open it")}},
			bareContext("Keep <%s|its OneTimeSecret page> to yourself: it isn't the link to pass on, and anyone with that address can burn the secret.", page+key),
		}}
}
