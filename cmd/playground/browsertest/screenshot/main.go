// Screenshot takes the picture of the playground that stands at the top of the
// README: a secret was shared, and the inspector shows what crossed.
//
//	go run ./screenshot ../../../docs/playground.png
//
// It needs Chromium, and the main module two folders up.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"otsbot/cmd/playground/browsertest/browser"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: screenshot FILE.png")
		os.Exit(2)
	}
	if err := take(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// take writes one picture in the light theme, and one in the dark one beside
// it, with -dark in its name.
func take(file string) error {
	folder, err := os.MkdirTemp("", "screenshot")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	command, err := browser.Build(filepath.Join("..", "..", ".."), folder)
	if err != nil {
		return err
	}
	chromium, err := browser.Open(context.Background())
	if err != nil {
		return err
	}
	defer chromium.Close()
	playground, err := browser.Start(chromium, command, nil)
	if err != nil {
		return err
	}
	defer playground.Stop()
	bob, err := playground.As(browser.Bob, browser.Deploys)
	if err != nil {
		return err
	}
	defer bob.Close()
	ana, err := playground.As(browser.Ana, browser.Deploys)
	if err != nil {
		return err
	}
	defer ana.Close()
	if err := pose(ana, bob); err != nil {
		return err
	}
	for theme, name := range map[bool]string{false: file, true: strings.TrimSuffix(file, ".png") + "-dark.png"} {
		if err := ana.Dark(theme); err != nil {
			return err
		}
		png, err := ana.Screenshot()
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, png, 0o644); err != nil {
			return fmt.Errorf("write the screenshot: %w", err)
		}
	}
	return nil
}

// pose plays until there is something to see.
func pose(ana, bob *browser.Person) error {
	steps := []func() error{
		func() error { return ana.Sized(1180, 860) },
		func() error { return bob.Sends("Ana, I need the password of the staging database.") },
		func() error { return ana.Sees(".message", "staging database") },
		func() error { return ana.Sends("/secret correct horse battery staple") },
		func() error { return bob.Sees(".message", "@ana shared a secret") },
		func() error { return bob.Sends("Got it, thanks!") },
		func() error { return ana.Sees(".message", "thanks") },
		func() error { return ana.Presses("Inspector: everything that crosses, for developers", "") },
		func() error {
			return ana.Waits(`document.querySelector("iframe").contentDocument?.body?.dataset.fresh`)
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
