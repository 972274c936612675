package blockkit

import "strings"

// richText draws a rich_text block: what people type arrives as one,
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func (r Reader) richText(block object) node {
	all := tag("div", at{"class", "bk-section"})
	for _, part := range block.list("elements") {
		all.add(r.richPart(part))
	}
	return all
}

func (r Reader) richPart(part object) node {
	switch part.str("type") {
	case "rich_text_section":
		return tag("div", nil, r.richLeaves(part)...)
	case "rich_text_preformatted":
		return tag("pre", at{"class", "bk-pre"}, r.richLeaves(part)...)
	case "rich_text_quote":
		return tag("blockquote", at{"class", "bk-quote"}, r.richLeaves(part)...)
	case "rich_text_list":
		list := tag("ul", at{"class", "bk-list"})
		if part.str("style") == "ordered" {
			list.name = "ol"
		}
		for _, item := range part.list("elements") {
			list.add(tag("li", nil, r.richLeaves(item)...))
		}
		return list
	}
	return unknownType("rich text", part)
}

func (r Reader) richLeaves(part object) []node {
	var nodes []node
	for _, leaf := range part.list("elements") {
		nodes = append(nodes, styled(leaf.obj("style"), r.richLeaf(leaf)...)...)
	}
	return nodes
}

func (r Reader) richLeaf(leaf object) []node {
	switch leaf.str("type") {
	case "text":
		return lines(leaf.str("text"))
	case "link":
		label := leaf.str("text")
		if label == "" {
			label = leaf.str("url")
		}
		return []node{link(leaf.str("url"), text(label))}
	case "emoji":
		return []node{text(Emoji(":" + leaf.str("name") + ":"))}
	case "user":
		return []node{mention("@" + r.name(leaf.str("user_id")))}
	case "channel":
		return []node{mention("#" + r.name(leaf.str("channel_id")))}
	case "usergroup":
		return []node{mention("@" + r.name(leaf.str("usergroup_id")))}
	case "broadcast":
		return []node{mention("@" + leaf.str("range"))}
	case "date":
		return []node{text(leaf.str("fallback"))}
	case "color":
		return []node{text(leaf.str("value"))}
	}
	return []node{unknownType("rich text", leaf)}
}

func styled(style object, nodes ...node) []node {
	for _, s := range []struct{ key, name string }{{"code", "code"}, {"bold", "strong"}, {"italic", "em"}, {"strike", "del"}} {
		if style.is(s.key) {
			nodes = []node{tag(s.name, nil, nodes...)}
		}
	}
	return nodes
}

// lines draws text with its line breaks.
func lines(s string) []node {
	var nodes []node
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			nodes = append(nodes, tag("br", nil))
		}
		nodes = append(nodes, text(line))
	}
	return nodes
}
