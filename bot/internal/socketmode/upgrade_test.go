package socketmode

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"otsbot/bot/slackfake"
)

// upgraded is what a server answers that takes the upgrade, with more headers.
func upgraded(r *http.Request, headers string) string {
	// RFC 6455, 4.2.2
	accept := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(accept[:]) + "\r\n" + headers + "\r\n"
}

// Whatever answers the request for a socket takes no more memory than a socket is
// worth: headers end, and no frame is unpacked.
func TestWhatTheAnswerToAnUpgradeMayBe(t *testing.T) {
	t.Parallel()
	endless := strings.Repeat("X-Canary: canary\r\n", 1000)
	const hello = "\x81\x10" + helloFrame
	for name, c := range map[string]struct {
		says func(r *http.Request, conn *bufio.Writer) error
		want string
	}{
		"a socket": {func(r *http.Request, w *bufio.Writer) error {
			_, err := io.WriteString(w, upgraded(r, "X-Backend: wss\r\n")+hello)
			return err
		}, ""},
		"headers without end": {func(r *http.Request, w *bufio.Writer) error {
			_, err := io.WriteString(w, "HTTP/1.1 101 Switching Protocols\r\n")
			for err == nil {
				_, err = io.WriteString(w, endless)
			}
			return err
		}, "dial socket: answer too long"},
		"an extension": {func(r *http.Request, w *bufio.Writer) error {
			_, err := io.WriteString(w, upgraded(r, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n")+hello)
			return err
		}, "dial socket: Slack chose an extension that wasn't offered"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var closed atomic.Bool
				dial, stop := slackfake.ServeMemory(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					conn, rw, err := w.(http.Hijacker).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					defer conn.Close()
					if c.says(r, rw.Writer) == nil && rw.Flush() == nil {
						_, _ = io.Copy(io.Discard, conn)
					}
					closed.Store(true)
				}))
				defer stop()
				s := New(Config{Open: func(context.Context) (string, error) { return "ws://slack.test/link", nil }, Plain: true, Connections: 1, DialContext: dial}, nil)
				conn, err := s.open(t.Context())
				if c.want == "" {
					if err != nil {
						t.Fatal(err)
					}
					conn.shut()
				} else if err == nil || err.Error() != c.want {
					t.Fatalf("%v, want %s", err, c.want)
				}
				synctest.Wait()
				if !closed.Load() {
					t.Error("the connection was left open")
				}
			})
		})
	}
}
