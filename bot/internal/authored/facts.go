package authored

// Facts is what there is to say about a message besides its text: what of it
// is taken or isn't, and where else the secret stands. A form and a receipt's
// buttons remember it.
type Facts struct {
	App       bool   `json:"a,omitempty"` // an app wrote it
	Forwarded bool   `json:"f,omitempty"` // some of the text was written in another message
	Source    string `json:"o,omitempty"` // where that is, if Slack says so
	Textless  bool   `json:"t,omitempty"` // it forwards another message, of which there is no text
	Preview   bool   `json:"p,omitempty"` // it shows a preview of a link
	Picture   bool   `json:"i,omitempty"` // it shows a picture or video
	Buttons   bool   `json:"b,omitempty"` // it shows buttons or menus that are not taken
	Unknown   bool   `json:"u,omitempty"` // a part of it is of a kind that is new to us
	Files     int    `json:"n,omitempty"` // how many it has
	// Names are those of the first three files, "" for one that has none.
	Names [maxFileNames]string `json:"m,omitzero"`
}

// The form carries the names, and has room for about 3,000 bytes.
const (
	maxFileNames = 3
	maxFileName  = 60
)

func (f *Facts) addFile(name string) {
	f.Files++
	if f.Files > maxFileNames {
		return
	}
	if runes := []rune(name); len(runes) > maxFileName {
		name = string(runes[:maxFileName]) + "…"
	}
	f.Names[f.Files-1] = name
}

// Brief is what a receipt needs, whose buttons have less room than a form.
func (f Facts) Brief() Facts {
	return Facts{App: f.App, Forwarded: f.Forwarded, Source: f.Source, Files: f.Files}
}
