package bot

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"otsbot/bot/internal/payload"
)

// telemetry is what whoever runs the app reads: its log, its audit events
// (audit.go) and its metrics (metrics.go).
type telemetry struct {
	log     *zap.Logger
	audit   *zap.Logger
	metrics *metrics
}

func newTelemetry(log *zap.Logger) *telemetry {
	return &telemetry{log: log, audit: log.Named(AuditLogger), metrics: newMetrics()}
}

// summarize writes the one line of a finished interaction: ids and durations,
// never content.
func (t *telemetry) summarize(in *interaction, ackedAt time.Time, ended result) {
	outcome, fingerprint := ended.of()
	if outcome == outcomeIgnored {
		return
	}
	fields := []zapcore.Field{
		zap.String("kind", in.kind),
		zap.String("outcome", string(outcome)),
		zap.Duration("ack", ackedAt.Sub(in.started)),
		zap.Duration("total", time.Since(in.started)),
		zap.String("team_id", in.teamID),
		zap.String("channel_id", in.channelID),
		zap.String("user_id", in.userID),
		zap.String("envelope_id", in.envelopeID),
	}
	if fingerprint != "" {
		fields = append(fields, zap.String("fingerprint", fingerprint))
	}
	t.log.Info("interaction", fields...)
	t.metrics.finished(in, ackedAt, outcome)
}

// unmatched writes down that nothing here answers a payload: after a change of
// the app's manifest, say. What came is shown as far as it is a name.
func (t *telemetry) unmatched(in *interaction, p payload.Payload) outcome {
	fields := []zap.Field{zap.String("kind", nameLike(in.kind)), zap.String("type", nameLike(p.Type)),
		zap.String("callback_id", nameLike(cmp.Or(p.View.CallbackID, p.CallbackID)))}
	if len(p.Actions) > 0 {
		fields = append(fields, zap.String("action_id", nameLike(p.Actions[0].ActionID)))
	}
	t.log.Debug("nothing answers this payload", fields...)
	switch slack.InteractionType(p.Type) {
	case slack.InteractionTypeBlockActions, slack.InteractionTypeViewSubmission:
		// Buttons and forms are this app's own. A shortcut may be in its
		// manifest without being here.
		t.tampered(in, tamperingAction)
	}
	return outcomeIgnored
}

// nameLike lets only what looks like a name into a log.
func nameLike(s string) string {
	const most = 64
	if len(s) > most || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:") != "" {
		return "(not a name)"
	}
	return s
}

// survive, deferred, keeps a bug in a goroutine from ending the process with
// everybody's work in it. Each that handles bytes from outside defers it.
func (t *telemetry) survive(where string) {
	if value := recover(); value != nil {
		t.bug(where, value)
	}
}

// bug logs the type of the value and where it happened. The value itself
// may be anything, so it is not printed.
func (t *telemetry) bug(where string, value any) {
	t.metrics.panics.Inc()
	t.log.Error("panic", zap.String("where", where), zap.String("type", fmt.Sprintf("%T", value)), zap.Strings("stack", stack()))
}

// stack lists function and line of the callers, without the arguments that
// debug.Stack prints.
func stack() []string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(5, pcs)])
	var lines []string
	for {
		f, more := frames.Next()
		lines = append(lines, fmt.Sprintf("%s:%d", f.Function[strings.LastIndex(f.Function, "/")+1:], f.Line))
		if !more {
			return lines
		}
	}
}
