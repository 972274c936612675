package receipt

import "otsbot/otsclient"

// Fate is what became of a secret. The zero value is that nobody has looked.
type Fate string

// The fates.
const (
	Unseen        Fate = ""
	NoAnswer      Fate = "?" // OneTimeSecret could not be asked: nothing is known anew
	Strange       Fate = "x" // it said something that is new to us
	NotFound      Fate = "f" // it doesn't know the secret, which hasn't ended: it has lost it, or is another server
	Waiting       Fate = "w" // not opened yet, and can be
	Overdue       Fate = "v" // the same, though it was to have ended by now
	Opened        Fate = "o"
	BurnedNow     Fate = "m" // by a press of Burn, and seen to be burned
	BurnedOnTrust Fate = "t" // by a press of Burn, but it could not be asked after that
	BurnNotDone   Fate = "k" // Burn was pressed, and OneTimeSecret still has it
	Burned        Fate = "b" // by whatever and whenever
	Expired       Fate = "e"
	Gone          Fate = "g" // opened, burned or expired: OneTimeSecret doesn't say which
)

// Final says that there is nothing left to check or to burn.
func (f Fate) Final() bool {
	switch f {
	case Opened, BurnedNow, BurnedOnTrust, Burned, Expired, Gone:
		return true
	}
	return false
}

// IsBurned says that it was burned.
func (f Fate) IsBurned() bool { return f == BurnedNow || f == BurnedOnTrust || f == Burned }

// Waits says that it has not been opened, and can be.
func (f Fate) Waits() bool { return f == Waiting || f == Overdue }

// String is the state of OneTimeSecret's that it comes from.
func (f Fate) String() string {
	switch {
	case f.Waits() || f == BurnNotDone:
		return otsclient.StateWaiting.String()
	case f.IsBurned():
		return otsclient.StateBurned.String()
	case f == Opened:
		return otsclient.StateOpened.String()
	case f == Expired:
		return otsclient.StateExpired.String()
	case f == Gone:
		return otsclient.StateGone.String()
	}
	return otsclient.StateUnknown.String()
}

// FateOf is what OneTimeSecret tells as a fate.
func FateOf(told otsclient.Metadata) Fate {
	switch told.State {
	case otsclient.StateWaiting:
		if told.Overdue {
			return Overdue
		}
		return Waiting
	case otsclient.StateOpened:
		return Opened
	case otsclient.StateBurned:
		return Burned
	case otsclient.StateExpired:
		return Expired
	case otsclient.StateGone:
		return Gone
	}
	return Strange
}

// Seen is what was found of a secret, and when.
type Seen struct {
	Fate   Fate  `json:"o,omitempty"`
	AsOf   int64 `json:"a,omitempty"` // Unix seconds
	Opened int64 `json:"n,omitempty"` // Unix seconds, if OneTimeSecret tells
	Late   bool  `json:"x,omitempty"` // Burn was pressed, and it was over before
	// Outlived says that it was Overdue before that: OneTimeSecret forgets such a
	// secret before it is over. Row's Saw keeps it.
	Outlived bool `json:"z,omitempty"`
}

func (s Seen) Outlives() bool { return s.Fate == Overdue || s.Outlived }

// Forgotten says that OneTimeSecret doesn't know it any more, and that its link may
// work all the same.
func (s Seen) Forgotten() bool { return s.Fate == NotFound && s.Outlived }
