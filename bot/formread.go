package bot

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/otsclient"
)

// maxSecret is what OneTimeSecret takes, in bytes.
const maxSecret = 10_000

// readForm turns a submitted form into a share, and checks what can be checked
// before anything is stored. Each problem stands at its field.
func (b *Bot) readForm(in *interaction, cb slack.InteractionCallback, st formState) (share, map[string]string) {
	v := values(cb.View.State.Values)
	problems := map[string]string{}
	s := share{
		ttl:        b.chosenTTL(v.option(blockTTL)),
		passphrase: otsclient.NewPlaintext(v.text(blockPhrase)),
		note:       strings.TrimSpace(v.text(blockNote)),
	}
	if st.Generate {
		s.secret = generate(v.option(blockLength), v.option(blockKind))
		s.also = v.checked(blockAlso)
	} else {
		s.secret = v.secret(st.Parts)
		s.remarks = remarksOn(s.secret, st.way())
	}
	if st.MakePhrase {
		s.passphrase, s.madePhrase = generatePhrase(phraseLength), true
	}
	in.channelID, in.responseURL = v.conversation(blockPlace), ""
	for _, r := range cb.ResponseURLs { // the picker's; a form has none of its own
		if r.BlockID == blockPlace {
			in.responseURL = r.ResponseURL
		}
	}
	s.channel, s.responseURL = in.channelID, in.responseURL
	switch {
	case st.Origin != nil:
		o := st.Origin
		in.channelID, in.responseURL = o.Channel, o.ResponseURL
		s.channel, s.responseURL = o.Channel, o.ResponseURL
		s.thread = o.Thread
		s.leaked = o.leak(b.seal.markOf(s.secret))
	case st.Group != nil:
		g := st.Group.group()
		s.people = g.people(row.missing)
		if g.count(row.live) > 0 {
			s.ttl = max(time.Until(time.Unix(g.Expires, 0)), time.Minute)
		}
		if phrase := !s.passphrase.IsZero(); g.count(row.live) > 0 && phrase != g.Phrase {
			problems[blockPhrase] = sayPhraseOfAll(g.Phrase)
		}
	case st.Mail:
		s.mail = strings.TrimSpace(v.text(blockMail))
		if address, err := mail.ParseAddress(s.mail); err != nil || address.Address != s.mail {
			problems[blockMail] = sayNoAddress
		}
	default:
		s.people = v.people(blockPeople)
	}
	if len(s.people) > 0 {
		// The conversation that was preselected gives way; one that was chosen
		// besides is a mistake that would publish the link.
		if s.channel != "" && s.channel != st.Here {
			problems[blockPeople] = sayPlaceAndPeople
		}
		s.channel, s.responseURL = "", ""
	}
	s.creator = in.person()
	b.checkTyped(s, problems)
	return s, problems
}

func (b *Bot) checkTyped(s share, problems map[string]string) {
	switch {
	case asWord(s.secret.Reveal()) == "":
		problems[blockSecret] = sayEmpty
	case s.secret.Len() > maxSecret:
		problems[blockSecret] = tooLong(s.secret.Len())
	}
	if say := badPhrase(s.passphrase); say != "" {
		problems[blockPhrase] = say
	} else if s.passphrase.IsZero() && b.cfg.PassphraseRequired {
		problems[blockPhrase] = sayPhraseMissing
	}
	switch {
	case contains(s.note, s.secret):
		problems[blockNote] = sayNoteSecret
	case contains(s.note, s.passphrase):
		problems[blockNote] = sayNotePhrase
	}
}

// again is the text that a form came with, to be put in once more when the form
// is changed: that Slack keeps what somebody typed is documented; that it keeps
// what a form came with, untouched, is not.
func (st formState) again(cb slack.InteractionCallback) otsclient.Plaintext {
	if !st.Filled {
		return otsclient.Plaintext{}
	}
	return values(cb.View.State.Values).secret(st.Parts)
}

// tooLong counts as the server does, in bytes.
func tooLong(n int) string {
	over := fmt.Sprintf("%d bytes", n-maxSecret)
	if n-maxSecret == 1 {
		over = "1 byte"
	}
	return "This is " + over + " too long: OneTimeSecret takes 10,000. Nothing was stored."
}

// chosenTTL accepts only what the form offered.
func (b *Bot) chosenTTL(value string) time.Duration {
	seconds, _ := strconv.Atoi(value)
	chosen := time.Duration(seconds) * time.Second
	for _, d := range b.cfg.TTLChoices {
		if d == chosen {
			return d
		}
	}
	return b.cfg.TTL
}
