package service

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"otsbot/bot"
)

// stalled takes nothing until it is read, which is when read is closed.
type stalled struct {
	bytes.Buffer
	read chan struct{}
}

func (s *stalled) Write(p []byte) (int, error) {
	<-s.read
	return s.Buffer.Write(p)
}

func TestALogThatStallsDropsAuditEventsLastAndCounts(t *testing.T) {
	out := &stalled{read: make(chan struct{})}
	log, err := NewLogger("info", "json", out)
	if err != nil {
		t.Fatal(err)
	}
	const lines, events = 20_000, 1_000
	for range lines {
		log.Info("noise", zap.String("filler", strings.Repeat("x", 100)))
	}
	audit := log.Named(bot.AuditLogger)
	for range events {
		audit.Info("event")
	}
	close(out.read)
	log.Close()
	written, kept := strings.Count(out.String(), `"noise"`), strings.Count(out.String(), `"event"`)
	if kept != events || written == 0 || written == lines {
		t.Errorf("%d of %d audit events are written, and %d of %d other lines", kept, events, written, lines)
	}
	if dropped := lost(t, log); dropped["other"] != float64(lines-written) || dropped["audit"] != 0 {
		t.Errorf("counted as dropped: %v, want %d others", dropped, lines-written)
	}
	log.Info("as ever")
	log.Close()
	if !strings.Contains(out.String(), "as ever") {
		t.Error("nothing is written once it is read again")
	}
}

func TestEvenAuditEventsHaveABound(t *testing.T) {
	out := &stalled{read: make(chan struct{})}
	log, err := NewLogger("info", "json", out)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 * maxBacklog / 1000 {
		log.Named(bot.AuditLogger).Info("event", zap.String("filler", strings.Repeat("x", 1000)))
	}
	if lost(t, log)["audit"] == 0 {
		t.Error("none was dropped")
	}
	close(out.read)
	log.Close()
	if out.Len() > maxBacklog {
		t.Errorf("%d bytes waited, want %d at most", out.Len(), maxBacklog)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestALogThatCannotBeWrittenIsCounted(t *testing.T) {
	log, err := NewLogger("info", "json", broken{})
	if err != nil {
		t.Fatal(err)
	}
	log.Info("a line")
	log.Named(bot.AuditLogger).Info("an event")
	log.Close()
	if dropped := lost(t, log); dropped["other"] != 1 || dropped["audit"] != 1 {
		t.Errorf("counted as dropped: %v", dropped)
	}
}

// lost is what /metrics says of the log, by kind.
func lost(t *testing.T, log *Log) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(log.backlog.collectors()...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string]float64{}
	for _, m := range families[0].GetMetric() {
		byKind[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
	}
	return byKind
}
