package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"
)

// twice answers as the handler does, and sends the answer's body once more
// behind it, on the connection that is kept.
func twice(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			handler.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		conn, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprintf(buffer, "HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", answer.Code, answer.Body.Len())
		fmt.Fprintf(buffer, "%[1]s%[1]s", answer.Body)
		buffer.Flush()
		buffer.ReadByte() // it hangs up
	})
}

// net/http quotes what a server says out of turn, and writes that to the
// standard logger.
func TestNothingThatAServerSaysOutOfTurnIsOnStandardError(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-s3cr3t"
	w := newWorld(t)
	slack, ots := httptest.NewServer(twice(w.slack)), httptest.NewServer(twice(w.gate))
	defer slack.Close()
	defer ots.Close()
	defer w.slack.Close()
	w.settings["SLACK_API_URL"], w.settings["OTS_URL"] = slack.URL+"/api/", ots.URL
	p, health := w.run(t)
	w.typed(t, p, canary)
	link := w.links(t, p.ctx, 1)[0]
	p.logged("interaction")
	receipt := w.slack.Messages(ana, w.slack.AppDM(ana))[0]
	if _, err := w.slack.Press(p.ctx, ana, receipt, "Check"); err != nil {
		t.Fatal(err)
	}
	p.logged("interaction")
	_, metrics := get(t, health+"/metrics")
	counted := regexp.MustCompile(`otsbot_log_lines_dropped_total\{kind="library"\} [1-9]`)
	if !counted.MatchString(metrics) {
		t.Error("no library wrote a line, or nobody counted it")
	}
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	secrets := []string{"Unsolicited", "CANARY", w.slack.BotToken(), w.slack.AppToken(), lastPart(link)}
	for _, private := range receipt.Links() {
		secrets = append(secrets, lastPart(private))
	}
	for _, secret := range secrets {
		if strings.Contains(p.output(), secret) {
			t.Errorf("standard error holds %q", secret)
		}
	}
}

// Nobody reads standard error: a stalled log driver, a full disk.
func TestALogThatIsNotReadHoldsUpNothing(t *testing.T) {
	t.Parallel()
	const commands = 300 // their lines are more than a pipe holds
	w := newWorld(t)
	w.settings["LISTEN_ADDR"] = freeAddress(t)
	p, _ := startUnread(t, w.settings)
	w.connected(t, p)
	w.typedAtOnce(t, p, commands)
	w.links(t, p.ctx, commands)
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// A write to standard error when nobody holds it any more would end a Go
// program by SIGPIPE.
func TestALogThatNobodyHoldsEndsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings["LISTEN_ADDR"] = freeAddress(t)
	p, stderr := startUnread(t, w.settings)
	w.connected(t, p)
	stderr.Close()
	w.typed(t, p, "one")
	w.links(t, p.ctx, 1)
	w.typed(t, p, "two")
	w.links(t, p.ctx, 2)
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}
