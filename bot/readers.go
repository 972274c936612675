package bot

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// Languages are those that the app speaks, by their names in DefaultLanguage.
func Languages() []string { return text.Names() }

// everyone is the reader of what many people read.
const everyone = ""

const (
	// languageWait is how long words waits for a language, once: a form that is
	// about to open has a trigger that lives three seconds.
	languageWait = 150 * time.Millisecond
	// languageTime is how long Slack may take, also for a limit of its own:
	// what it says then holds for the next words.
	languageTime = time.Minute
	// languageRetry is when Slack is asked again that didn't say.
	languageRetry = time.Minute
	// maxReaders bounds the memory.
	maxReaders = 8192
)

// readers are the people whose language Slack was asked for.
type readers struct {
	mu  sync.Mutex
	all map[string]*reader
}

// reader is one of them.
type reader struct {
	asked   time.Time
	before  *text.Printer // what is known until Slack has answered; else that of DefaultLanguage
	told    chan struct{} // closed when it has, or won't
	printer *text.Printer // then
	unknown bool          // then: Slack didn't say, so the printer is that from before
}

// now is what is known without waiting.
func (r *reader) now() *text.Printer {
	select {
	case <-r.told:
		return r.printer
	default:
		return r.before
	}
}

// due says that Slack is to be asked again.
func (r *reader) due(kept time.Duration) bool {
	select {
	case <-r.told:
		if r.unknown {
			kept = min(kept, languageRetry)
		}
	default:
	}
	return time.Since(r.asked) >= kept
}

// put remembers somebody, and forgets who was asked for the longest ago where
// there is no room.
func (r *readers) put(user string, asked *reader) {
	if r.all == nil {
		r.all = map[string]*reader{}
	}
	if r.all[user] == nil && len(r.all) >= maxReaders {
		oldest := slices.MinFunc(slices.Collect(maps.Keys(r.all)), func(a, b string) int { return r.all[a].asked.Compare(r.all[b].asked) })
		delete(r.all, oldest)
	}
	r.all[user] = asked
}

// voice is how the app speaks to people: in their language, by a way that
// reaches them (reach.go).
type voice struct {
	*telemetry
	slack    *slackapi.Client
	printers *text.Printers
	readers  readers
	kept     time.Duration          // for how long nobody's language is asked for again
	during   func() context.Context // ends with what the app works on
}

// words is what speaks to a reader: the one place where their language is
// chosen. What one person reads is in the language in which they have Slack,
// where the app may ask for it, and everything else in DefaultLanguage.
func (v *voice) words(user string) *text.Printer {
	r := v.reader(user)
	if r == nil {
		return v.printers.Usual()
	}
	select {
	case <-r.told:
	case <-time.After(time.Until(r.asked.Add(languageWait))):
	}
	return r.now()
}

// wordsNow is words that wait for nothing.
func (v *voice) wordsNow(user string) *text.Printer {
	if r := v.reader(user); r != nil {
		return r.now()
	}
	return v.printers.Usual()
}

// reader is somebody whose language is known or asked for; nil if the app may
// not ask. Slack is asked in the background, once in LanguageKept, or sooner if
// it doesn't say: what it said last holds until then.
func (v *voice) reader(user string) *reader {
	if g := v.slack.Known(); user == everyone || g != nil && !g.Has("users:read") {
		return nil
	}
	v.readers.mu.Lock()
	defer v.readers.mu.Unlock()
	r := v.readers.all[user]
	if r != nil && !r.due(v.kept) {
		return r
	}
	before := v.printers.Usual()
	if r != nil {
		before = r.now()
	}
	r = &reader{asked: time.Now(), told: make(chan struct{}), before: before, printer: before, unknown: true}
	v.readers.put(user, r)
	go func() {
		defer close(r.told)
		defer v.survive("question for a language")
		ctx, cancel := context.WithTimeout(v.during(), languageTime)
		defer cancel()
		if u, known := v.slack.UserNow(ctx, user); known {
			r.printer, r.unknown = v.printers.For(u.Locale), false
		}
	}()
	return r
}
