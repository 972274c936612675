package otsfake

import (
	"strings"
	"time"
)

// profile is what differs between versions. All of it was recorded.
type profile struct {
	version   string // as the server says
	keyLength int

	// Routes.
	plainNotFound bool // a route that is not there answers text/plain
	authcheck     bool
	createBroken  bool // /create: "Incorrect payload format"
	receiptRoutes bool // /receipt beside /private and /metadata, with /burn
	recentBroken  bool
	v2            bool // for 0.22 as documented, and no more of it than a secret's status
	pagePrivate   bool // GET /private/KEY
	pageReceipt   bool // GET /receipt/KEY
	pageGone      int  // status of the page of a secret that is gone
	turnsBotsAway bool // 302 to / for what looks like one

	// Requests.
	jsonBodies   bool
	nestedBreaks bool // secret[secret]=… is an error
	length       bool // of /generate
	minSecretKey int  // shorter keys are "Not Found"

	// Lifetimes.
	defaultTTL            time.Duration // none given
	zeroTTL               time.Duration // no number above 0 given; 0: the longest
	shortest, raised      time.Duration // less than shortest becomes raised
	longest, longestGuest time.Duration

	// Checks.
	maxBytes                     int // more is refused
	cutGuest, cutAccount         int // more is cut off, where maxBytes is 0
	minPassphrase, maxPassphrase int
	needsPassphrase              bool // as an operator may set it
	signup                       bool // advertises it to guests
	checksRecipient              bool
	mailFails                    bool // as on the recorded server, which had no mail

	// Answers.
	shareDomains   bool
	urls           bool // metadata_url and the other fields since 0.24
	shrimp         bool // a CSRF token in errors
	intendedStatus bool
	stars          string // how an address is obscured
	shortKey       int    // length of secret_shortkey
	localeGiven    bool   // /status repeats the locale asked for
	requesterID    bool   // custid is who asks, not who created

	// States.
	lookShows       bool // the first look changes "new" to "viewed" …
	lookLags        bool // … from the next look on
	tellsPlaintext  bool // the first look has the plaintext
	tellsGenerated  bool // the first look has a generated one
	knowsExpired    bool
	knowsOrphaned   bool
	burnsFresh      bool // the burn's answer has the new state
	saveExtends     bool // each change of metadata renews its life
	oldTTL          bool // ttl is the metadata's, and secret_ttl too once gone
	keepsKey        bool // secret_key remains when expired
	saysWrongPhrase bool // burn: "Double check that passphrase"
	lookExtends     bool // a look at the link gives it a week anew
	looksTold       bool // v2 tells looks at the link, and which they were
	locksAfter      int  // wrong passphrases until a secret is locked

	// Rate limits, per caller in 20 minutes, with Options.Limits.
	limit        limit
	limitMessage string // "": 500, text/plain
}

// limit is how many calls of a kind are allowed, 0 for any number.
type limit struct {
	create, read, status, wrongPhrase int
	guestsOnly                        bool
	rightBurns                        bool // after too many wrong ones, right passphrases can't burn
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// profileOf returns the profile for "0.26", "0.26.4" or "v0.26.4".
func profileOf(version string) profile {
	version = strings.TrimPrefix(version, "v")
	switch {
	case version == "", is(version, "0.26"):
		return profile026()
	case is(version, "0.24"):
		return profile024()
	case is(version, "0.22"):
		return profile022()
	case is(version, "0.20"):
		return profile020()
	case is(version, "0.12"):
		return profile012()
	}
	panic("otsfake: no recordings of version " + version)
}

func is(version, minor string) bool {
	return version == minor || strings.HasPrefix(version, minor+".")
}

func profile012() profile {
	return profile{
		version: "0.12.1", keyLength: 31,
		plainNotFound: true, pagePrivate: true, pageGone: 404, turnsBotsAway: true,
		nestedBreaks: true,
		defaultTTL:   0, shortest: time.Minute, raised: 5 * time.Minute,
		longest: 14 * day, longestGuest: week,
		cutGuest: 1_000_000, cutAccount: 1_000_000,
		signup: true, mailFails: true, stars: "*****", shortKey: 6, localeGiven: true,
		lookShows: true, lookLags: true, burnsFresh: true, saveExtends: true,
		oldTTL: true, keepsKey: true,
		limit: limit{create: 250, wrongPhrase: 5},
	}
}

func profile020() profile {
	p := profile022()
	p.version = "0.20.4" // as 0.20.5 calls itself
	p.recentBroken, p.v2, p.pageReceipt, p.length = false, false, false, false
	p.zeroTTL, p.shortest, p.raised = 5*time.Minute, 5*time.Minute, 5*time.Minute // 0.20.5 only, by accident
	p.minPassphrase, p.maxPassphrase = 0, 0
	p.limit = limit{create: 1000, read: 1000, status: 25, wrongPhrase: 5, rightBurns: true}
	return p
}

func profile022() profile {
	return profile{
		version: "0.22.11", keyLength: 31,
		authcheck: true, createBroken: true, recentBroken: true, v2: true,
		pagePrivate: true, pageReceipt: true, pageGone: 200,
		nestedBreaks: true, length: true,
		defaultTTL: week, zeroTTL: time.Minute, shortest: time.Minute, raised: time.Minute,
		longest: 14 * day, longestGuest: week,
		cutGuest: 100_000, cutAccount: 1_000_000,
		minPassphrase: 8, maxPassphrase: 128,
		shareDomains: true, shrimp: true, stars: "*****", shortKey: 6,
		lookShows: true, tellsPlaintext: true, knowsExpired: true, saysWrongPhrase: true,
		limit:        limit{create: 1000, read: 1000, wrongPhrase: 5, rightBurns: true},
		limitMessage: "Cripes! You have been rate limited.",
	}
}

func profile024() profile {
	p := profile026()
	p.version = "0.24.7"
	p.looksTold, p.tellsGenerated, p.locksAfter, p.checksRecipient = false, false, 0, false
	p.lookShows, p.tellsPlaintext, p.lookExtends = true, true, true
	return p
}

func profile026() profile {
	return profile{
		version: "0.26.4", keyLength: 62,
		authcheck: true, receiptRoutes: true, v2: true,
		pageReceipt: true, pageGone: 200,
		jsonBodies: true, length: true, minSecretKey: 20,
		defaultTTL: week, zeroTTL: time.Minute, shortest: time.Minute, raised: time.Minute,
		longest: 30 * day, longestGuest: 30 * day,
		maxBytes: 10_000, minPassphrase: 4, maxPassphrase: 128, checksRecipient: true,
		shareDomains: true, urls: true, intendedStatus: true, stars: "***", shortKey: 8,
		requesterID: true, tellsGenerated: true, knowsExpired: true, knowsOrphaned: true,
		saysWrongPhrase: true, looksTold: true, locksAfter: 20,
		limit:        limit{create: 1000, read: 1000, guestsOnly: true},
		limitMessage: "Rate limit exceeded. Please try again later.",
	}
}
