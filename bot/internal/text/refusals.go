package text

import "otsbot/bot/internal/rules"

// Refused says what a rule refuses, before anything is stored.
func (p *Printer) Refused(no *rules.Refusal) string {
	wait, support := "", ""
	if no.Wait > 0 {
		wait = sprint(p.c.Refusals.TryAgainIn, p.wait(no.Wait))
	}
	if p.set.Support != "" {
		support = sprint(p.c.Refusals.Support, p.set.Support)
	}
	return p.Together(p.refusal(no), wait, p.c.Failures.NothingStored.So, support)
}

func (p *Printer) refusal(no *rules.Refusal) string {
	c := p.c.Refusals
	switch no.Why {
	case rules.GuestsMayNot:
		return c.GuestsMayNot
	case rules.PerhapsGuest:
		return c.PerhapsGuest
	case rules.MailOutside:
		return c.MailOutside
	case rules.MailNotAllowed:
		return c.MailNotAllowed
	case rules.PlaceNotAllowed:
		return c.PlaceNotAllowed
	case rules.PlaceUnknown:
		return c.PlaceUnknown
	case rules.PlaceOutside:
		return c.PlaceOutside
	case rules.WhoseDM:
		return c.WhoseDM
	case rules.NoPeople:
		return c.NoPeople
	case rules.TooManyPeople:
		return p.count(no.Most, c.TooManyPeople)
	case rules.TooManySecrets:
		return p.count(no.Most, c.TooManySecrets)
	case rules.UnfitPeople:
		var each []string
		for _, one := range no.Unfit {
			each = append(each, sprint(p.unfit(one.Why), one.Name))
		}
		return p.Together(each...)
	}
	return c.NotYou
}

func (p *Printer) unfit(why rules.Why) string {
	c := p.c.Refusals
	switch why {
	case rules.Excluded:
		return c.Excluded
	case rules.WhoUnknown:
		return c.WhoUnknown
	case rules.Deactivated:
		return c.Deactivated
	case rules.AnApp:
		return c.AnApp
	case rules.AnOutsider:
		return c.AnOutsider
	case rules.AGuest:
		return c.AGuest
	}
	return c.NotAPerson
}

// Outside says who of other organisations would get a share, and that it is
// shared if the form is sent once more; or, where no form could ask, that it
// wasn't.
func (p *Printer) Outside(w *rules.Warning) (ask, unasked string) {
	c := p.c.Refusals
	fact := p.count(len(w.Names), c.WarnPeople, p.enumerate(w.Names))
	switch w.Why {
	case rules.PlaceUnknown:
		fact = c.WarnPlaceUnknown
	case rules.PlaceOutside:
		fact = c.WarnPlace
	}
	return p.Together(fact, p.NotYetShared), p.Together(fact, p.Unasked)
}
