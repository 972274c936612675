package bot

import (
	"fmt"
	"net/mail"
	"slices"
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
		s.passphrase, s.madePhrase = generatePhrase(), true
	}
	in.channelID, in.responseURL = "", "" // a form has none of its own
	switch {
	case st.Origin != nil:
		o := st.Origin
		in.channelID, in.responseURL = o.Channel, o.ResponseURL
		s.thread = o.Thread
		s.leaked = o.leak(b.seal, s.secret)
	case st.Group != nil:
		g := st.Group.group()
		s.people, s.stored = g.people(row.missing), g.people(row.unsent)
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
		in.channelID, s.people = v.conversation(blockPlace), v.people(blockPeople)
		for _, r := range cb.ResponseURLs {
			if r.BlockID == blockPlace {
				in.responseURL = r.ResponseURL
			}
		}
	}
	s.channel, s.responseURL = in.channelID, in.responseURL
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

// forged finds what Slack's client doesn't let anybody choose: whether it sends
// only what a form offers is documented nowhere. A time or a kind that isn't on
// offer any more, since the settings changed meanwhile, looks the same.
func (b *Bot) forged(v values) (block string, what tampering) {
	place, people := v.conversation(blockPlace), v.people(blockPeople)
	lengths, kindValues := generateOptions()
	switch {
	case place != "" && !idLike(place, "CGD"):
		return blockPlace, tamperingID
	case slices.ContainsFunc(people, func(user string) bool { return !idLike(user, "UW") }):
		return blockPeople, tamperingID
	case len(people) > 0 && b.cfg.Policy.RecipientsMax == 0, repeated(people):
		return blockPeople, tamperingChoice
	case !offered(v.option(blockTTL), b.ttlOptions()):
		return blockTTL, tamperingChoice
	case !offered(v.option(blockLength), lengths):
		return blockLength, tamperingChoice
	case !offered(v.option(blockKind), kindValues):
		return blockKind, tamperingChoice
	}
	return "", ""
}

// leadsElsewhere says that the picker's response_url belongs to another
// conversation than the one that was chosen, which is what the rules look at.
func leadsElsewhere(cb slack.InteractionCallback) bool {
	place := values(cb.View.State.Values).conversation(blockPlace)
	return slices.ContainsFunc(cb.ResponseURLs, func(r slack.ViewSubmissionCallbackResponseURL) bool {
		return r.BlockID == blockPlace && r.ChannelID != "" && place != "" && r.ChannelID != place
	})
}

// offered says of an option that it is one of those, or none.
func offered(value string, options []*slack.OptionBlockObject) bool {
	return value == "" || slices.ContainsFunc(options, func(o *slack.OptionBlockObject) bool { return o.Value == value })
}

func repeated(people []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(people)))) != len(people)
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

// chosenTTL is what was chosen of what the form offered.
func (b *Bot) chosenTTL(value string) time.Duration {
	seconds, _ := strconv.Atoi(value)
	chosen := time.Duration(seconds) * time.Second
	if slices.Contains(b.cfg.TTLChoices, chosen) {
		return chosen
	}
	return b.cfg.TTL
}
