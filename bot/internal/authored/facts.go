package authored

// Facts is what there is to say about a message besides its text: what of it
// is taken or isn't. A form remembers it.
type Facts struct {
	App       bool `json:"a,omitempty"` // an app wrote it
	Forwarded bool `json:"f,omitempty"` // some of the text was written in another message
	Textless  bool `json:"t,omitempty"` // it quotes another message, of which there is no text
	Preview   bool `json:"p,omitempty"` // it shows a preview of a link
	Picture   bool `json:"i,omitempty"` // it shows a picture or video
	Buttons   bool `json:"b,omitempty"` // it shows buttons or menus that are not taken
	Unknown   bool `json:"u,omitempty"` // a part of it is of a kind that is new to us
	Files     int  `json:"n,omitempty"` // how many it has
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

// Original is what there is to say, once a secret is shared, about the message
// that its form was opened from. A receipt's buttons remember it.
type Original struct {
	App     bool     `json:"a,omitempty"` // an app wrote it
	Perhaps bool     `json:"p,omitempty"` // nobody knows whether it shows the secret; else it does
	Link    string   `json:"l,omitempty"` // where it is, if it needs to be said and is known
	Files   int      `json:"n,omitempty"` // how many it has
	Quotes  int      `json:"q,omitempty"` // how many messages it quotes that show the secret too
	Sources []string `json:"s,omitempty"` // where those are, if that is known of each
}

// Brief is o without what it can do without: there is little room in a button.
func (o Original) Brief() *Original {
	o.Link, o.Sources = "", nil
	return &o
}
