package bot

import (
	"context"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
)

// ledger is what is written down of secrets, and its one writer: it changes
// receipts (change.go), one writer after the other (sheets.go), says of those that
// are over that they are (over.go), and remembers them (remember.go).
type ledger struct {
	*voice
	memory   *memory.Memory
	locks    *locks
	beside   text.Beside          // what a receipt's message is made with
	changed  func(creator string) // is told of each change that was shown
	receipts receipts
	unkept   unkept
}

// receipt is the creator's private message about a receipt.
func (l *ledger) receipt(r receipt.Receipt) text.Message {
	return l.words(r.Creator).Receipt(r, l.beside)
}

// link is the link of a row, which opens its secret.
func (l *ledger) link(r receipt.Receipt, row receipt.Row) string {
	return l.beside.Links.SecretLink(r.Link(row))
}

// receiptOf is the receipt that a pressed button belongs to, as it was last
// written, and, of a row's own button, whose row it is.
func (l *ledger) receiptOf(ctx context.Context, in *interaction, cb payload.Payload) (r receipt.Receipt, only string, err error) {
	pressed := cb.Actions[0]
	r, only, err = receipt.Read(l.beside.Keys, receipt.Press{User: cb.User.ID, Action: pressed.ActionID, Value: pressed.Value,
		Blocks: payload.Blocks(cb.Message), At: receiptAt(cb)})
	if err == nil {
		r, err = l.newest(ctx, r)
	}
	return r, only, err
}

// newest is a receipt as it was last written, by this process or another: as the
// memory has it or, where that could not take it, as this process does.
func (l *ledger) newest(ctx context.Context, was receipt.Receipt) (receipt.Receipt, error) {
	if was.Change == 0 {
		return was, nil // nobody has written it
	}
	r, err := l.receipts.newest(was)
	if kept, ok := l.recall(ctx, was.ID); ok && kept.Creator == was.Creator && kept.Change >= r.Change {
		return kept, nil
	}
	return r, err
}
