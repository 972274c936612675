package blockkit

// attached draws what comes with a message: forwarded messages, what apps
// attach, and files.
func (r Reader) attached(p Post) []node {
	var nodes []node
	attachments, problem := decode(p.Attachments)
	if problem != nil {
		nodes = append(nodes, problem)
	}
	for _, a := range attachments {
		nodes = append(nodes, tag("blockquote", at{"class", "bk-quote"}, r.attachment(a)...))
	}
	files, problem := decode(p.Files)
	if problem != nil {
		nodes = append(nodes, problem)
	}
	for _, f := range files {
		nodes = append(nodes, file(f))
	}
	return nodes
}

// attachment draws one: a forwarded message with its author around it, or an
// app's in the parts of the older kind.
func (r Reader) attachment(a object) []node {
	var nodes []node
	part := func(key, class string) {
		if s := a.str(key); s != "" {
			nodes = append(nodes, tag("div", at{"class", class}, r.mrkdwn(s)...))
		}
	}
	part("pretext", "bk-section")
	part("author_name", "bk-author")
	part("title", "bk-author")
	quoted := a.list("message_blocks")
	for _, q := range quoted {
		nodes = append(nodes, r.blocks(q.obj("message").list("blocks"), nil))
	}
	if len(quoted) == 0 {
		nodes = append(nodes, r.blocks(a.list("blocks"), nil))
		part("text", "bk-section")
	}
	if fields := a.list("fields"); len(fields) > 0 {
		grid := tag("div", at{"class", "bk-fields"})
		for _, f := range fields {
			grid.add(tag("div", at{"class", "bk-field"}, append(append([]node{tag("strong", nil, r.mrkdwn(f.str("title"))...)}, tag("br", nil)), r.mrkdwn(f.str("value"))...)...))
		}
		nodes = append(nodes, grid)
	}
	for _, f := range a.list("files") {
		nodes = append(nodes, file(f))
	}
	part("footer", "bk-context")
	return nodes
}

// file shows a file's name: there is nothing behind it here.
func file(f object) node {
	return tag("div", at{"class", "bk-image"}, text("📄 "+f.str("name")))
}
