package bot

import (
	"cmp"
	"fmt"
	"strings"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/text"
)

// notice says in the form what of the message is in the text field and what
// isn't; "" if it is all of it.
func notice(f authored.Facts) string {
	var said []string
	if f.Forwarded {
		said = append(said, "A forwarded message's text is included.")
	}
	if f.Files > 0 {
		said = append(said, filesLeft(f))
	}
	if f.Picture {
		said = append(said, "A picture or video in this message isn't included.")
	}
	if f.Preview {
		said = append(said, "The preview of a link isn't included.")
	}
	if f.Unknown {
		said = append(said, "I can't read a part of this message. Check that nothing is missing.")
	}
	return strings.Join(said, " ")
}

// filesLeft names the files.
func filesLeft(f authored.Facts) string {
	var each []string
	for _, name := range f.Names[:min(f.Files, len(f.Names))] {
		each = append(each, cmp.Or(strings.Join(strings.Fields(name), " "), "one without a name"))
	}
	names := strings.Join(each, ", ")
	switch more := f.Files - len(each); {
	case f.Files == 1:
		return "A file in this message (" + names + ") isn't included."
	case more > 0:
		names += fmt.Sprintf(" and %d more", more)
	}
	return "The files in this message (" + names + ") aren't included."
}

// elsewhere says where else the secret may stand, to whoever is asked to
// delete the message.
func elsewhere(f authored.Facts) string {
	say := ""
	if f.Forwarded {
		another := "another message"
		if f.Source != "" {
			another = "<" + text.Escape(f.Source) + "|" + another + ">"
		}
		say += " It forwards " + another + ", which still shows the same text: have that deleted too."
	}
	switch {
	case f.Files == 1:
		say += " The file in it isn't behind the link: delete that too if it holds a secret."
	case f.Files > 1:
		say += " The files in it aren't behind the link: delete those too if they hold a secret."
	}
	return say
}
