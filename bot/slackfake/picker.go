package slackfake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// offers tells whether a conversation picker lists a conversation.
func (w *Workspace) offers(f field, user, channel string) bool {
	c := w.channels[channel]
	if c == nil || !w.sees(user, c) || c.Archived {
		return false
	}
	filter, _ := f.el["filter"].(map[string]any)
	if filter["exclude_external_shared_channels"] == true && c.ExternallyShared {
		return false
	}
	if filter["exclude_bot_users"] == true && w.isAppDM(c) {
		return false
	}
	include, _ := filter["include"].([]any)
	kind := map[Kind]string{Public: "public", Private: "private", DM: "im", GroupDM: "mpim"}[c.Kind]
	return len(include) == 0 || slices.Contains(include, any(kind))
}

// offersPerson tells whether a picker of people lists somebody. Slack has no
// filter for it: bots are listed too, the app's own and Slackbot among them,
// https://github.com/slackapi/bolt-js/issues/1981. Who is deactivated is not.
// Guests and people of other organisations see those whom they share a
// conversation with; the former are seen by everybody,
// https://slack.com/help/articles/202518103-Understand-guest-roles-in-Slack
func (w *Workspace) offersPerson(viewer, id string) bool {
	if id == BotUserID || id == SlackbotID || id == viewer {
		return true
	}
	u, from := w.users[id], w.users[viewer]
	switch {
	case u == nil || from == nil || u.Deactivated:
		return false
	case u.Stranger() || from.Stranger() || from.Guest || from.SingleChannelGuest:
		return w.meet(viewer, id)
	}
	return true
}

// meet tells whether two people share a conversation.
func (w *Workspace) meet(a, b string) bool {
	for _, c := range w.channels {
		if c.has(a) && c.has(b) {
			return true
		}
	}
	return false
}

// peopleOffered are the ids that a picker of people lists, in order.
func (w *Workspace) peopleOffered(viewer string) []string {
	all := append(slices.Collect(maps.Keys(w.users)), BotUserID, SlackbotID)
	all = slices.DeleteFunc(all, func(id string) bool { return !w.offersPerson(viewer, id) })
	slices.Sort(all)
	return all
}

// offered is what a field lets a person choose from.
func (w *Workspace) offered(f field, user string) (options []string) {
	switch {
	case strings.Contains(f.kind(), "conversations"):
		for _, id := range w.order {
			if w.offers(f, user, id) {
				options = append(options, id)
			}
		}
	case strings.Contains(f.kind(), "users"):
		options = w.peopleOffered(user)
	default:
		for _, o := range optionsOf(f.el) {
			option, _ := o.(map[string]any)
			options = append(options, textOf(option["text"]))
		}
	}
	return options
}

// choose finds what a person means by a word, among what the field offers.
func (w *Workspace) choose(f field, user, word string) (any, error) {
	kind := f.kind()
	switch {
	case strings.Contains(kind, "conversations"):
		for _, id := range w.order {
			if (id == word || w.channels[id].Name == word) && w.offers(f, user, id) {
				return id, nil
			}
		}
	case strings.Contains(kind, "users"):
		for _, id := range w.peopleOffered(user) {
			if u := w.users[id]; id == word || u != nil && u.Name == word {
				return id, nil
			}
		}
	case strings.HasSuffix(kind, "_select"), kind == "checkboxes", kind == "radio_buttons":
		for _, o := range optionsOf(f.el) {
			option, _ := o.(map[string]any)
			if textOf(option["text"]) == word || option["value"] == word {
				return option, nil
			}
		}
	default:
		return word, nil
	}
	return nil, fmt.Errorf("%q is not offered", word)
}
