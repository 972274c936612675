package rules

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// told is what Slack tells; who and what isn't in it isn't known.
type told struct {
	people map[string]Person
	places map[string]Place
}

func (d told) People(_ context.Context, ids []string) []*Person {
	people := make([]*Person, len(ids))
	for i, id := range ids {
		if p, ok := d.people[id]; ok {
			people[i] = &p
		}
	}
	return people
}

func (d told) Place(_ context.Context, id string) (Place, bool) {
	p, ok := d.places[id]
	return p, ok
}

func (d told) SeesPlaces(context.Context) bool { return true }

var workspace = told{
	people: map[string]Person{"UANA": {Name: "ana"}, "UBEN": {Name: "ben"}, "UEVA": {Name: "eva", Guest: true}, "UFINN": {Name: "finn", Foreign: true}, "UBOT": {Name: "bot", App: true}},
	places: map[string]Place{"DANA": {With: "UANA"}, "DBEN": {With: "UBEN"}, "DEVA": {With: "UEVA"}, "DFINN": {With: "UFINN"}, "CIN": {}, "COUT": {External: true}},
}

// A direct message is judged by whose it is, and by no rule that isn't set.
func TestADirectMessageIsJudgedByWhoseItIs(t *testing.T) {
	deny, guests, refuse := Policy{UsersDeny: []string{"UBEN"}}, Policy{RefuseGuests: true}, Policy{External: ExternalRefuse}
	for _, c := range []struct {
		name    string
		policy  Policy
		channel string
		rule    string
	}{
		{"nobody is judged", Policy{}, "DUNSEEN", ""},
		{"denied", deny, "DBEN", ruleUsers},
		{"not denied", deny, "DEVA", ""},
		{"nobody knows whose", deny, "DUNSEEN", ruleUsers},
		{"a guest", guests, "DEVA", ruleGuests},
		{"no guest", guests, "DBEN", ""},
		{"perhaps a guest", guests, "DUNSEEN", ruleGuests},
		{"an outsider", refuse, "DFINN", ruleExternal},
		{"no outsider", refuse, "DBEN", ""},
		{"perhaps an outsider", refuse, "DUNSEEN", ruleExternal},
		{"one's own, with the app", Policy{UsersDeny: []string{"UBEN"}, RefuseGuests: true, External: ExternalRefuse, ChannelsAllow: []string{"CIN"}}, "DANA", ""},
		{"not allowed", Policy{ChannelsAllow: []string{"CIN"}}, "DBEN", ruleChannels},
		{"allowed", Policy{ChannelsAllow: []string{"DUNSEEN"}}, "DUNSEEN", ""},
		{"one's own, denied", Policy{ChannelsDeny: []string{"DANA"}}, "DANA", ruleChannels},
	} {
		t.Run(c.name, func(t *testing.T) {
			no := New(c.policy, workspace, nil).Check(t.Context(), Subject{Creator: "UANA", Channel: c.channel})
			if got := ruleOf(no); got != c.rule {
				t.Errorf("%q, want %q", got, c.rule)
			}
			if no != nil && no.About != AboutPlace {
				t.Errorf("it is about %q", no.About)
			}
		})
	}
}

func ruleOf(no *Refusal) string {
	if no == nil {
		return ""
	}
	return no.Rule
}

// chat.postMessage takes the id of a conversation where a person's is expected.
func TestAConversationAmongThePeopleIsRefused(t *testing.T) {
	for _, id := range []string{"CIN", "DBEN", "G123", ""} {
		no := New(Policy{RecipientsMax: 2}, workspace, nil).Check(t.Context(), Subject{Creator: "UANA", People: []string{"UBEN", id}})
		if ruleOf(no) != ruleRecipients || no.Why != UnfitPeople || len(no.Unfit) != 1 || no.Unfit[0] != (Unfit{id, NotAPerson}) {
			t.Errorf("%q: %+v", id, no)
		}
	}
}

func TestAnOutsidersDirectMessageIsWarnedAbout(t *testing.T) {
	r := New(Policy{External: ExternalWarn}, workspace, nil)
	for channel, want := range map[string]string{"DFINN": "DFINN", "COUT": "COUT", "DBEN": "", "CIN": "", "DANA": "", "DUNSEEN": ""} {
		if w := r.Warning(t.Context(), Subject{Creator: "UANA", Channel: channel}); about(w) != want {
			t.Errorf("%s: %+v, want %q", channel, w, want)
		}
	}
	if w := r.Warning(t.Context(), Subject{Creator: "UANA", Channel: "DUNSEEN", Picked: true}); about(w) != "DUNSEEN" {
		t.Errorf("what was picked unseen isn't warned about: %+v", w)
	}
}

func about(w *Warning) string {
	if w == nil {
		return ""
	}
	return w.About
}

func TestWhatCannotBeJudgedIsAGap(t *testing.T) {
	all := Policy{External: ExternalRefuse, RefuseGuests: true, UsersDeny: []string{"UBEN"}, ChannelsAllow: []string{"CIN"}}
	if gaps := all.Gaps(func(string) bool { return true }); len(gaps) != 0 {
		t.Errorf("%v", gaps)
	}
	var said []string
	for _, gap := range all.Gaps(func(string) bool { return false }) {
		said = append(said, gap.Text)
	}
	for _, name := range []string{"POLICY_EXTERNAL=refuse: without channels:read", "POLICY_EXTERNAL=refuse: without users:read", "POLICY_GUESTS=refuse: without users:read", "POLICY_GUESTS=refuse: without im:read", "POLICY_USERS_DENY: without im:read", "POLICY_CHANNELS_ALLOW: without im:read"} {
		if !strings.Contains(strings.Join(said, "\n"), name) {
			t.Errorf("%s isn't said", name)
		}
	}
}

func TestEachRuleIsNamed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("refusal.go")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, rule := range regexp.MustCompile(`(?m)^\trule\w+ += "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		named = append(named, rule[1])
	}
	if !slices.Equal(named, Names()) || len(named) == 0 {
		t.Errorf("the rules are %q, and Names has %q", named, Names())
	}
}
