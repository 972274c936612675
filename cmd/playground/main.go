// Playground is the bot with an offline Slack workspace and an offline
// OneTimeSecret: nothing but Go is needed to try all of it. The bot's settings
// in the environment hold, but for those that would lead it elsewhere:
//
//	SECRET_PASSPHRASE=required go run ./cmd/playground
//	POLICY_GUESTS=refuse go run ./cmd/playground -scopes users:read
//	go run ./cmd/playground -account
//
// It does one of these:
//
//	playground                           serve a page to try it in a browser
//	playground -no-bot                   the same, for another Socket Mode app
//	playground -demo                     tell the whole story, and check it
//	playground -pictures docs/pictures   draw the README's pictures anew
//	playground -load 10000               measure the bot, see docs/performance.md
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"otsbot/cmd/internal/guard"
	"otsbot/cmd/playground/load"
	"otsbot/cmd/playground/pictures"
	"otsbot/cmd/playground/stage"
	"otsbot/cmd/playground/story"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

func main() {
	guard.Process()
	ctx, stop := guard.Context()
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run does what the arguments say and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	flags.SetOutput(stderr)
	demo := flags.Bool("demo", false, "tell the whole story, print what each person sees, and check it")
	drawInto := flags.String("pictures", "", "draw the golden messages and forms of bot/internal/text/testdata/golden into this `folder`")
	listen := flags.String("listen", "127.0.0.1:8070", "`address` of the page; the offline Slack and OneTimeSecret are on the next two ports")
	noBot := flags.Bool("no-bot", false, "don't run the bot: another Socket Mode app is to be connected")
	manifest := flags.String("manifest", "", "with -no-bot: the app's manifest `file`, for its name, commands and shortcuts")
	scopes := flags.String("scopes", "", "more `scopes` for the app than its manifest asks for, with commas between: what a POLICY_ setting needs")
	account := flags.Bool("account", false, "give the bot an account at OneTimeSecret, which can e-mail links")
	commands := flags.Int("load", 0, "measure the bot with so many `commands`")
	inFlight := flags.Int("in-flight", 50, "with -load: how many people type at once")
	rate := flags.Int("rate", 0, "with -load: commands per second; 0 is as fast as it goes")
	latency := flags.Duration("latency", 0, "with -load: how long Slack and OneTimeSecret take for each answer, such as 50ms")
	bare := flags.Bool("bare", false, "with -load: in turns with a bare loop that only acks, stores and posts twice; alone: run nothing but that")
	faults := flags.Bool("faults", false, "with -load: let trouble come and go")
	profile := flags.String("profile", "", "with -load, not -bare: a `file` for what takes the bot's processor time")
	store := flags.String("store", "", "the bot's `STORE_URL`: of a file that isn't there, or of an empty Redis, which the page can take away")
	follow := flags.Int("follow", 0, "measure how the bot follows so many `secrets`, of which one in twenty is opened")
	during := flags.Duration("for", 10*time.Minute, "with -follow: how long")
	replicas := flags.Int("replicas", 1, "with -follow or -soak and -store: how many share the work; with -follow, all but one are killed in the middle")
	soak := flags.Duration("soak", 0, "have people share and open secrets, -rate a second, for so long, while Slack, OneTimeSecret and the store fail in turn")
	alone := flags.Bool("bot", false, "run nothing but the bot, with settings from the environment: what -load measures")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	var err error
	switch {
	case *demo:
		err = story.Tell(ctx, stdout)
	case *commands > 0:
		measure := load.Run
		if *bare {
			measure = load.Compare
		}
		err = measure(ctx, load.Options{Commands: *commands, InFlight: *inFlight, PerSecond: *rate, Latency: *latency, Faults: *faults, Store: *store, Profile: *profile}, stdout)
	case *bare:
		err = load.Bare(ctx)
	case *follow > 0:
		err = load.Follow(ctx, load.FollowOptions{Secrets: *follow, For: *during, Store: *store, Replicas: *replicas}, stdout)
	case *soak > 0:
		err = soaked(ctx, load.SoakOptions{For: *soak, PerSecond: max(1, *rate), Replicas: *replicas}, *store, stdout)
	case *alone:
		err = load.Bot(ctx, *profile, stderr)
	case *drawInto != "":
		_, err = pictures.Write("bot/internal/text/testdata/golden", *drawInto)
	case flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	default:
		err = serve(ctx, serving{listen: *listen, noBot: *noBot, manifest: *manifest, store: *store, stage: stage.Options{Scopes: listed(*scopes), Account: *account}}, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "\nplayground: %v\n", err)
		return exitError
	}
	return exitOK
}

// soaked is a soak with a store that can be taken away.
func soaked(ctx context.Context, o load.SoakOptions, store string, out io.Writer) (err error) {
	if o.Store, o.StoreProxy, err = takeable(store); err != nil {
		return err
	}
	if o.StoreProxy != nil {
		defer o.StoreProxy.Close()
	}
	return load.Soak(ctx, o, out)
}

// listed are the words of a list with commas.
func listed(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
