// Playground is the bot with an offline Slack workspace and an offline
// OneTimeSecret: nothing but Go is needed to try all of it.
//
//	playground -demo                     tell the whole story, and check it
//	playground -pictures docs/pictures   draw the README's pictures anew
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"otsbot/cmd/playground/pictures"
	"otsbot/cmd/playground/story"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run does what the arguments say and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	flags.SetOutput(stderr)
	demo := flags.Bool("demo", false, "tell the whole story, print what each person sees, and check it")
	drawInto := flags.String("pictures", "", "draw the golden messages and forms of bot/testdata/golden into this `folder`")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	var err error
	switch {
	case *demo:
		err = story.Tell(ctx, stdout)
	case *drawInto != "":
		_, err = pictures.Write("bot/testdata/golden", *drawInto)
	default:
		flags.Usage()
		return exitUsage
	}
	if err != nil {
		fmt.Fprintf(stderr, "\nplayground: %v\n", err)
		return exitError
	}
	return exitOK
}
