// Ots stores, opens and looks at secrets of a OneTimeSecret server, with the
// client that the bot uses. It is for operators who want to see what the bot
// sees. "ots -h" lists the commands.
//
// A secret comes from standard input or a prompt, never from an argument,
// which every process on the machine can read. Results go to standard output,
// as JSON with -json, remarks to standard error. What the exit status means is
// in the usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"otsbot/cmd/internal/guard"
	"otsbot/otsclient"
)

// Exit statuses. They are a promise to scripts.
const (
	exitOK      = 0
	exitError   = 1
	exitUsage   = 2
	exitGone    = 3
	exitPhrase  = 4
	exitRefused = 5
	exitPerhaps = 6
)

const usage = `ots talks to a OneTimeSecret server.

  ots status                  check the server and the account
  ots put                     store a secret, print the link that opens it once
  ots gen                     generate a password on the server and store it
  ots get    [KEY or LINK]    open a secret and print it; it can be opened only once
  ots state  [KEY or LINK]    show whether a secret was opened, burned or has expired
  ots burn   [KEY or LINK]    burn a secret before anyone opens it
  ots watch  [KEY or LINK…]   follow secrets until all are opened, burned or expired
  ots recent                  list the account's secrets of the last 30 days
  ots completion SHELL        print a completion script for bash, zsh or fish

The secret, and a key that isn't given, are read from standard input, or you are
asked for them. state, burn and watch take the private key or link; get takes the
one that was shared. "ots COMMAND -h" lists the flags of a command; each has -json.

Exit status:

  0  done
  1  the server can't be reached, or it failed
  2  wrong arguments or settings
  3  no such secret, or it's gone
  4  the passphrase is missing, wrong, or locked
  5  refused: the request, the account, or too many calls
  6  no clear answer: it may or may not have been done

Settings, from the environment:

  OTS_URL                     where the API is, such as https://eu.onetimesecret.com
  OTS_USERNAME, OTS_API_TOKEN the account; leave both empty to be anonymous
  OTS_PUBLIC_URL              base of links, where it isn't OTS_URL
  OTS_SHARE_DOMAIN            custom domain to share under
  OTS_ALLOW_HTTP=true         accept http:// beyond this machine
  OTS_TIMEOUT                 time limit of one call, such as 15s
`

func main() {
	guard.Process()
	ctx, stop := guard.Context()
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, standardConsole()))
}

// run does what the arguments say and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, con *console) int {
	if len(args) == 0 {
		fmt.Fprint(con.stderr, usage)
		return exitUsage
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		fmt.Fprint(con.stdout, usage)
		return exitOK
	}
	command, known := commands()[args[0]]
	if !known {
		fmt.Fprint(con.stderr, usage)
		return exitUsage
	}
	err := start(ctx, command, args, getenv, con)
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &wrong):
		fmt.Fprintln(con.stderr, "ots:", wrong)
		return exitUsage
	default:
		fmt.Fprintln(con.stderr, "ots:", sentence(err))
		return exitStatus(err)
	}
}

// exitStatus is the status for an error of the client, or of this command.
func exitStatus(err error) int {
	for _, known := range []struct {
		err    error
		status int
	}{
		{otsclient.ErrLocked, exitPhrase}, {otsclient.ErrWrongPassphrase, exitPhrase},
		{otsclient.ErrGone, exitGone}, {otsclient.ErrOutcomeUnknown, exitPerhaps},
		{otsclient.ErrRejected, exitRefused}, {otsclient.ErrNotAuthorized, exitRefused}, {otsclient.ErrRateLimited, exitRefused},
	} {
		if errors.Is(err, known.err) {
			return known.status
		}
	}
	return exitError
}

// usageError is about arguments or settings.
type usageError struct{ error }

// start reads flags and settings, and runs the command.
func start(ctx context.Context, command command, args []string, getenv func(string) string, con *console) error {
	task := &task{console: con}
	flags := command.flagSet(args[0], task)
	if err := flags.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(con.stdout)
			flags.Usage()
			return err
		}
		return usageError{err}
	}
	switch {
	case flags.NArg() == 1 && command.takesKey:
		task.key = flags.Arg(0)
	case command.takesMany:
		task.keys = flags.Args()
	case flags.NArg() > 0: // not repeated: it might be a secret
		return usageError{fmt.Errorf("%s doesn't take that argument; secrets are read from standard input", args[0])}
	}
	if command.offline != nil {
		return command.offline(task)
	}
	client, err := newClient(getenv)
	if err != nil {
		return usageError{err}
	}
	client.OnFallback(func() { fmt.Fprintln(con.stderr, "ots: the server has no API v1, so v2 is used.") })
	task.client, task.hasAccount = client, getenv("OTS_USERNAME") != ""
	return command.run(ctx, task)
}

// newClient makes the client from the settings that the bot has too.
func newClient(getenv func(string) string) (*otsclient.Client, error) {
	config := otsclient.Config{
		BaseURL:     getenv("OTS_URL"),
		PublicURL:   getenv("OTS_PUBLIC_URL"),
		Username:    getenv("OTS_USERNAME"),
		APIToken:    getenv("OTS_API_TOKEN"),
		ShareDomain: getenv("OTS_SHARE_DOMAIN"),
		UserAgent:   "ots",
	}
	if config.BaseURL == "" {
		return nil, errors.New("OTS_URL isn't set")
	}
	var problems []error
	if value := getenv("OTS_ALLOW_HTTP"); value != "" {
		allow, err := strconv.ParseBool(value)
		if err != nil {
			problems = append(problems, errors.New("OTS_ALLOW_HTTP must be true or false"))
		}
		config.AllowHTTP = allow
	}
	if value := getenv("OTS_TIMEOUT"); value != "" {
		timeout, err := time.ParseDuration(value)
		if err != nil || timeout <= 0 {
			problems = append(problems, errors.New("OTS_TIMEOUT must be a duration such as 15s"))
		}
		config.Timeout = timeout
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return otsclient.New(config)
}

// sentence says what went wrong and what can be done about it.
func sentence(err error) string {
	switch {
	case errors.Is(err, otsclient.ErrNoAPI):
		return "OneTimeSecret answered, but its API isn't where OTS_URL says, or is turned off."
	case errors.Is(err, otsclient.ErrNotAllowed):
		return strings.TrimSpace("whoever runs the server doesn't allow this. " + otsclient.Reason(err))
	case errors.Is(err, otsclient.ErrRejected):
		return strings.TrimSpace("refused. " + otsclient.Reason(err))
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return "not authorized. Check OTS_USERNAME and OTS_API_TOKEN; accounts are per region."
	case errors.Is(err, otsclient.ErrLocked):
		return "locked after too many wrong passphrases. Try again in half an hour."
	case errors.Is(err, otsclient.ErrRateLimited):
		if wait := otsclient.RetryAfter(err); wait > 0 {
			return fmt.Sprintf("the server is limiting calls right now. Try again in %v.", wait)
		}
		return "the server is limiting calls right now. Try again later."
	case errors.Is(err, otsclient.ErrWrongPassphrase):
		return "the passphrase is missing or wrong. The secret is still there. Use -p to enter the passphrase."
	case errors.Is(err, otsclient.ErrGone):
		return "there's no such secret on this server: it may be gone, or the passphrase may be wrong."
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return fmt.Sprintf("the server gave no clear answer (%v). It may or may not have been done.", err)
	}
	return err.Error()
}
