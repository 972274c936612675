package bot

import (
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
)

// receipt is the creator's private message about a receipt.
func (b *Bot) receipt(r receipt.Receipt) text.Message {
	w := b.words(r.Creator)
	with := text.Beside{Links: b.ots, Keys: b.seal, Followed: b.cfg.Follow}
	return w.Receipt(r, with)
}
