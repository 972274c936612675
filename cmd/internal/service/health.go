package service

import (
	"context"
	"io"
	"net/http"
	"time"

	"otsbot/bot"
)

// newHealthServer serves what Kubernetes and Prometheus ask. /livez turns on the process's
// own loops and not on a Slack outage, which a restart wouldn't mend. /readyz
// turns on a socket that is open and heard, and says no from the moment that
// ctx is done.
func newHealthServer(ctx context.Context, app *bot.Bot, metrics http.Handler) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, app.Live(), "the bot hangs")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if ctx.Err() != nil {
			answer(w, false, "stopping")
			return
		}
		answer(w, app.Ready(), "no connection to Slack")
	})
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10, // probes and scrapers send little
	}
}

func answer(w http.ResponseWriter, well bool, otherwise string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if well {
		io.WriteString(w, "ok\n")
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	io.WriteString(w, otherwise+"\n")
}
