package bot

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// read turns a submitted form into a share, and checks what can be checked
// before anything is stored. Each problem stands at its field.
func (f *secretForms) read(in *interaction, cb payload.Payload, st formState) (share, map[string]string) {
	v := cb.View
	problems := map[string]string{}
	s := share{
		tell:       f.set.Follows && v.Checked(text.BlockTell),
		ttl:        f.chosenTTL(v.Option(text.BlockTTL)),
		passphrase: otsclient.NewPlaintext(v.Text(text.BlockPhrase)),
		note:       strings.TrimSpace(v.Text(text.BlockNote)),
	}
	if st.Generate {
		s.secret = generate(v.Option(text.BlockLength), v.Option(text.BlockKind))
		s.also = v.Checked(text.BlockAlso)
	} else {
		s.secret = secretIn(v, st.Parts)
		s.remarks = remarksOn(s.secret, st.way())
	}
	if st.MakePhrase {
		s.passphrase, s.madePhrase = generatePhrase(), true
	}
	f.destine(&s, in, cb, st, problems)
	s.responseURL = in.responseURL
	s.creator = in.person()
	checkTyped(f.words(in.userID), cb.View, s, st, problems)
	switch { // not typed here
	case st.continues(): // the others have read it already
		s.note = st.Receipt.Note
	case st.Answers != nil: // whoever was asked has
		s.note = f.words(in.userID).AnswerNote(st.Answers.Question.What)
	}
	return s, problems
}

// destine says where a share goes: where the form came from, or what was chosen in
// it. Who did it is there from then on.
func (f *secretForms) destine(s *share, in *interaction, cb payload.Payload, st formState, problems map[string]string) {
	v := cb.View
	in.channelID, in.responseURL = "", "" // a form has none of its own
	switch {
	case st.Origin != nil:
		o := st.Origin
		in.channelID, in.responseURL = o.Channel, o.ResponseURL
		s.to = receipt.Thread(o.Channel, o.Thread)
		s.leaked = o.leak(f.seal, s.secret)
	case st.Receipt != nil:
		r := st.Receipt
		s.to, s.stored = receipt.People(r.People(receipt.Row.Missing)), r.People(receipt.Row.Unsent)
		if st.continues() {
			s.ttl = max(time.Until(r.Ends()), time.Minute)
			if s.passphrase.IsZero() == r.Phrase {
				problems[text.BlockPhrase] = f.words(in.userID).PhraseOfAll(r.Phrase)
			}
		}
	case st.Answers != nil:
		s.to = receipt.People([]string{st.Answers.Question.Asker})
	case st.Mail:
		address := strings.TrimSpace(v.Text(text.BlockMail))
		s.to = receipt.Email(address)
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			problems[text.BlockMail] = f.words(in.userID).NoAddress
		}
	default:
		in.channelID, in.responseURL = v.Conversation(text.BlockPlace), placeURL(cb)
		s.to = receipt.Conversation(in.channelID)
		if people := v.People(text.BlockPeople); len(people) > 0 {
			// The conversation that was preselected gives way; one that was
			// chosen besides is a mistake that would publish the link.
			if in.channelID != "" && in.channelID != st.Here {
				problems[text.BlockPeople] = f.words(in.userID).PlaceAndPeople
			}
			s.to = receipt.People(people)
		}
	}
}

// forged finds what Slack's client doesn't let anybody choose: whether it sends
// only what a form offers is documented nowhere. A time or a kind that isn't on
// offer any more, since the settings changed meanwhile, looks the same.
func (f *secretForms) forged(user string, cb payload.Payload) (block string, what tampering) {
	v := cb.View
	place, people := v.Conversation(text.BlockPlace), v.People(text.BlockPeople)
	w := f.words(user)
	switch {
	case place != "" && !idLike(place, "CGD"):
		return text.BlockPlace, tamperingID
	case slices.ContainsFunc(people, func(user string) bool { return !idLike(user, "UW") }):
		return text.BlockPeople, tamperingID
	case len(people) > 0 && f.set.RecipientsMax == 0, repeated(people):
		return text.BlockPeople, tamperingChoice
	case !w.Offers(text.BlockTTL, v.Option(text.BlockTTL)):
		return text.BlockTTL, tamperingChoice
	case !w.Offers(text.BlockLength, v.Option(text.BlockLength)):
		return text.BlockLength, tamperingChoice
	case !w.Offers(text.BlockKind, v.Option(text.BlockKind)):
		return text.BlockKind, tamperingChoice
	case !w.Offers(text.BlockUntil, v.Option(text.BlockUntil)):
		return text.BlockUntil, tamperingChoice
	case leadsElsewhere(cb):
		return text.BlockPlace, tamperingID
	}
	return "", ""
}

// leadsElsewhere says that the picker's response_url belongs to another
// conversation than the one that was chosen, which is what the rules look at.
func leadsElsewhere(cb payload.Payload) bool {
	place := cb.View.Conversation(text.BlockPlace)
	return slices.ContainsFunc(cb.ResponseURLs, func(r payload.ResponseURL) bool {
		return r.BlockID == text.BlockPlace && r.ChannelID != "" && place != "" && r.ChannelID != place
	})
}

func repeated(people []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(people)))) != len(people)
}

// checkTyped holds what was typed to what a form must hold, and to what can be
// stored.
func checkTyped(w *text.Printer, v payload.View, s share, st formState, problems map[string]string) {
	for _, block := range w.Required(st.form()) {
		if strings.TrimSpace(v.Text(block)) == "" {
			problems[block] = w.FieldMissing
		}
	}
	switch {
	case authored.Word(s.secret.Reveal()) == "":
		problems[text.BlockSecret] = w.Empty
	case s.secret.Len() > otsclient.MaxSecretBytes:
		problems[text.BlockSecret] = w.TooBig(s.secret.Len())
	}
	if say := w.BadPhrase(s.passphrase); say != "" {
		problems[text.BlockPhrase] = say
	}
	switch {
	case contains(s.note, s.secret):
		problems[text.BlockNote] = w.NoteSecret
	case contains(s.note, s.passphrase):
		problems[text.BlockNote] = w.NotePhrase
	}
}

// contains says whether a note gives away what must stay secret.
func contains(note string, secret otsclient.Plaintext) bool {
	text := strings.TrimSpace(secret.Reveal())
	return text != "" && utf8.ValidString(text) && strings.Contains(note, text)
}

// again is the text that a form came with, to be put in once more when the form
// is changed: that Slack keeps what somebody typed is documented; that it keeps
// what a form came with, untouched, is not.
func (st formState) again(cb payload.Payload) otsclient.Plaintext {
	if !st.Filled {
		return otsclient.Plaintext{}
	}
	return secretIn(cb.View, st.Parts)
}

// chosenTTL is what was chosen of what the form offered.
func (f *secretForms) chosenTTL(value string) time.Duration {
	seconds, _ := strconv.Atoi(value)
	chosen := time.Duration(seconds) * time.Second
	if slices.Contains(f.set.TTLChoices, chosen) {
		return chosen
	}
	return f.set.TTL
}
