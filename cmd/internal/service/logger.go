package service

import (
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"otsbot/bot"
)

// Log is the process's log. To write to it never waits: see backlog.
type Log struct {
	*zap.Logger
	backlog *backlog
}

// Close waits for what isn't written yet, for two seconds at most.
func (l *Log) Close() { l.backlog.flush() }

// NewLogger makes the process's logger: level and format as LOG_LEVEL and
// LOG_FORMAT have them, times in UTC. Callers and stack traces are off: they
// would print the paths of the machine that built the binary, and the bot
// writes down what it wants known of a panic itself.
//
// Audit events are written at every level: who asks for less noise doesn't ask
// for less evidence. They are also the last to be dropped where nobody reads w.
func NewLogger(level, format string, w io.Writer) (*Log, error) {
	minimum, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("read log level: not one of debug, info, warn, error")
	}
	encoding := zap.NewProductionEncoderConfig()
	encoding.TimeKey = "time"
	encoding.EncodeTime = func(t time.Time, out zapcore.PrimitiveArrayEncoder) {
		zapcore.ISO8601TimeEncoder(t.UTC(), out)
	}
	encoding.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(encoding)
	if format == "console" {
		encoding.EncodeLevel = zapcore.CapitalLevelEncoder
		encoder = zapcore.NewConsoleEncoder(encoding)
	}
	waiting := newBacklog(w)
	core := func(kind *tally) zapcore.Core {
		return zapcore.NewCore(encoder.Clone(), waiting.of(kind), zapcore.DebugLevel)
	}
	// What zap itself has to say of a line would quote it.
	log := zap.New(audited{core(&waiting.other), core(&waiting.audit), minimum}, zap.ErrorOutput(zapcore.AddSync(io.Discard)))
	return &Log{log, waiting}, nil
}

// audited is a core that writes from a minimum level on, and audit events
// always.
type audited struct {
	zapcore.Core
	audit   zapcore.Core
	minimum zapcore.Level
}

// Enabled is asked before the logger's name is known, so that it lets the level
// of audit events through; Check sorts out the others.
func (c audited) Enabled(level zapcore.Level) bool {
	return level >= zapcore.InfoLevel || c.minimum.Enabled(level)
}

func (c audited) With(fields []zapcore.Field) zapcore.Core {
	return audited{c.Core.With(fields), c.audit.With(fields), c.minimum}
}

func (c audited) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.LoggerName == bot.AuditLogger || c.minimum.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

func (c audited) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	if entry.LoggerName == bot.AuditLogger {
		return c.audit.Write(entry, fields)
	}
	return c.Core.Write(entry, fields)
}
