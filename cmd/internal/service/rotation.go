package service

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"otsbot/bot"
	"otsbot/otsclient"
)

const (
	// lookEvery is how often the files of secrets are read again. They are small,
	// and to read them is the one way that works alike on every file system and
	// with Kubernetes, which swaps the directory behind a link.
	lookEvery = 3 * time.Second

	// offerAgain is when a secret that was refused is tried again.
	offerAgain = time.Minute

	// insistAgain is when it is tried again for a call that was refused, of which
	// there may be many at once.
	insistAgain = 5 * time.Second
)

// rotation puts in force what changes in the files of some settings while the
// bot runs, all of these settings together.
type rotation struct {
	log      *zap.Logger
	settings []string
	// take puts them in force, or says why not; then those from before stay.
	take func(context.Context, Config) error

	mu      sync.Mutex
	inForce Config
	said    problems // as they were logged last

	refused   Config // what take refused, when, and why
	refusedAt time.Time
	reason    error

	insisted time.Time // when insist ended last
}

func newRotation(cfg Config, log *zap.Logger, take func(context.Context, Config) error, settings ...string) *rotation {
	settings = slices.DeleteFunc(settings, func(name string) bool {
		_, inFile := cfg.files[name]
		return !inFile
	})
	return &rotation{log: log, settings: settings, take: take, inForce: cfg}
}

// run looks again and again until ctx is done.
func (r *rotation) run(ctx context.Context) {
	if len(r.settings) == 0 {
		return
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look reads the files and puts in force what changed. What can't be used, such
// as a file that is just being written, changes nothing.
func (r *rotation) look(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() { // an answer to a new secret comes from outside
		if value := recover(); value != nil {
			r.log.Error("panic", zap.String("where", "changed secret"), zap.String("type", fmt.Sprintf("%T", value)))
		}
	}()
	r.lookNow(ctx)
}

// lookNow is look, with the lock held.
func (r *rotation) lookNow(ctx context.Context) {
	if len(r.settings) == 0 {
		return
	}
	next, found := r.inForce.reread(r.settings)
	if changed := next.differs(r.inForce, r.settings); len(changed) > 0 {
		if err := r.offer(ctx, next); err != nil {
			found.add(changed[0], "isn't taken: "+err.Error())
		} else {
			r.inForce = next
			r.log.Info("took a changed secret from its file", zap.Strings("settings", changed))
		}
	}
	r.say(found)
}

// insist is look when the secret in force is refused: what wasn't taken a moment
// ago may be good by now. Of many calls that are refused at once the first finds
// that out for all.
func (r *rotation) insist(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.insisted) >= insistAgain {
		r.reason = nil
		defer func() { r.insisted = time.Now() }()
	}
	r.lookNow(ctx)
}

// offer has next taken, unless it was refused a moment ago.
func (r *rotation) offer(ctx context.Context, next Config) error {
	if r.reason != nil && time.Since(r.refusedAt) < offerAgain && len(next.differs(r.refused, r.settings)) == 0 {
		return r.reason
	}
	r.refused, r.refusedAt, r.reason = next, time.Now(), r.take(ctx, next)
	return r.reason
}

// say logs what is wrong, once as long as it is.
func (r *rotation) say(found problems) {
	for _, setting := range r.settings {
		for _, name := range []string{setting, setting + fileSuffix} {
			if problem := found[name]; problem != "" && problem != r.said[name] {
				r.log.Warn("a secret's file can't be used, so the old secret stays in use", zap.String("setting", name), zap.String("problem", problem))
			}
		}
	}
	r.said = found
}

// reread returns the settings with what the files of these hold now. What is
// wrong stays as it was, and is said.
func (c Config) reread(settings []string) (Config, problems) {
	next, found := c, problems{}
	next.readFiles(found)
	for field, into := range next.fields() {
		name := field.Tag.Get("envconfig")
		before := c.value(name)
		_, unread := found[name+fileSuffix]
		if !unread && into.IsZero() != before.IsZero() {
			found.add(name, "wasn't set before, or isn't any more: that takes a restart")
		}
		_, bad := found[name]
		if bad || unread || !slices.Contains(settings, name) {
			into.Set(before)
		}
	}
	return next, found
}

// value is the value of a setting.
func (c *Config) value(name string) reflect.Value {
	for field, value := range c.fields() {
		if field.Tag.Get("envconfig") == name {
			return value
		}
	}
	panic("there is no setting " + name)
}

// differs returns those of the settings that are otherwise in other.
func (c Config) differs(other Config, settings []string) []string {
	return slices.DeleteFunc(slices.Clone(settings), func(name string) bool {
		return reflect.DeepEqual(c.value(name).Interface(), other.value(name).Interface())
	})
}

// rotations are what looks after all settings that stand in files: the account at
// OneTimeSecret, and the rest.
func rotations(cfg Config, client *otsclient.Client, app *bot.Bot, log *zap.Logger) (account *rotation, others []*rotation) {
	account = newRotation(cfg, log, func(ctx context.Context, next Config) error {
		return takeAccount(ctx, next, client)
	}, "OTS_USERNAME", "OTS_API_TOKEN")
	others = []*rotation{
		newRotation(cfg, log, func(ctx context.Context, next Config) error {
			return app.SetBotToken(ctx, next.SlackBotToken)
		}, "SLACK_BOT_TOKEN"),
		newRotation(cfg, log, func(ctx context.Context, next Config) error {
			return app.SetAppToken(ctx, next.SlackAppToken)
		}, "SLACK_APP_TOKEN"),
		newRotation(cfg, log, func(_ context.Context, next Config) error {
			keys, _ := next.encryptionKeys() // they were checked
			return app.SetEncryptionKeys(keys...)
		}, "ENCRYPTION_KEY"),
	}
	var left []string
	for name := range cfg.files {
		taken := func(r *rotation) bool { return slices.Contains(r.settings, name) }
		if !taken(account) && !slices.ContainsFunc(others, taken) {
			left = append(left, name)
		}
	}
	return account, append(others, newRotation(cfg, log, func(context.Context, Config) error {
		return errors.New("it takes a restart")
	}, left...))
}

// takeAccount changes as whom the client calls OneTimeSecret, which is asked first.
// Where it can't say, the account from before stays, also if that is refused by
// now: each call that it refuses asks again, and is made once more then.
func takeAccount(ctx context.Context, next Config, client *otsclient.Client) error {
	trial, err := newClient(next)
	if err != nil {
		return err
	}
	defer trial.Close()
	switch err := trial.CheckCredentials(ctx); {
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return errors.New("OneTimeSecret doesn't accept OTS_USERNAME with OTS_API_TOKEN")
	case err != nil:
		return fmt.Errorf("OneTimeSecret doesn't say whether it accepts it, and is asked again in a minute: %w", err)
	}
	if err := client.SetCredentials(next.OTSUsername, next.OTSAPIToken); err != nil {
		return fmt.Errorf("change the account: %w", err)
	}
	return nil
}
