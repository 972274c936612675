package rules

import (
	"context"
	"strings"
)

// OffersExternal says that the form may offer conversations of other
// organisations: it is allowed, or can be warned about.
func (r *Rules) OffersExternal(ctx context.Context) bool {
	switch r.External {
	case ExternalAllow, "":
		return true
	case ExternalWarn:
		return r.dir.SeesPlaces(ctx)
	}
	return false
}

// Warning says who of other organisations would get a share, where rules and
// Slack tell: what must be warned about, and the fact.
// What was picked in a form that offers everything is warned about also where
// Slack doesn't tell; a command is typed where its creator sees who reads. Of
// an address the form itself says that nobody can tell.
func (r *Rules) Warning(ctx context.Context, s Subject) (about, fact string) {
	if r.External != ExternalWarn {
		return "", ""
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if s.Channel != "" {
		place, known := r.dir.Place(ctx, s.Channel)
		if known && place.With != "" && place.With != s.Creator && !place.External {
			other := r.dir.People(ctx, []string{place.With})[0]
			place.External = other != nil && other.Foreign
		}
		switch {
		case !known && s.Picked:
			return s.Channel, "Slack doesn't tell me whether that conversation is shared with another organisation."
		case place.External:
			return s.Channel, "That conversation is shared with another organisation, whose people could open the link."
		}
	}
	var names []string
	if len(s.People) > 0 {
		for i, u := range r.dir.People(ctx, s.People) {
			if u != nil && u.Foreign {
				names, about = append(names, nameOf(s.People[i], u)), about+" "+s.People[i]
			}
		}
	}
	if len(names) == 0 {
		return "", ""
	}
	return about, "Of another organisation: " + strings.Join(names, ", ") + "."
}
