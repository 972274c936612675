package memory

import (
	"fmt"
	"testing"
	"time"
)

// Each with 10,000 entries that are out.
func Benchmark(b *testing.B) {
	for _, store := range []string{"memory", "file", "redis"} {
		b.Run(store, func(b *testing.B) {
			w := worlds[store](b)
			m := w.open(b)
			for i := range 10_000 {
				if store == "file" && i >= 1000 {
					break // each is a sync of the disk
				}
				w.put(b, m, fmt.Sprint(i), fmt.Sprint("U", i%100))
			}
			b.Run("put", func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					e := &Entry{ID: fmt.Sprint("put", i), Creator: "another", Payload: make([]byte, 300), At: w.now(), Until: w.in(time.Second)}
					must(b, m.Put(ctx, e))
					w.pass(time.Millisecond)
				}
			})
			b.Run("due", func(b *testing.B) {
				w.pass(time.Hour)
				for b.Loop() {
					es, err := m.Due(ctx, 25, time.Minute)
					must(b, err)
					if len(es) != 25 {
						w.pass(time.Minute)
					}
				}
			})
			b.Run("list", func(b *testing.B) {
				for b.Loop() {
					_, err := m.List(ctx, "U1", 50)
					must(b, err)
				}
			})
			b.Run("claim", func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					_, err := m.Claim(ctx, time.Second, fmt.Sprint("envelope", i), fmt.Sprint("trigger", i))
					must(b, err)
					w.pass(time.Millisecond)
				}
			})
			b.Run("claims at once", func(b *testing.B) {
				b.SetParallelism(8)
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						c, err := m.Claim(ctx, time.Second, fmt.Sprint(time.Now().UnixNano()))
						if err != nil || !c.Won {
							b.Error(c, err)
						}
						w.pass(time.Millisecond)
					}
				})
			})
		})
	}
}
