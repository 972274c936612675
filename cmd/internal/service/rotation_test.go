package service

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// rotating is a bot's token in a file, as one that takes it sees it.
type rotating struct {
	*rotation
	t     *testing.T
	path  string
	taken []string
	no    error // why nothing is taken
	log   *observer.ObservedLogs
}

func newRotating(t *testing.T) *rotating {
	t.Helper()
	core, log := observer.New(zapcore.InfoLevel)
	r := &rotating{t: t, path: inFile(t, "xoxb-1\n"), log: log}
	cfg, err := loadWith(t, map[string]string{"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": r.path})
	if err != nil {
		t.Fatal(err)
	}
	r.rotation = newRotation(cfg, zap.New(core), func(_ context.Context, next Config) error {
		r.taken = append(r.taken, next.SlackBotToken)
		return r.no
	}, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
	return r
}

// holds has the file hold content, and looks.
func (r *rotating) holds(content string) {
	r.t.Helper()
	if err := os.WriteFile(r.path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.look(r.t.Context())
}

// offered is what was offered by now.
func (r *rotating) offered() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken)
}

// lines are what was logged by now, since the last time.
func (r *rotating) lines() (lines []string) {
	for _, entry := range r.log.TakeAll() {
		problem, _ := entry.ContextMap()["problem"].(string)
		lines = append(lines, entry.Message+": "+problem)
	}
	return lines
}

func TestAChangedSecretIsTakenOnce(t *testing.T) {
	r := newRotating(t)
	r.look(t.Context())
	r.holds("xoxb-1") // as it was
	r.holds("xoxb-2\n")
	r.look(t.Context())
	if want := []string{"xoxb-2"}; !slices.Equal(r.taken, want) {
		t.Errorf("taken: %q, want %q", r.taken, want)
	}
	if lines := r.lines(); len(lines) != 1 || !strings.HasPrefix(lines[0], "took a changed secret from its file") {
		t.Errorf("logged: %q", lines)
	}
}

// Each of these keeps the token from before, and is said once, without itself.
func TestABadChangeIsSaidAndNothingIsTaken(t *testing.T) {
	const canary = "CANARY"
	r := newRotating(t)
	for content, says := range map[string]string{
		"":                  "names an empty file",
		"xapp-" + canary:    "is an app-level token",
		canary:              "must be a token that starts with xoxb-",
		"xoxb-1\n" + canary: "must not contain a space or line break",
	} {
		r.holds(content)
		r.look(t.Context())
		if lines := r.lines(); len(lines) != 1 || !strings.Contains(lines[0], says) || strings.Contains(lines[0], canary) {
			t.Errorf("%q: logged %q, want %q once", content, lines, says)
		}
	}
	if err := os.Remove(r.path); err != nil {
		t.Fatal(err)
	}
	r.look(t.Context())
	if lines := r.lines(); len(lines) != 1 || !strings.Contains(lines[0], "doesn't exist") {
		t.Errorf("without the file: logged %q", lines)
	}
	if len(r.taken) != 0 {
		t.Errorf("taken: %q", r.taken)
	}
	r.holds("xoxb-2")
	if !slices.Equal(r.taken, []string{"xoxb-2"}) {
		t.Errorf("afterwards, taken: %q", r.taken)
	}
}

func TestARefusedSecretIsOfferedAgainAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRotating(t)
		r.no = errors.New("not now")
		r.holds("xoxb-2")
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go r.run(ctx)
		time.Sleep(offerAgain - time.Second)
		if offered := r.offered(); len(offered) != 1 {
			t.Errorf("in a minute, offered: %q", offered)
		}
		time.Sleep(2 * lookEvery)
		if offered := r.offered(); len(offered) != 2 {
			t.Errorf("after a minute, offered: %q", offered)
		}
		if lines := r.lines(); len(lines) != 1 || !strings.Contains(lines[0], "isn't taken: not now") {
			t.Errorf("logged %q", lines)
		}
		stop()
		synctest.Wait()
		r.no = nil
		r.holds("xoxb-3") // another one: at once
		r.no = errors.New("not now")
		r.holds("xoxb-4")
		r.insist(t.Context())
		if want := []string{"xoxb-2", "xoxb-2", "xoxb-3", "xoxb-4", "xoxb-4"}; !slices.Equal(r.offered(), want) {
			t.Errorf("offered: %q, want %q", r.offered(), want)
		}
	})
}

// Each call that is refused insists, and may wait only for what others find out.
func TestManyRefusedCallsTryASecretOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRotating(t)
		take := r.take
		r.take = func(ctx context.Context, next Config) error {
			time.Sleep(10 * time.Second) // it asks OneTimeSecret
			return take(ctx, next)
		}
		r.no = errors.New("not now")
		r.holds("xoxb-2")
		insist := func() {
			for range 20 { // as they get the lock
				r.insist(t.Context())
			}
		}
		insist()
		time.Sleep(insistAgain)
		insist()
		if want := []string{"xoxb-2", "xoxb-2", "xoxb-2"}; !slices.Equal(r.offered(), want) {
			t.Errorf("offered: %q, want %q", r.offered(), want)
		}
	})
}

// What Kubernetes does to a mounted Secret: the files are links into a directory
// behind a link, which is swapped.
func TestASwappedDirectoryIsNoticed(t *testing.T) {
	r := newRotating(t)
	mount := t.TempDir()
	version := func(name, token string) {
		t.Helper()
		err := errors.Join(
			os.Mkdir(filepath.Join(mount, name), 0o700),
			os.WriteFile(filepath.Join(mount, name, "SLACK_BOT_TOKEN"), []byte(token), 0o400),
			os.Symlink(name, filepath.Join(mount, "..data_tmp")),
			os.Rename(filepath.Join(mount, "..data_tmp"), filepath.Join(mount, "..data")))
		if err != nil {
			t.Fatal(err)
		}
	}
	version("..1", "xoxb-1")
	path := filepath.Join(mount, "SLACK_BOT_TOKEN")
	if err := os.Symlink(filepath.Join("..data", "SLACK_BOT_TOKEN"), path); err != nil {
		t.Fatal(err)
	}
	r.inForce.files = map[string]secretFile{"SLACK_BOT_TOKEN": newSecretFile(path)}
	r.look(t.Context())
	version("..2", "xoxb-2")
	if err := os.RemoveAll(filepath.Join(mount, "..1")); err != nil {
		t.Fatal(err)
	}
	r.look(t.Context())
	if !slices.Equal(r.taken, []string{"xoxb-2"}) {
		t.Errorf("taken: %q", r.taken)
	}
}

// An account that comes or goes changes what people are offered, and what isn't
// in a file doesn't change.
func TestWhatWasNotSetTakesARestart(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	cfg, err := loadWith(t, map[string]string{"OTS_API_TOKEN_FILE": "-" + path, "OTS_USERNAME_FILE": "-" + path})
	if err != nil {
		t.Fatal(err)
	}
	core, log := observer.New(zapcore.InfoLevel)
	r := newRotation(cfg, zap.New(core), func(context.Context, Config) error { t.Error("taken"); return nil }, "OTS_USERNAME", "OTS_API_TOKEN")
	r.look(t.Context())
	if err := os.WriteFile(path, []byte("me"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.look(t.Context())
	for _, entry := range log.TakeAll() {
		if !strings.Contains(entry.ContextMap()["problem"].(string), "takes a restart") {
			t.Errorf("logged %v", entry.ContextMap())
		}
	}
}

// What a server says to a new secret comes from outside: a bug in reading it ends
// nothing, and the next change is looked at.
func TestAPanicOverAChangedSecretEndsNothing(t *testing.T) {
	r := newRotating(t)
	take := r.take
	r.take = func(context.Context, Config) error { panic("CANARY") }
	r.holds("xoxb-2")
	if lines := r.lines(); len(lines) != 1 || lines[0] != "panic: " {
		t.Errorf("logged %q", lines)
	}
	r.take = take
	r.holds("xoxb-3")
	if !slices.Equal(r.taken, []string{"xoxb-3"}) {
		t.Errorf("taken: %q", r.taken)
	}
}
