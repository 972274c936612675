package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"otsbot/cmd/internal/service"
	"otsbot/cmd/playground/page"
	"otsbot/cmd/playground/stage"
	"otsbot/internal/tcpproxy"
)

// serving is what the page is asked for on the command line.
type serving struct {
	listen   string // where the page is
	noBot    bool   // another app than ours is to be connected
	manifest string // of that app, if there is one
	store    string // a STORE_URL
	stage    stage.Options
}

// serve plays until ctx is done: the page, an offline Slack and an offline
// OneTimeSecret on the two ports behind the page's, and the bot.
func serve(ctx context.Context, s serving, stdout, stderr io.Writer) error {
	app, err := s.app()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("open the page (-listen chooses another address): %w", err)
	}
	defer listener.Close()
	s.stage.App = app
	var proxy *tcpproxy.Proxy
	if s.stage.Store, proxy, err = takeable(cmp.Or(s.store, os.Getenv("STORE_URL"))); err != nil {
		return err
	}
	var take func() (back func())
	if proxy != nil {
		defer proxy.Close()
		take = func() func() {
			proxy.Cut(true)
			return func() { proxy.Cut(false) }
		}
	}
	set, err := stage.Open(behind(s.listen, 1), behind(s.listen, 2), s.stage)
	if err != nil {
		return err
	}
	defer set.Close()
	if err := set.Seed(); err != nil {
		return err
	}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	host, _, _ := net.SplitHostPort(s.listen)
	server := &http.Server{
		Handler:           page.New(set, page.Options{App: app, AnyCommand: s.noBot, Host: host, TakeStore: take}),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the streams of events
	}
	defer server.Close()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	greet(stdout, set, listener.Addr(), s.noBot)

	if s.noBot {
		select {
		case <-ctx.Done():
			return nil
		case err := <-served:
			return fmt.Errorf("serve the page: %w", err)
		}
	}
	log, err := service.NewLogger("warn", "console", stderr)
	if err != nil {
		return err
	}
	defer log.Close()
	go func() { // a page that can't be served ends the bot
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			stop()
		}
	}()
	return set.RunBot(ctx, log)
}

// app is what people see of the app that is connected.
func (s serving) app() (stage.App, error) {
	switch {
	case !s.noBot:
		return stage.OwnApp(), nil
	case s.manifest == "":
		return stage.App{Name: "The app", HomeTab: true, Events: []string{"app_home_opened"}}, nil
	}
	return stage.ReadManifest(s.manifest)
}

// behind is the loopback address so many ports behind another. Slack and
// OneTimeSecret stay on this machine, wherever the page is: the bot takes plain
// HTTP nowhere else.
func behind(listen string, n int) string {
	_, port, _ := net.SplitHostPort(listen)
	number, err := strconv.Atoi(port)
	if err != nil || number == 0 {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(number+n))
}

func greet(out io.Writer, set *stage.Stage, at net.Addr, noBot bool) {
	fmt.Fprintf(out, "Open  http://%s/  in a browser. Ctrl-C ends it, and all of it is gone.\n\n", at)
	if !noBot {
		fmt.Fprintf(out, "An offline Slack is at %s/api/, an offline OneTimeSecret at %s.\n", set.SlackURL, set.OTSURL)
		return
	}
	fmt.Fprintf(out, "No app is connected. Point one here, in Socket Mode:\n\n"+
		"  Web API    %s/api/\n  bot token  %s\n  app token  %s\n", set.SlackURL, set.Slack.BotToken(), set.Slack.AppToken())
}
