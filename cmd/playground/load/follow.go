package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otsbot/bot/slackfake"
)

// FollowOptions say how much is to be followed.
type FollowOptions struct {
	// Secrets are out; one in twenty of them is opened, at any time.
	Secrets int
	// For is how long they are followed.
	For time.Duration
	// Store is a STORE_URL; "" is in memory.
	Store string
	// Replicas share the store; all but one are killed in the middle.
	Replicas int
}

// perChannel is how many secrets share a conversation: what an offline Slack
// keeps of it.
const perChannel = 4

// Follow has a bot follow secrets, and reports what that costs and how soon
// their receipts say that they were opened. It fails if one doesn't.
func Follow(ctx context.Context, o FollowOptions, out io.Writer) error {
	stage, err := newStage((o.Secrets+perChannel-1)/perChannel, perChannel, 0)
	if err != nil {
		return err
	}
	defer stage.close()
	w := newWatch()
	bots, err := stage.startReplicas(ctx, w, o.Replicas, "STORE_URL="+o.Store)
	if err != nil {
		return err
	}
	for _, bot := range bots {
		defer bot.kill()
	}
	links, err := stage.shareAll(ctx, o.Secrets)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d secrets are out\n", len(links))
	before, calls, began := bots[0].usage(), w.calls.Load(), time.Now()
	opened := stage.openSome(ctx, links, o.For, func() {
		for _, bot := range bots[1:] {
			bot.kill()
		}
		bots = bots[:1]
	})
	after, took := bots[0].usage(), time.Since(began)
	if len(opened) == 0 {
		return ctx.Err()
	}
	w.await(ctx, opened)
	return w.report(out, opened, before, after, w.calls.Load()-calls, took)
}

// posted is a link, and where its message stands.
type posted struct{ place, link string }

// shareAll types all commands and reads the links.
func (s *stage) shareAll(ctx context.Context, secrets int) (links []posted, err error) {
	var left atomic.Int64
	left.Store(int64(secrets))
	var r result
	var wg sync.WaitGroup
	people := make(chan string, len(s.people))
	for _, user := range s.people {
		people <- user
	}
	close(people)
	for range 50 {
		wg.Go(func() {
			for user := range people {
				for n := 0; n < perChannel && left.Add(-1) >= 0 && ctx.Err() == nil; n++ {
					s.one(ctx, user, &r)
				}
			}
		})
	}
	wg.Wait()
	if n := int(r.done.Load()); n != secrets {
		return nil, fmt.Errorf("%d of %d secrets were shared", n, secrets)
	}
	for _, user := range s.people {
		for _, m := range s.slack.Messages(user, channelOf(user)) {
			if all := m.Links(); len(all) > 0 {
				links = append(links, posted{channelOf(user) + " " + m.TS, all[0]})
			}
		}
	}
	return links, nil
}

// openSome opens one in twenty, spread over the time, and calls half when half
// of it is over. It returns when each was opened.
func (s *stage) openSome(ctx context.Context, links []posted, during time.Duration, half func()) map[string]time.Time {
	opened := map[string]time.Time{}
	rand.Shuffle(len(links), func(i, j int) { links[i], links[j] = links[j], links[i] })
	some := links[:max(1, len(links)/20)]
	began, halved := time.Now(), false
	for i, p := range some {
		select {
		case <-time.After(time.Until(began.Add(during * time.Duration(i) / time.Duration(len(some))))):
		case <-ctx.Done():
			return opened
		}
		if !halved && time.Since(began) > during/2 {
			halved = true
			half()
		}
		s.ots.Open(p.link, "")
		opened[p.place] = time.Now()
	}
	select {
	case <-time.After(time.Until(began.Add(during))):
	case <-ctx.Done():
	}
	return opened
}

// watch sees when messages are changed, and counts what is asked of
// OneTimeSecret.
type watch struct {
	calls atomic.Int64

	mu      sync.Mutex
	changed map[string]time.Time // by channel and ts
	twice   int
	made    map[string][]keys // by the text that was typed
}

func newWatch() *watch {
	return &watch{changed: map[string]time.Time{}, made: map[string][]keys{}}
}

// keys are those of a secret.
type keys struct {
	Secret   string `json:"secret_key"`
	Metadata string `json:"metadata_key"`
}

func (w *watch) slack(next *slackfake.Workspace) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/chat.update") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(rw, "broken off", http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			seen := &answerSeen{ResponseWriter: rw}
			next.ServeHTTP(seen, r)
			if form, err := url.ParseQuery(string(body)); err == nil && seen.ok() {
				w.note(form.Get("channel") + " " + form.Get("ts"))
			}
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// answerSeen is an answer that is also kept.
type answerSeen struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (a *answerSeen) Write(p []byte) (int, error) {
	a.body.Write(p)
	return a.ResponseWriter.Write(p)
}

func (a *answerSeen) ok() bool { return bytes.Contains(a.body.Bytes(), []byte(`"ok":true`)) }

func (w *watch) note(place string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.changed[place]; known {
		w.twice++
		return
	}
	w.changed[place] = time.Now()
}

func (w *watch) ots(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.calls.Add(1)
		if !strings.HasSuffix(r.URL.Path, "/share") {
			next.ServeHTTP(rw, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(rw, "broken off", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		seen := &answerSeen{ResponseWriter: rw}
		next.ServeHTTP(seen, r)
		form, _ := url.ParseQuery(string(body))
		var made keys
		if json.Unmarshal(seen.body.Bytes(), &made) == nil && made.Secret != "" {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.made[form.Get("secret")] = append(w.made[form.Get("secret")], made)
		}
	})
}

// missing is how many messages of opened secrets still offer the link.
func (w *watch) missing(opened map[string]time.Time) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for place := range opened {
		if _, ok := w.changed[place]; !ok {
			n++
		}
	}
	return n
}

// await gives the last ones their time.
func (w *watch) await(ctx context.Context, opened map[string]time.Time) {
	for deadline := time.Now().Add(2 * time.Minute); w.missing(opened) > 0 && time.Now().Before(deadline); {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}

// delays are the times from opening a secret to its changed message.
func (w *watch) delays(opened map[string]time.Time) (all []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for place, at := range opened {
		if changed, ok := w.changed[place]; ok {
			all = append(all, changed.Sub(at))
		}
	}
	return all
}

// changedTwice is how many messages were changed again.
func (w *watch) changedTwice() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.twice
}

func (w *watch) report(out io.Writer, opened map[string]time.Time, before, after usage, calls int64, took time.Duration) error {
	missing, twice, all := w.missing(opened), w.changedTwice(), w.delays(opened)
	fmt.Fprintf(out, "followed for          %s\n", took.Round(time.Second))
	fmt.Fprintf(out, "opened                %d, %d of them unnoticed, %d messages changed twice\n", len(opened), missing, twice)
	fmt.Fprintf(out, "opened to changed     p50 %s  p95 %s\n", percentile(all, 50), percentile(all, 95))
	fmt.Fprintf(out, "OneTimeSecret calls   %.1f a second\n", float64(calls)/took.Seconds())
	if before.resident > 0 {
		fmt.Fprintf(out, "processor             %.2f %% of a core\n", 100*(after.cpu-before.cpu).Seconds()/took.Seconds())
		fmt.Fprintf(out, "resident memory       %s MiB, at most %s MiB\n", mib(after.resident), mib(after.peak))
	}
	if missing > 0 || twice > 0 {
		return errors.New("something was forgotten, or done twice")
	}
	return nil
}
