package rules

import "context"

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

// Warning is that people of other organisations would get a share.
type Warning struct {
	About string   // the conversation, or those people: warned once, it may be shared
	Why   Why      // PlaceUnknown, PlaceOutside or UnfitPeople
	Names []string // of those people
}

// Warning says who of other organisations would get a share, where rules and
// Slack tell; nil for nobody.
// What was picked in a form that offers everything is warned about also where
// Slack doesn't tell; a command is typed where its creator sees who reads. Of
// an address the form itself says that nobody can tell.
func (r *Rules) Warning(ctx context.Context, s Subject) *Warning {
	if r.External != ExternalWarn {
		return nil
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
			return &Warning{About: s.Channel, Why: PlaceUnknown}
		case place.External:
			return &Warning{About: s.Channel, Why: PlaceOutside}
		}
	}
	w := Warning{Why: UnfitPeople}
	if len(s.People) > 0 {
		for i, u := range r.dir.People(ctx, s.People) {
			if u != nil && u.Foreign {
				w.Names, w.About = append(w.Names, nameOf(s.People[i], u)), w.About+" "+s.People[i]
			}
		}
	}
	if len(w.Names) == 0 {
		return nil
	}
	return &w
}
