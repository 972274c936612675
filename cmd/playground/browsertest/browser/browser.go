// Package browser plays people at the playground's page, in a real Chromium
// without a window. The tests of the page and its screenshot are made with it.
//
// [Start] runs the playground's own command; [Playground.As] opens a tab for
// a person, in which everything is done as people do it: by clicks and keys.
package browser

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long one step may take: a slow OneTimeSecret takes eight
// seconds, and the machine may be busy.
const patience = 40 * time.Second

// Chromium is a running browser.
type Chromium struct {
	ctx   context.Context
	close context.CancelFunc
}

// Open starts the browser. It has to be installed: apt-get install chromium.
func Open(ctx context.Context) (*Chromium, error) {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, errors.New("no Chromium is installed (apt-get install chromium)")
	}
	allocated, free := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(path),
		chromedp.Flag("headless", true),
		chromedp.Flag("no-sandbox", true), // tests run as root, in containers
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true),
	)
	browser, stop := chromedp.NewContext(allocated)
	if err := chromedp.Do(browser); err != nil {
		stop()
		free()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return &Chromium{ctx: browser, close: func() { stop(); free() }}, nil
}

// Close ends the browser.
func (c *Chromium) Close() { c.close() }

// Build builds the playground's command into a folder. root is the folder of
// the main module.
func Build(root, into string) (command string, err error) {
	command = filepath.Join(into, "playground")
	build := exec.Command("go", "build", "-o", command, "./cmd/playground")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the playground: %w\n%s", err, out)
	}
	return command, nil
}

// Playground is a running playground.
type Playground struct {
	URL     string // without a slash at the end
	Slack   string // the offline Slack's, likewise
	browser *Chromium
	process *exec.Cmd
}

var opened, slackAt = regexp.MustCompile(`Open  (http://[^/]+)/`), regexp.MustCompile(`(http://[^/]+)/api/`)

// Start starts the playground's command on free ports, with settings of the
// bot as environment variables, and with more arguments.
func Start(b *Chromium, command string, settings []string, args ...string) (*Playground, error) {
	process := exec.Command(command, append([]string{"-listen", "127.0.0.1:0"}, args...)...)
	process.Env = append(os.Environ(), settings...)
	process.Stderr = os.Stderr
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the playground: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("start the playground: %w", err)
	}
	p := &Playground{browser: b, process: process}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if found := opened.FindStringSubmatch(lines.Text()); found != nil {
			p.URL = found[1]
		}
		if found := slackAt.FindStringSubmatch(lines.Text()); found != nil {
			p.Slack = found[1]
			go func() { // so that it never waits for a reader
				for lines.Scan() {
				}
			}()
			return p, nil
		}
	}
	return nil, errors.Join(errors.New("the playground doesn't say where it is"), process.Wait())
}

// Stop ends the playground as Ctrl-C does, and says how that went.
func (p *Playground) Stop() error {
	if err := p.process.Process.Signal(syscall.SIGINT); err != nil {
		return fmt.Errorf("stop the playground: %w", err)
	}
	if err := p.process.Wait(); err != nil {
		return fmt.Errorf("stop the playground: %w", err)
	}
	return nil
}

// The people and places of the playground.
const (
	Ana   = "U0ANA"
	Bob   = "U0BOB"
	Chloe = "U0CHLOE"
	Dev   = "U0DEV"
	Eva   = "U0EVA"  // a guest
	Finn  = "U0FINN" // of another organisation

	Deploys = "C0DEPLOYS"
	Coffee  = "C0COFFEE"
	Launch  = "C0LAUNCH"
	OnCall  = "C0ONCALL" // full of messages to try the shortcut on
	Payroll = "G0PAYROLL"
	Partner = "C0PARTNER" // shared with another organisation
)

// AppDM is where a person reads what the app has to say.
func AppDM(user string) string { return "D" + user + "APP" }
