package bot

import "time"

// When the app looks at what is out, and when it tells its creator that it ends
// unopened.

// looks are how often a secret is looked at while it is not older than that.
var looks = []struct{ age, every time.Duration }{
	{10 * time.Minute, 15 * time.Second},
	{time.Hour, time.Minute},
	{24 * time.Hour, 5 * time.Minute},
}

const (
	rareLook = 30 * time.Minute
	// atEnd is how long after its end a secret is looked at.
	atEnd = 2 * time.Second
	// leftLook is when at the latest one is looked at again that was left without
	// a question.
	leftLook = time.Minute
	// nudgeFrom is how long a secret must live for its creator to hear that
	// nobody has opened it, an eighth of that before its end.
	nudgeFrom = 24 * time.Hour
)

// next is when to look at what was made at that time.
func (k kept) next(made, now time.Time) time.Time {
	every := rareLook
	for _, l := range looks {
		if now.Sub(made) < l.age {
			every = l.every
			break
		}
	}
	next := now.Add(every)
	for _, at := range []time.Time{k.Receipt.Ends().Add(atEnd), k.nudgeAt(made)} {
		if at.After(now) && at.Before(next) {
			next = at
		}
	}
	return next
}

// again is next, or sooner for what was left without a question.
func (k kept) again(made, now time.Time, left bool) time.Time {
	next := k.next(made, now)
	if soon := now.Add(leftLook); left && soon.Before(next) {
		return soon
	}
	return next
}

// nudgeAt is when its creator hears that it ends unopened; the zero time is
// never.
func (k kept) nudgeAt(made time.Time) time.Time {
	lives := k.Receipt.Ends().Sub(made)
	if k.Nudged || lives < nudgeFrom-time.Minute {
		return time.Time{}
	}
	return k.Receipt.Ends().Add(-lives / 8)
}
