package bot

import (
	"context"
	"time"

	"otsbot/bot/internal/receipt"
)

// MaxInFlight is how many interactions are worked on at once.
const MaxInFlight = maxInFlight

// MaxOfOne is how many of those one person may have.
const MaxOfOne = maxOfOne

// RememberedKeys counts the rows whose keys the process remembers.
func (b *Bot) RememberedKeys() (n int) {
	b.ledger.receipts.mu.Lock()
	defer b.ledger.receipts.mu.Unlock()
	for _, s := range b.ledger.receipts.all {
		if s.newest != nil {
			n += s.newest.Count(receipt.Row.Live)
		}
	}
	return n
}

// RememberedReceipts counts those of which anything is remembered.
func (b *Bot) RememberedReceipts() int {
	b.ledger.receipts.mu.Lock()
	defer b.ledger.receipts.mu.Unlock()
	return len(b.ledger.receipts.all)
}

// KeepTimeBy gives the store the time by a clock of the test's. Redis's is the true
// one: in a bubble, whose time stands still while the processors are busy with
// something else, a lease would end too early by it.
func (c *Config) KeepTimeBy(now func() time.Time) { c.storeClock = now }

// LockLease is when the lock of a replica that died is free again.
const LockLease = lockLease

// Hold takes a lock, if it is free within the wait.
func (b *Bot) Hold(ctx context.Context, name string, wait time.Duration) (release func(), ok bool) {
	return b.locks.hold(ctx, name, wait)
}
