package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
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
}

// command is one of those in the usage.
type command struct {
	takesKey bool
	flags    func(*task, *flag.FlagSet)
	run      func(context.Context, *task) error
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
	}
}

func phraseFlags(t *task, flags *flag.FlagSet) {
	flags.BoolVar(&t.askPhrase, "p", false, "ask for the passphrase")
	flags.StringVar(&t.phraseFile, "passphrase-file", "", "read the passphrase from this `file`; one line break at its end is not part of it")
}

func createFlags(t *task, flags *flag.FlagSet) {
	phraseFlags(t, flags)
	flags.DurationVar(&t.ttl, "ttl", 0, "lifetime, such as 24h; the server may grant another (default: the server's)")
	flags.StringVar(&t.recipient, "recipient", "", "e-mail `address` the server sends the link to; takes an account")
}

func genFlags(t *task, flags *flag.FlagSet) {
	createFlags(t, flags)
	flags.IntVar(&t.length, "length", 0, "length of the password (default: the server's)")
	flags.BoolVar(&t.alsoShowSecret, "show", false, "print the password too, after the link")
}

func recentFlags(t *task, flags *flag.FlagSet) {
	flags.BoolVar(&t.showLinks, "links", false, "print the private links; whoever has one can burn the secret")
}

func status(ctx context.Context, t *task) error {
	if err := t.client.Status(ctx); err != nil {
		return err
	}
	fmt.Fprintln(t.stdout, "The server is there.")
	if !t.hasAccount {
		fmt.Fprintln(t.stdout, "Calls are anonymous.")
		return nil
	}
	if err := t.client.CheckCredentials(ctx); err != nil {
		return err
	}
	fmt.Fprintln(t.stdout, "It takes the account.")
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
	t.tell(shared)
	return nil
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
	t.tell(made.Shared)
	if t.alsoShowSecret {
		fmt.Fprintln(t.stdout, made.Value.Reveal())
	}
	return nil
}

// tell prints the link, alone on standard output, so that it can be piped.
func (t *task) tell(shared otsclient.Shared) {
	fmt.Fprintln(t.stdout, t.client.SecretLink(shared))
	fmt.Fprintln(t.stderr, "Opens once, for", shared.TTL, "at most.")
	if t.ttl > 0 && shared.TTL != t.ttl {
		fmt.Fprintln(t.stderr, "Mind that", t.ttl, "was asked for.")
	}
	fmt.Fprintln(t.stderr, "To look after it and to burn it, for you alone:", t.client.ReceiptLink(shared.MetadataKey, shared.ReceiptPath))
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
	fmt.Fprint(t.stdout, secret.Reveal())
	if t.isTerminal(t.stdout) && !strings.HasSuffix(secret.Reveal(), "\n") {
		fmt.Fprintln(t.stdout) // in a file it would be part of the secret
	}
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
	if err := t.client.Burn(ctx, key, passphrase); err != nil {
		return err
	}
	told, err := t.client.Metadata(ctx, key)
	if err != nil {
		return fmt.Errorf("burned, as the server says; look after it: %w", err)
	}
	t.describe(told)
	return nil
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
	t.describe(told)
	return nil
}

// describe prints what is known, one thing a line.
func (t *task) describe(told otsclient.Metadata) {
	lines := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	defer lines.Flush()
	line := func(name string, value any) { fmt.Fprintf(lines, "%s\t%v\n", name, value) }
	line("state", told.State)
	line("server says", told.ServerState)
	line("created", when(told.Created))
	if !told.Received.IsZero() {
		line("opened", when(told.Received))
	}
	if told.State == otsclient.StateWaiting {
		line("remaining", told.Remaining)
		line("passphrase", yesNo(told.PassphraseRequired))
	}
	if told.HasViews {
		line("looked at", told.Views)
	}
}

func recent(ctx context.Context, t *task) error {
	list, err := t.client.Recent(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CREATED\tSTATE\tSERVER SAYS\tRECEIPT")
	for _, told := range list {
		receipt := told.Key.Fingerprint()
		if t.showLinks {
			receipt = t.client.ReceiptLink(told.Key, "")
		}
		fmt.Fprintf(table, "%s\t%v\t%s\t%s\n", when(told.Created), told.State, told.ServerState, receipt)
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
