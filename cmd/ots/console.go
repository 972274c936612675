package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"otsbot/otsclient"
)

// console is where the command reads and writes.
type console struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	isTerminal func(stream any) bool
	// ask prints a question and reads an answer without showing it.
	ask func(question string) (string, error)
}

func standardConsole() *console {
	return &console{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		isTerminal: func(stream any) bool {
			file, ok := stream.(*os.File)
			return ok && term.IsTerminal(int(file.Fd()))
		},
		ask: askTerminal,
	}
}

// askTerminal asks the person at the terminal, also when standard input is
// something else.
func askTerminal(question string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errors.New("there's no terminal to ask at")
	}
	defer tty.Close()
	fmt.Fprint(tty, question)
	defer fmt.Fprintln(tty)
	answer, err := term.ReadPassword(int(tty.Fd()))
	if err != nil {
		return "", errors.New("the terminal couldn't be read")
	}
	return string(answer), nil
}

// readSecret reads standard input to its end, or asks. What is piped in is
// taken byte for byte, but for one line break at its end, which echo and
// editors add.
func (t *task) readSecret() (otsclient.Plaintext, error) {
	if t.isTerminal(t.stdin) {
		text, err := t.ask("Secret: ")
		return otsclient.NewPlaintext(text), err
	}
	// One byte more than the largest secret and its line break is enough to
	// see that it is too long.
	text, err := io.ReadAll(io.LimitReader(t.stdin, otsclient.MaxSecretBytes+3))
	if err != nil {
		return otsclient.Plaintext{}, errors.New("standard input couldn't be read")
	}
	return otsclient.NewPlaintext(withoutLineBreak(string(text))), nil
}

// readKey takes the argument, or asks; a key of the other kind is refused
// with a hint, since people mix them up.
func (t *task) readKey(want otsclient.KeyKind) (otsclient.Key, error) {
	given := t.key
	if given == "" {
		text, err := t.readSecret()
		if err != nil {
			return otsclient.Key{}, err
		}
		given = text.Reveal()
	}
	key, kind, err := otsclient.ParseKey(given)
	switch {
	case err != nil:
		return otsclient.Key{}, usageError{errors.New("that isn't a OneTimeSecret key or link")}
	case kind == otsclient.KindMetadata && want == otsclient.KindSecret:
		return otsclient.Key{}, usageError{errors.New("that's the private link, which can't open the secret; use the one that was shared")}
	case kind == otsclient.KindSecret && want == otsclient.KindMetadata:
		return otsclient.Key{}, usageError{errors.New("that link opens the secret; this command takes the private one")}
	}
	return key, nil
}

// readPassphrase reads the passphrase from where the flags say.
func (t *task) readPassphrase() (otsclient.Plaintext, error) {
	switch {
	case t.phraseFile != "" && t.askPhrase:
		return otsclient.Plaintext{}, usageError{errors.New("use -p or -passphrase-file, not both")}
	case t.phraseFile != "":
		text, err := os.ReadFile(t.phraseFile)
		if err != nil {
			return otsclient.Plaintext{}, fmt.Errorf("read passphrase: %w", err)
		}
		return otsclient.NewPlaintext(withoutLineBreak(string(text))), nil
	case t.askPhrase:
		text, err := t.ask("Passphrase: ")
		return otsclient.NewPlaintext(text), err
	}
	return otsclient.Plaintext{}, nil
}

// readNewPassphrase is readPassphrase, and asks twice: a slip could not be
// undone, not even by burning.
func (t *task) readNewPassphrase() (otsclient.Plaintext, error) {
	passphrase, err := t.readPassphrase()
	if err != nil || !t.askPhrase {
		return passphrase, err
	}
	again, err := t.ask("Passphrase again: ")
	if err == nil && again != passphrase.Reveal() {
		err = errors.New("the passphrases don't match")
	}
	return passphrase, err
}

// printable is what somebody else wrote, without what would steer a terminal:
// control characters and those that turn the direction of writing.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.In(r, unicode.Cc, unicode.Bidi_Control):
			return utf8.RuneError
		}
		return r
	}, text)
}

// showSecret prints a secret as it is, but not to a terminal what would steer
// it: whoever wrote the secret may not be a friend.
func (t *task) showSecret(text string) {
	if !t.isTerminal(t.stdout) {
		fmt.Fprint(t.stdout, text)
		return
	}
	text = strings.ReplaceAll(text, "\r\n", "\n") // to see, they are the same
	shown := printable(text)
	fmt.Fprint(t.stdout, shown)
	if !strings.HasSuffix(shown, "\n") {
		fmt.Fprintln(t.stdout) // in a file it would be part of the secret
	}
	if shown != text {
		fmt.Fprintln(t.stderr, "Some characters, such as control characters, can't be shown: each appears here as \ufffd. In a file, they stay as they are.")
	}
}

func withoutLineBreak(text string) string {
	if line, ok := strings.CutSuffix(text, "\r\n"); ok {
		return line
	}
	return strings.TrimSuffix(text, "\n")
}
