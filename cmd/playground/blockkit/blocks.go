package blockkit

// blocks draws blocks one below the other. form is nil in messages.
func (r Reader) blocks(blocks []object, form *Form) node {
	all := tag("div", at{"class", "bk-blocks"})
	for _, block := range blocks {
		all.add(r.block(block, form))
	}
	return all
}

func (r Reader) block(block object, form *Form) node {
	switch block.str("type") {
	case "section":
		return r.section(block, form)
	case "header":
		return tag("h3", at{"class", "bk-header"}, text(Emoji(block.obj("text").str("text"))))
	case "divider":
		return tag("hr", at{"class", "bk-divider"})
	case "context":
		return r.context(block)
	case "image":
		return image(block)
	case "actions":
		row := tag("div", at{"class", "bk-actions"})
		for _, el := range block.list("elements") {
			row.add(r.interactive(block, el, form))
		}
		return row
	case "input":
		return r.input(block, form)
	case "alert":
		return tag("div", at{"class", "bk-alert", "role", "note"}, r.text(block.obj("text"))...)
	case "rich_text":
		return r.richText(block)
	}
	return unknownType("block", block)
}

// text draws a text object.
func (r Reader) text(o object) []node {
	switch o.str("type") {
	case "mrkdwn":
		return r.paragraphs(o.str("text"), !o.is("verbatim"))
	case "plain_text":
		return lines(Emoji(o.str("text")))
	}
	return []node{unknownType("text", o)}
}

func (r Reader) section(block object, form *Form) node {
	section := tag("div", at{"class", "bk-section"})
	words := tag("div", at{"class", "bk-words"})
	if t := block.obj("text"); t != nil {
		words.add(r.text(t)...)
	}
	if fields := block.list("fields"); len(fields) > 0 {
		grid := tag("div", at{"class", "bk-fields"})
		for _, f := range fields {
			grid.add(tag("div", at{"class", "bk-field"}, r.text(f)...))
		}
		words.add(grid)
	}
	section.add(words)
	if accessory := block.obj("accessory"); accessory != nil {
		section.attrs[1] += " bk-with-accessory"
		section.add(r.interactive(block, accessory, form))
	}
	return section
}

func (r Reader) context(block object) node {
	row := tag("div", at{"class", "bk-context"})
	for _, el := range block.list("elements") {
		if el.str("type") == "image" {
			row.add(image(el))
			continue
		}
		row.add(tag("span", nil, r.text(el)...))
	}
	return row
}

// image is never loaded, since that would tell its server who looks.
func image(o object) node {
	return tag("div", at{"class", "bk-image", "role", "img", "aria-label", o.str("alt_text")}, text("Image: "+o.str("alt_text")))
}
