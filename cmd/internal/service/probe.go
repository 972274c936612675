package service

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot"
	"otsbot/otsclient"
)

// ErrProblems says that Check found something that keeps the bot from working.
var ErrProblems = errors.New("there are problems")

// Check tries what the settings name, Slack with both tokens and OneTimeSecret
// with its account, and writes a short report for people. It posts nothing and
// stores nothing.
func Check(ctx context.Context, cfg Config, out io.Writer) error {
	client, err := newClient(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	app, store, err := openedFor(ctx, cfg, client)
	if err != nil {
		return err
	}
	defer app.Close()
	findings := append([]bot.Finding{{OK: true, Text: "the settings are complete" + cfg.fromFiles()}}, store...)
	findings = append(findings, app.CheckSlack(ctx)...)
	findings = append(findings, checkServer(ctx, cfg, client)...)
	return report(out, findings)
}

// report writes findings, and returns ErrProblems if one is a problem.
func report(out io.Writer, findings []bot.Finding) (problems error) {
	for _, f := range findings {
		fmt.Fprintln(out, f)
		if !f.OK {
			problems = ErrProblems
		}
	}
	return problems
}

// openedFor makes the bot that checks, and says how its store is. One that can't
// be opened keeps nothing else from being tried.
func openedFor(ctx context.Context, cfg Config, client *otsclient.Client) (*bot.Bot, []bot.Finding, error) {
	if trial, remove := trialFile(cfg.StoreURL); trial != "" {
		defer remove() // the bot has it open, which is enough for a check
		beside := cfg
		beside.StoreURL = trial
		if app, err := newBot(beside, client, zap.NewNop(), nil); err == nil {
			return app, []bot.Finding{{OK: true, Text: "the store's file doesn't exist yet: the bot creates it when it starts, and can write to its folder"}}, nil
		}
	}
	app, err := newBot(cfg, client, zap.NewNop(), nil)
	refused := (*bot.StoreError)(nil)
	if !errors.As(err, &refused) {
		if err != nil {
			return nil, nil, err
		}
		return app, app.CheckStore(ctx), nil
	}
	finding := bot.Finding{Text: err.Error()}
	if refused.InUse() {
		finding = bot.Finding{OK: true, Text: "another process has the store's file open: the bot, if it's running"}
	}
	cfg.StoreURL = ""
	app, err = newBot(cfg, client, zap.NewNop(), nil)
	return app, []bot.Finding{finding}, err
}

// trialFile is a store beside a file that isn't there yet, and what removes it; ""
// if there is one, or no folder for it. A check that made the file itself would own
// it, and the bot, as another user, couldn't open it.
func trialFile(storeURL string) (trial string, remove func()) {
	path, ok := strings.CutPrefix(storeURL, "file:")
	if _, err := os.Stat(path); !ok || !errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".otsbot-check-")
	if err != nil {
		return "", nil
	}
	return "file:" + filepath.Join(dir, "otsbot.db"), func() { _ = os.RemoveAll(dir) }
}

// fromFiles names the settings that stand in files, which were read.
func (c Config) fromFiles() string {
	if len(c.files) == 0 {
		return ""
	}
	names := slices.Sorted(maps.Keys(c.files))
	return "; read from files: " + strings.Join(names, ", ")
}

func checkServer(ctx context.Context, cfg Config, client *otsclient.Client) []bot.Finding {
	withoutV1 := false
	client.OnFallback(func() { withoutV1 = true })
	findings := askServer(ctx, cfg, client)
	if withoutV1 {
		findings = append(findings, bot.Finding{OK: true, Text: "note: OneTimeSecret has no API v1, so the app uses v2; it may have been upgraded, or a proxy may hide /api/v1"})
	}
	return findings
}

func askServer(ctx context.Context, cfg Config, client *otsclient.Client) []bot.Finding {
	switch err := client.Status(ctx); {
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return []bot.Finding{{Text: "OneTimeSecret doesn't accept OTS_USERNAME with OTS_API_TOKEN"}}
	case errors.Is(err, otsclient.ErrNoAPI):
		return []bot.Finding{{Text: "OTS_URL: OneTimeSecret answers, but its API isn't at this address, or is turned off"}}
	case err != nil:
		return []bot.Finding{{Text: "OTS_URL: " + err.Error()}}
	}
	as := "anonymously"
	if cfg.OTSUsername != "" {
		as = "with its account"
	}
	findings := []bot.Finding{{OK: true, Text: "OneTimeSecret answers, " + as}, tryShare(ctx, cfg, client)}
	version, err := client.ServerVersion(ctx)
	if err != nil || version == "" {
		return append(findings, bot.Finding{OK: true, Text: "OneTimeSecret doesn't say its version: it's older than 0.18, or newer than 0.26.4"})
	}
	findings = append(findings, bot.Finding{OK: true, Text: "OneTimeSecret is version " + version})
	for _, limit := range knownLimits(version) {
		findings = append(findings, bot.Finding{OK: true, Text: "note: " + limit})
	}
	return findings
}

// trialTTL is the life of a trial secret that could not be burned: the least
// that every version grants.
const trialTTL = 5 * time.Minute

// tryShare shares a random text and burns it at once, since whether a server
// takes a secret shows only then. Nobody ever sees its link.
func tryShare(ctx context.Context, cfg Config, client *otsclient.Client) bot.Finding {
	phrase := otsclient.Plaintext{}
	if cfg.SecretPassphrase == "required" {
		phrase = otsclient.NewPlaintext(rand.Text())
	}
	longest := slices.Max(cfg.SecretTTLChoices)
	asked := min(trialTTL, longest)
	shared, err := client.Share(ctx, otsclient.ShareRequest{Secret: otsclient.NewPlaintext(rand.Text()), Passphrase: phrase, TTL: asked})
	switch {
	case errors.Is(err, otsclient.ErrNotAllowed):
		return bot.Finding{Text: "OneTimeSecret doesn't allow sharing: " + otsclient.Reason(err) + ". Only the person who runs it can change that"}
	case otsclient.Field(err) == otsclient.FieldPassphrase && phrase.IsZero():
		return bot.Finding{Text: "OneTimeSecret requires a passphrase (" + otsclient.Reason(err) + "): set SECRET_PASSPHRASE=required"}
	case errors.Is(err, otsclient.ErrRejected):
		return bot.Finding{Text: "OneTimeSecret refused a trial secret: " + otsclient.Reason(err)}
	case err != nil:
		return bot.Finding{Text: "OneTimeSecret didn't store a trial secret: " + err.Error()}
	}
	if err := client.Burn(ctx, shared.MetadataKey, phrase); err != nil && !errors.Is(err, otsclient.ErrBurned) {
		return bot.Finding{Text: "a trial secret couldn't be burned; it expires in " + shared.TTL.String() + ": " + err.Error()}
	}
	if shared.Unprotected {
		return bot.Finding{Text: "OneTimeSecret stored a trial secret without its passphrase: every secret with one is burned. Only the person who runs it can change that"}
	}
	if shared.TTL > longest+time.Minute {
		// The bot burns what would live for longer than anybody may choose.
		return bot.Finding{Text: fmt.Sprintf("OneTimeSecret gave a trial secret %v where %v was asked for, and the longest of SECRET_TTL_CHOICES is %v: every such secret is burned. Have its lifetimes mended, or allow one as long",
			shared.TTL, asked, longest)}
	}
	return bot.Finding{OK: true, Text: "a trial secret was shared and burned"}
}

// limits of versions that an operator should know, from recordings of real
// servers. A version is affected from and before the bounds given.
var limits = []struct{ from, before, text string }{
	{"0", "0.24", "its rate limits count everyone behind one address together: 1,000 secrets in 20 minutes"},
	{"0.20", "0.21", "it turns lifetimes under five minutes into five minutes"},
	{"0.18", "0.26", "reading a secret's state marks it as viewed there, and can return its text to anyone with the metadata link; the app drops that text"},
	{"0.24", "0.24.1", "its API v1 is broken, so the app uses v2; upgrade"},
	{"0.24.1", "0.26", "opening the link's page sets the secret's lifetime to seven days; upgrade if lifetimes matter"},
	{"0.26", "0.27", "twenty wrong passphrases lock a secret for half an hour, even for burning"},
}

func knownLimits(version string) []string {
	var known []string
	for _, l := range limits {
		if !older(version, l.from) && older(version, l.before) {
			known = append(known, l.text)
		}
	}
	return known
}

// older compares versions part by part; a missing part is zero.
func older(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		var x, y int
		if i < len(as) {
			x, _ = strconv.Atoi(as[i])
		}
		if i < len(bs) {
			y, _ = strconv.Atoi(bs[i])
		}
		if x != y {
			return x < y
		}
	}
	return false
}
