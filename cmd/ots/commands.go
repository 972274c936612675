package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"otsbot/otsclient"
)

// task is one run of a command.
type task struct {
	*console
	client     *otsclient.Client
	hasAccount bool

	key            string // as given, "" to ask for it
	ttl            time.Duration
	length         int
	recipient      string
	askPhrase      bool
	phraseFile     string
	showLinks      bool
	alsoShowSecret bool

	asJSON bool
	keys   []string      // for watch, as given
	every  time.Duration // likewise
}

// command is one of those in the usage.
type command struct {
	takesKey  bool
	takesMany bool
	flags     func(*task, *flag.FlagSet)
	run       func(context.Context, *task) error
	offline   func(*task) error // instead of run, without settings
}

// flagSet returns the flags that a command takes, set into t.
func (c command) flagSet(name string, t *task) *flag.FlagSet {
	flags := flag.NewFlagSet("ots "+name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it too
	flags.BoolVar(&t.asJSON, "json", false, "print JSON")
	if c.flags != nil {
		c.flags(t, flags)
	}
	return flags
}

func commands() map[string]command {
	return map[string]command{
		"status": {run: status},
		"put":    {run: put, flags: createFlags},
		"gen":    {run: gen, flags: genFlags},
		"get":    {run: get, flags: phraseFlags, takesKey: true},
		"state":  {run: state, takesKey: true},
		"burn":   {run: burn, flags: phraseFlags, takesKey: true},
		"recent": {run: recent, flags: recentFlags},
		"watch":  {run: watch, flags: watchFlags, takesMany: true},

		"completion": {offline: completion, takesMany: true},
	}
}

func phraseFlags(t *task, flags *flag.FlagSet) {
	flags.BoolVar(&t.askPhrase, "p", false, "ask for the passphrase")
	flags.StringVar(&t.phraseFile, "passphrase-file", "", "read the passphrase from this `file`; a line break at its end isn't part of it")
}

func createFlags(t *task, flags *flag.FlagSet) {
	phraseFlags(t, flags)
	flags.DurationVar(&t.ttl, "ttl", 0, "lifetime, such as 24h; the server may grant another (default: the server's)")
	flags.StringVar(&t.recipient, "recipient", "", "email `address` that the server sends the link to; needs an account")
}

func genFlags(t *task, flags *flag.FlagSet) {
	createFlags(t, flags)
	flags.IntVar(&t.length, "length", 0, "length of the password (default: the server's)")
	flags.BoolVar(&t.alsoShowSecret, "show", false, "print the password too, after the link")
}

func recentFlags(t *task, flags *flag.FlagSet) {
	flags.BoolVar(&t.showLinks, "links", false, "print the private links; anyone who has one can burn the secret")
}

func status(ctx context.Context, t *task) error {
	if err := t.client.Status(ctx); err != nil {
		return err
	}
	says := "No account is set, so calls are anonymous."
	if t.hasAccount {
		if err := t.client.CheckCredentials(ctx); err != nil {
			return err
		}
		says = "It accepts the account."
	}
	if t.asJSON {
		return t.writeJSON(statusJSON{There: true, Account: t.hasAccount})
	}
	fmt.Fprintln(t.stdout, "The server is up.")
	fmt.Fprintln(t.stdout, says)
	return nil
}

func put(ctx context.Context, t *task) error {
	secret, err := t.readSecret()
	if err != nil {
		return err
	}
	passphrase, err := t.readNewPassphrase()
	if err != nil {
		return err
	}
	shared, err := t.client.Share(ctx, otsclient.ShareRequest{
		Secret: secret, Passphrase: passphrase, TTL: t.ttl, Recipient: t.recipient,
	})
	if err != nil {
		return err
	}
	return t.tell(shared, otsclient.Plaintext{})
}

func gen(ctx context.Context, t *task) error {
	passphrase, err := t.readNewPassphrase()
	if err != nil {
		return err
	}
	made, err := t.client.Generate(ctx, otsclient.GenerateRequest{
		Length: t.length, Passphrase: passphrase, TTL: t.ttl, Recipient: t.recipient,
	})
	if err != nil {
		return err
	}
	if !t.alsoShowSecret {
		return t.tell(made.Shared, otsclient.Plaintext{})
	}
	return t.tell(made.Shared, made.Value)
}

// tell prints the link, alone on standard output, so that it can be piped; the
// value too, if there is one.
func (t *task) tell(shared otsclient.Shared, value otsclient.Plaintext) error {
	if t.asJSON {
		return t.writeJSON(t.sharedJSON(shared, value))
	}
	fmt.Fprintln(t.stdout, t.client.SecretLink(shared))
	fmt.Fprintf(t.stderr, "It opens once, and expires after %v.\n", shared.TTL)
	if t.ttl > 0 && shared.TTL != t.ttl {
		fmt.Fprintf(t.stderr, "You asked for %v.\n", t.ttl)
	}
	if shared.Unprotected {
		fmt.Fprintln(t.stderr, "It opens without your passphrase: the server says that none is needed.")
	}
	fmt.Fprintln(t.stderr, "To check or burn it (keep this link to yourself):", t.client.ReceiptLink(shared.MetadataKey, shared.ReceiptPath))
	if !value.IsZero() {
		fmt.Fprintln(t.stdout, value.Reveal())
	}
	return nil
}

func get(ctx context.Context, t *task) error {
	key, err := t.readKey(otsclient.KindSecret)
	if err != nil {
		return err
	}
	passphrase, err := t.readPassphrase()
	if err != nil {
		return err
	}
	secret, err := t.client.Retrieve(ctx, key, passphrase)
	if err != nil {
		return err
	}
	if t.asJSON {
		return t.writeJSON(secretJSON{secret.Reveal()})
	}
	t.showSecret(secret.Reveal())
	return nil
}

func burn(ctx context.Context, t *task) error {
	key, err := t.readKey(otsclient.KindMetadata)
	if err != nil {
		return err
	}
	passphrase, err := t.readPassphrase()
	if err != nil {
		return err
	}
	if err := t.client.Burn(ctx, key, passphrase); err != nil && !errors.Is(err, otsclient.ErrBurned) {
		return err
	}
	told, err := t.client.Metadata(ctx, key)
	if err != nil {
		return fmt.Errorf("the server says it was burned, but its state couldn't be read: %w", err)
	}
	return t.describe(told)
}

func state(ctx context.Context, t *task) error {
	key, err := t.readKey(otsclient.KindMetadata)
	if err != nil {
		return err
	}
	told, err := t.client.Metadata(ctx, key)
	if err != nil {
		return err
	}
	return t.describe(told)
}

// describe prints what is known, one thing a line.
func (t *task) describe(told otsclient.Metadata) error {
	if t.asJSON {
		return t.writeJSON(newStateJSON(told))
	}
	lines := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	line := func(name string, value any) { fmt.Fprintf(lines, "%s\t%v\n", name, value) }
	line("state", told.State)
	line("server says", printable(told.ServerState))
	line("created", when(told.Created))
	if !told.Received.IsZero() {
		line("opened", when(told.Received))
	}
	if !told.Previewed.IsZero() {
		line("link seen", when(told.Previewed))
	}
	if told.State == otsclient.StateWaiting {
		line("remaining", told.Remaining)
		line("passphrase", yesNo(told.PassphraseRequired))
	}
	if told.HasViews {
		line("looked at", told.Views)
	}
	return lines.Flush()
}

func recent(ctx context.Context, t *task) error {
	list, err := t.client.Recent(ctx)
	if err != nil {
		return err
	}
	if t.asJSON {
		return t.writeJSON(t.recentJSON(list))
	}
	table := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CREATED\tSTATE\tSERVER SAYS\tRECEIPT")
	for _, told := range list {
		receipt := told.Key.Fingerprint()
		if t.showLinks {
			receipt = t.client.ReceiptLink(told.Key, "")
		}
		fmt.Fprintf(table, "%s\t%v\t%s\t%s\n", when(told.Created), told.State, printable(told.ServerState), receipt)
	}
	return table.Flush()
}

func when(at time.Time) string {
	if at.IsZero() {
		return "unknown"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
