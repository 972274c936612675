package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"otsbot/otsclient"
)

// shortestEvery spares the server. Servers before 0.24 are asked for each
// secret, and some allow 1,000 questions in 20 minutes.
const shortestEvery = 5 * time.Second

// maxKeys bounds what is read, in bytes: some thousand links.
const maxKeys = 1 << 20

func watchFlags(t *task, flags *flag.FlagSet) {
	flags.DurationVar(&t.every, "every", 15*time.Second, "how often to ask, 5s at least")
}

// watch prints the states of secrets, and again each that changes, until all
// are over.
func watch(ctx context.Context, t *task) error {
	if t.every < shortestEvery {
		return usageError{fmt.Errorf("-every must be at least %v", shortestEvery)}
	}
	keys, err := t.readKeys()
	if err != nil {
		return err
	}
	seen := map[string]string{} // by fingerprint
	for {
		told, err := t.client.States(ctx, keys)
		wait, fatal := t.bear(err)
		if fatal != nil {
			return fatal
		}
		if err == nil {
			keys = t.changes(keys, told, seen)
		}
		if len(keys) == 0 {
			return nil
		}
		select {
		case <-time.After(max(wait, t.every)):
		case <-ctx.Done():
			return nil // whoever watches has seen enough
		}
	}
}

// bear says how long to wait after an error that may pass, or returns it.
func (t *task) bear(err error) (wait time.Duration, fatal error) {
	passes := errors.Is(err, otsclient.ErrUnavailable) && !errors.Is(err, otsclient.ErrNoAPI) || errors.Is(err, otsclient.ErrRateLimited)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0, nil
	case passes:
		fmt.Fprintln(t.stderr, "ots:", sentence(err))
		return otsclient.RetryAfter(err), nil
	}
	return 0, err
}

// changes prints what is new, and returns the keys that are still to be watched.
func (t *task) changes(keys []otsclient.Key, told []otsclient.Metadata, seen map[string]string) (left []otsclient.Key) {
	byID := map[string]otsclient.Metadata{}
	for _, m := range told {
		byID[m.Key.Fingerprint()] = m
	}
	for _, key := range keys {
		now, known := byID[key.Fingerprint()]
		if !known {
			now = otsclient.Metadata{Key: key, State: otsclient.StateGone}
		}
		if word := stateWord(now); seen[key.Fingerprint()] != word {
			seen[key.Fingerprint()] = word
			t.printChange(now, word)
		}
		if now.State == otsclient.StateWaiting || now.State == otsclient.StateUnknown {
			left = append(left, key)
		}
	}
	return left
}

func (t *task) printChange(now otsclient.Metadata, word string) {
	if t.asJSON {
		_ = t.writeJSON(newStateJSON(now)) // a pipe that is gone ends the process
		return
	}
	fmt.Fprintf(t.stdout, "%s  %s  %s\n", when(time.Now()), now.Key.Fingerprint(), word)
}

// stateWord is a state in words that a change makes others.
func stateWord(m otsclient.Metadata) string {
	switch {
	case m.State == otsclient.StateWaiting && !m.Previewed.IsZero():
		return "waiting, link seen " + when(m.Previewed)
	case m.State == otsclient.StateOpened && !m.Received.IsZero():
		return "opened " + when(m.Received)
	}
	return m.State.String()
}

// readKeys takes the arguments, or the lines of standard input.
func (t *task) readKeys() ([]otsclient.Key, error) {
	given := t.keys
	if len(given) == 0 {
		lines, err := io.ReadAll(io.LimitReader(t.stdin, maxKeys))
		if err != nil {
			return nil, errors.New("standard input couldn't be read")
		}
		given = strings.Fields(string(lines))
	}
	if len(given) == 0 {
		return nil, usageError{errors.New("there's no key or link to watch")}
	}
	keys := make([]otsclient.Key, len(given))
	for i, one := range given {
		t.key = one
		key, err := t.readKey(otsclient.KindMetadata)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}
