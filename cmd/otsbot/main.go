// Otsbot lets people share a password, key or token in Slack without leaving
// it in Slack. It takes its settings from the environment; "otsbot -h" lists
// them.
//
// It stops gracefully on every signal that asks it to end (SIGTERM, SIGINT,
// SIGHUP, SIGQUIT, SIGABRT); a second one ends it at once. The exit status is 0
// after a stop with nothing left over, 2 for wrong settings or arguments, 1 for
// anything else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"go.uber.org/zap"

	"otsbot/cmd/internal/guard"
	"otsbot/cmd/internal/service"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

const usage = `otsbot shares one-time links to secrets in Slack.

  otsbot              run, with settings from the environment
  otsbot check        check the settings, both tokens, and OneTimeSecret with its account
  otsbot check -live  also have Slack check every message and form,
                      without sending anything to anyone
  otsbot check -live -user U0123ABCD
                      also ask that person, in their direct message with the
                      app, to press two buttons
  otsbot version      print the version
  otsbot -h           list the settings
`

func main() {
	guard.Process()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run does what the arguments say and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	switch strings.Join(args, " ") {
	case "":
		return serve(stderr)
	case "check":
		return check(stdout, stderr, service.Check)
	case "version", "-version", "--version":
		fmt.Fprintln(stdout, longVersion())
		return exitOK
	case "help", "-h", "-help", "--help":
		fmt.Fprintf(stdout, "%s\nSettings, read from the environment, with their defaults:\n\n", usage)
		service.WriteSettings(stdout)
		return exitOK
	}
	if user, ok := live(args); ok {
		return checkLive(stdout, stderr, user)
	}
	fmt.Fprint(stderr, usage)
	return exitUsage
}

// person is what Slack calls somebody: a member ID.
var person = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

// live reads the arguments of a live check.
func live(args []string) (user string, ok bool) {
	if len(args) == 0 || args[0] != "check" {
		return "", false
	}
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	alive := flags.Bool("live", false, "")
	flags.StringVar(&user, "user", "", "")
	err := flags.Parse(args[1:])
	return user, err == nil && *alive && flags.NArg() == 0 && (user == "" || person.MatchString(user))
}

// checkLive logs only if it runs as an otsbot for a while.
func checkLive(stdout, stderr io.Writer, user string) int {
	return check(stdout, stderr, func(ctx context.Context, cfg service.Config, out io.Writer) error {
		live := service.Live{Version: shortVersion(), User: user, Log: zap.NewNop()}
		if user != "" {
			log, err := service.NewLogger(cfg.LogLevel, cfg.LogFormat, stderr)
			if err != nil {
				return err
			}
			defer log.Close()
			live.Log = log.Logger
		}
		return service.CheckLive(ctx, cfg, out, live)
	})
}

// check tries what the settings name, and reports to people.
func check(stdout, stderr io.Writer, try func(context.Context, service.Config, io.Writer) error) int {
	ctx, stop := guard.Context()
	defer stop()
	cfg, err := service.Load()
	if err != nil {
		settingsProblem(stderr, err)
		return exitError
	}
	if err := try(ctx, cfg, stdout); err != nil {
		fmt.Fprintf(stderr, "otsbot: %v\n", err)
		return exitError
	}
	return exitOK
}

func settingsProblem(stderr io.Writer, err error) {
	fmt.Fprintf(stderr, "otsbot: these settings need fixing (otsbot -h lists all settings):\n  %s\n",
		strings.ReplaceAll(err.Error(), "\n", "\n  "))
}

// serve runs the bot until it is told to stop.
func serve(stderr io.Writer) int {
	guard.OutliveStderr()
	ctx, stop := guard.Context()
	defer stop()

	cfg, err := service.Load()
	if err != nil {
		settingsProblem(stderr, err)
		return exitUsage
	}
	log, err := service.NewLogger(cfg.LogLevel, cfg.LogFormat, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "otsbot: %v\n", err)
		return exitUsage
	}
	defer log.Close()
	if unknown := service.Unknown(); len(unknown) > 0 {
		log.Warn("ignoring variables that are not settings", zap.Strings("variables", unknown))
	}
	quiet := context.AfterFunc(ctx, func() {
		stop() // from here on a signal has its default effect: the process ends
		log.Info("stopping; a second signal ends the process at once")
	})
	defer quiet() // before stop, which is no signal
	err = service.Run(ctx, cfg, log, service.Options{Version: shortVersion()})
	if wrong := (*service.SettingsError)(nil); errors.As(err, &wrong) {
		settingsProblem(stderr, err)
		return exitUsage
	}
	if err != nil {
		log.Error("stopped", zap.Error(err))
		return exitError
	}
	log.Info("stopped")
	return exitOK
}
