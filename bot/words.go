package bot

import (
	"context"
	"sync"
	"time"

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
	told    chan struct{} // closed when Slack has answered, or won't
	printer *text.Printer // then; that of DefaultLanguage if it isn't known
}

// words is what speaks to a reader: the one place where their language is
// chosen. What one person reads is in the language in which they have Slack,
// where the app may ask for it, and everything else in DefaultLanguage.
func (b *Bot) words(user string) *text.Printer {
	r := b.reader(user)
	if r == nil {
		return b.printers.Usual()
	}
	select {
	case <-r.told:
		return r.printer
	case <-time.After(time.Until(r.asked.Add(languageWait))):
		return b.wordsNow(user)
	}
}

// wordsNow is words that wait for nothing.
func (b *Bot) wordsNow(user string) *text.Printer {
	if r := b.reader(user); r != nil {
		select {
		case <-r.told:
			return r.printer
		default:
		}
	}
	return b.printers.Usual()
}

// reader is somebody whose language is known or asked for; nil if the app may
// not ask. Slack is asked in the background, once in LanguageKept
// whatever it answers.
func (b *Bot) reader(user string) *reader {
	if g := b.slack.Known(); user == everyone || g != nil && !g.Has("users:read") {
		return nil
	}
	b.readers.mu.Lock()
	defer b.readers.mu.Unlock()
	r := b.readers.all[user]
	if r != nil && time.Since(r.asked) < b.cfg.LanguageKept {
		return r
	}
	if b.readers.all == nil || len(b.readers.all) >= maxReaders {
		b.readers.all = map[string]*reader{}
	}
	r = &reader{asked: time.Now(), told: make(chan struct{}), printer: b.printers.Usual()}
	b.readers.all[user] = r
	go func() {
		defer close(r.told)
		defer survive(b.log, b.metrics, "question for a language")
		ctx, cancel := context.WithTimeout(b.work.context(), languageTime)
		defer cancel()
		if u, known := b.slack.UserNow(ctx, user); known {
			r.printer = b.printers.For(u.Locale)
		}
	}()
	return r
}
