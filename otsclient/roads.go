package otsclient

import (
	"errors"
	"sync/atomic"
	"time"
)

// The two roads to a server.
//
// v1 comes first. Every server has it, one request shares a secret there, and
// its answer is the same since 0.12; to take v2 first, where it exists, a
// client would have to ask for the version before, or pay on each share on the
// servers before 0.24 for a request to a route that isn't there. By v2 a look
// costs one request where v1, from 0.26, costs two (v1 doesn't tell looks at
// the link); a share costs the same, and a generated secret one more, since
// only its receipt tells what was made. Neither changes more at the server from
// 0.26 on; before, the first look at the metadata changes its word by either.
// BenchmarkRoads has the figures: on loopback a look takes 0.21 ms by v2 and
// 0.29 ms by v1, beside 0.08 ms with net/http alone; a share is within the noise
// of the other road.
//
// v2 is taken where the server answers that it has no v1, as 0.24.0 did for
// days: nothing was done then, so nothing is done twice. It is never taken
// after a call whose outcome is open.

// detourTime is how long calls go by v2 at once after v1 was missing, so that
// not each of them asks for it first.
const detourTime = 10 * time.Minute

// roads remembers that v1 was missing.
type roads struct {
	until atomic.Int64 // Unix nanoseconds: v2 first
	told  atomic.Bool
	tell  atomic.Pointer[func()]
}

// OnFallback has tell called when, for the first time, v2 answers because the
// server has no v1: somebody who runs things should know.
func (c *Client) OnFallback(tell func()) { c.roads.tell.Store(&tell) }

func (r *roads) detour() {
	r.until.Store(time.Now().Add(detourTime).UnixNano())
	if tell := r.tell.Load(); tell != nil && !r.told.Swap(true) {
		(*tell)()
	}
}

func (r *roads) isDetour() bool { return time.Now().UnixNano() < r.until.Load() }

// either makes a call by the first road, and by the other one if the server
// doesn't have the first. If it has neither, the error is v1's.
func either[T any](c *Client, v1, v2 func() (T, error)) (T, error) {
	if c.roads.isDetour() {
		result, err := v2()
		if !errors.Is(err, ErrNoAPI) {
			return result, err
		}
		c.roads.until.Store(0)
		return v1()
	}
	result, err := v1()
	if !errors.Is(err, ErrNoAPI) {
		return result, err
	}
	other, errOther := v2()
	switch {
	case errors.Is(errOther, ErrNoAPI):
		return result, err
	case answersAsAPI(errOther):
		c.roads.detour()
	}
	return other, errOther
}

// answersAsAPI says that v2 is there: it did what was asked, or refused it as
// only the API does. A page of somebody in between, or silence, is no reason to
// go by v2 from now on.
func answersAsAPI(err error) bool {
	return err == nil || errors.Is(err, ErrGone) || errors.Is(err, ErrRejected) || errors.Is(err, ErrNotAllowed) ||
		errors.Is(err, ErrWrongPassphrase) || errors.Is(err, ErrLocked) || errors.Is(err, ErrBurned)
}
