package slackfake

import (
	"context"
	"slices"
)

// Connections is the number of open connections.
func (w *Workspace) Connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.openConns())
}

// ConnectionNumbers are the numbers of the open connections, oldest first, as
// they stand in the journal and as Send takes them.
func (w *Workspace) ConnectionNumbers() []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	var numbers []int
	for _, c := range w.openConns() {
		numbers = append(numbers, c.number)
	}
	return numbers
}

// WaitConnected returns when at least n connections are open.
func (w *Workspace) WaitConnected(ctx context.Context, n int) error {
	return w.Wait(ctx, func() bool { return w.Connections() >= n })
}

// Disconnect sends a disconnect of the given reason to every open connection,
// or to those numbered. After a warning or a refresh_requested they live for
// ten more seconds, otherwise they are closed at once.
func (w *Workspace) Disconnect(reason string, numbers ...int) {
	w.eachConn(numbers, func(c *conn) { w.disconnect(c, reason) })
}

// KillConnections cuts every open connection, or those numbered, without a
// close frame.
func (w *Workspace) KillConnections(numbers ...int) {
	w.eachConn(numbers, func(c *conn) { c.kill() })
}

// HangConnections makes every open connection, or those numbered, a dead peer
// that nobody noticed: nothing is sent or read any more, no pings either, and
// what Slack puts on it is lost.
func (w *Workspace) HangConnections(numbers ...int) {
	w.eachConn(numbers, func(c *conn) { c.hung = true })
}

func (w *Workspace) eachConn(numbers []int, do func(*conn)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.openConns() {
		if len(numbers) == 0 || slices.Contains(numbers, c.number) {
			do(c)
		}
	}
	w.broadcast()
}

// StopPings stops, or resumes, the pings on all connections.
func (w *Workspace) StopPings(stop bool) { w.locked(func() { w.pingsStopped = stop }) }

// DeliverTwice makes every envelope arrive twice, on two connections if there
// are two.
func (w *Workspace) DeliverTwice(twice bool) { w.locked(func() { w.deliverTwice = twice }) }

// ExpireTriggers makes every trigger_id expire at once, or live again as long
// as it should.
func (w *Workspace) ExpireTriggers(expire bool) { w.locked(func() { w.triggersExpire = expire }) }
