package socketmode

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/gorilla/websocket"
)

// maxUpgradeAnswer bounds what may be read until a connection is a socket:
// gorilla/websocket reads headers of any length.
const maxUpgradeAnswer = 64 << 10

// upgrading is a connection that can't be read for long until it is done.
type upgrading struct {
	net.Conn
	left atomic.Int64 // -1: it is done
}

var errUpgradeTooLong = errors.New("answer too long")

func (u *upgrading) Read(p []byte) (int, error) {
	left := u.left.Load()
	if left < 0 {
		return u.Conn.Read(p)
	}
	if left == 0 {
		return 0, errUpgradeTooLong
	}
	n, err := u.Conn.Read(p[:min(int64(len(p)), left)])
	u.left.Store(left - int64(n))
	return n, err
}

// upgrade opens a socket at a URL. Its error holds nothing of that.
func (s *Pool) upgrade(ctx context.Context, at string) (*websocket.Conn, error) {
	ws, resp, err := s.dialer.DialContext(ctx, at, nil)
	if err != nil {
		// The error may hold the URL and so its ticket: only its kind is told.
		return nil, fmt.Errorf("dial socket: %s", dialTrouble(err, resp))
	}
	if resp.Header.Get("Sec-WebSocket-Extensions") != "" {
		// None was asked for (RFC 6455, 4.1). gorilla/websocket takes
		// permessage-deflate all the same, and bounds what is packed alone.
		_ = ws.Close()
		return nil, errors.New("dial socket: Slack chose an extension that wasn't offered")
	}
	ws.NetConn().(*upgrading).left.Store(-1)
	return ws, nil
}
