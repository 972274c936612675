package bot

import (
	"fmt"
	"strings"
)

// facets is what there is to say about a message besides its text: what of it
// is taken or isn't, and where else the secret stands.
type facets struct {
	App       bool   `json:"a,omitempty"` // an app wrote it
	Forwarded bool   `json:"f,omitempty"` // some of the text was written in another message
	Source    string `json:"o,omitempty"` // where that is, if Slack says so
	Preview   bool   `json:"p,omitempty"` // it shows a preview of a link
	Picture   bool   `json:"i,omitempty"` // it shows a picture or video
	Unknown   bool   `json:"u,omitempty"` // a part of it is of a kind that is new to us
	Files     int    `json:"n,omitempty"` // how many it has
	Names     string `json:"m,omitempty"` // of the first three files, with commas
}

// The form carries the names, and has room for about 3,000 bytes.
const (
	maxFileNames = 3
	maxFileName  = 60
)

func (f *facets) addFile(name string) {
	f.Files++
	if f.Files > maxFileNames {
		return
	}
	if runes := []rune(name); len(runes) > maxFileName {
		name = string(runes[:maxFileName]) + "…"
	}
	if f.Files > 1 {
		f.Names += ", "
	}
	f.Names += either(name, "one without a name")
}

// brief is what a receipt needs, whose buttons have less room than a form.
func (f facets) brief() facets {
	return facets{App: f.App, Forwarded: f.Forwarded, Source: f.Source, Files: f.Files}
}

// notice says in the form what of the message is in the text field and what
// isn't; "" if it is all of it.
func (f facets) notice() string {
	var said []string
	if f.Forwarded {
		said = append(said, "A forwarded message's text is included.")
	}
	if f.Files > 0 {
		said = append(said, f.filesLeft())
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
func (f facets) filesLeft() string {
	names := strings.Join(strings.Fields(f.Names), " ")
	switch {
	case f.Files == 1:
		return "A file in this message (" + names + ") isn't included."
	case f.Files > maxFileNames:
		names += fmt.Sprintf(" and %d more", f.Files-maxFileNames)
	}
	return "The files in this message (" + names + ") aren't included."
}

// elsewhere says where else the secret may stand, to whoever is asked to
// delete the message.
func (f facets) elsewhere() string {
	say := ""
	if f.Forwarded {
		another := "another message"
		if f.Source != "" {
			another = "<" + escape(f.Source) + "|" + another + ">"
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
