package bot

import "otsbot/bot/internal/text"

// everyone is the reader of what many people read.
const everyone = ""

// words is what speaks to a reader: the one place where their language is
// chosen.
func (b *Bot) words(reader string) *text.Printer { return b.printer }
