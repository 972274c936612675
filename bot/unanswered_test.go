package bot

import (
	"fmt"
	"testing"

	"otsbot/bot/internal/memory"
)

// What a full store didn't take would take the room that receipts wait for.
func TestWhatTheStoreIsStillToBeTold(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		nil:                                     false,
		memory.ErrChanged:                       false,
		memory.ErrFull:                          false,
		fmt.Errorf("put: %w", memory.ErrFull):   false,
		memory.ErrDown:                          true,
		fmt.Errorf("write: %w", memory.ErrDown): true,
	} {
		if got := unanswered(err); got != want {
			t.Errorf("%v: %t, want %t", err, got, want)
		}
	}
}
