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
// ctx is done. Without its store the bot is ready, and says so: what people do
// goes on.
func newHealthServer(ctx context.Context, app *bot.Bot, metrics http.Handler) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, app.Live(), "ok", "the bot hangs")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if ctx.Err() != nil {
			answer(w, false, "", "stopping")
			return
		}
		ready := "ok"
		if trouble := app.StoreTrouble(); trouble != "" {
			ready += "; " + trouble
		}
		answer(w, app.Ready(), ready, "no connection to Slack")
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

func answer(w http.ResponseWriter, well bool, then, otherwise string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if well {
		io.WriteString(w, then+"\n")
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	io.WriteString(w, otherwise+"\n")
}
