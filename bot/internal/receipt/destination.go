package receipt

// Destination is where the link of a share goes. Each sort has its constructor;
// the zero value is none of them.
type Destination struct {
	Sort    Sort     `json:"k"`
	Channel string   `json:"c,omitempty"`
	Thread  string   `json:"t,omitempty"` // ts of the thread in it, if it goes there
	Mail    string   `json:"m,omitempty"` // on a receipt, as OneTimeSecret obscures it
	People  []string `json:"-"`           // of a receipt, its rows
}

// Sort is a sort of destination; the zero value is invalid.
type Sort string

// The sorts.
const (
	ToConversation Sort = "c"
	ToPeople       Sort = "p" // a link each
	ToMail         Sort = "m"
	ToOneself      Sort = "o"
)

// Conversation is anyone there; where none was chosen, it is oneself.
func Conversation(channel string) Destination {
	if channel == "" {
		return Oneself()
	}
	return Destination{Sort: ToConversation, Channel: channel}
}

// Thread is the thread of a message in a conversation.
func Thread(channel, ts string) Destination {
	d := Conversation(channel)
	if d.Sort == ToConversation {
		d.Thread = ts
	}
	return d
}

// People get a link each.
func People(users []string) Destination { return Destination{Sort: ToPeople, People: users} }

// Email is an address that OneTimeSecret mails the link to.
func Email(address string) Destination { return Destination{Sort: ToMail, Mail: address} }

// Oneself is whoever creates the secret, and nobody else.
func Oneself() Destination { return Destination{Sort: ToOneself} }

// shown is a destination as a receipt remembers it: the address that was typed
// is OneTimeSecret's alone.
func (d Destination) shown() Destination {
	d.People, d.Mail = nil, ""
	return d
}

func (d Destination) valid() bool {
	switch d.Sort {
	case ToConversation:
		return d.Channel != ""
	case ToPeople, ToMail, ToOneself:
		return true
	}
	return false
}
