package load

import (
	"math"
	"testing"
	"time"
)

// Worked out as Prometheus' histogram_quantile would: evenly within a bucket.
func TestAQuantileIsEstimatedFromItsBucket(t *testing.T) {
	t.Parallel()
	acks := histogram{{.001, 0}, {.002, 60}, {.01, 98}, {.02, 99}, {math.Inf(1), 100}}
	for q, want := range map[float64]time.Duration{
		.3:   1500 * time.Microsecond,
		.6:   2 * time.Millisecond,
		.79:  6 * time.Millisecond,
		.985: 15 * time.Millisecond,
		1:    20 * time.Millisecond, // more, but nobody knows how much
	} {
		if got := acks.quantile(q); got != want {
			t.Errorf("%v: %s, want %s", q, got, want)
		}
	}
	if got := (histogram{{.001, 0}, {math.Inf(1), 0}}).quantile(.99); got != 0 {
		t.Errorf("of nothing: %s", got)
	}
}
