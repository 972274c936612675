package service

import (
	"testing"
	"time"
)

// The other settings are seen to work from outside, by the tests of otsbot. To
// see a timeout work would take its time.
func TestTimeoutsGetWhereTheyBelong(t *testing.T) {
	cfg, err := loadWith(t, map[string]string{"OTS_TIMEOUT": "11s", "SHUTDOWN_TIMEOUT": "12s"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.client().Timeout; got != 11*time.Second {
		t.Errorf("OneTimeSecret gets %s, want OTS_TIMEOUT", got)
	}
	if got := cfg.bot(nil, nil).ShutdownTimeout; got != 12*time.Second {
		t.Errorf("the bot gets %s, want SHUTDOWN_TIMEOUT", got)
	}
}
