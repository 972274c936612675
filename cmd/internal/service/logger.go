package service

import (
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// NewLogger makes the process's logger: level and format as LOG_LEVEL and
// LOG_FORMAT have them, times in UTC. Callers and stack traces are off: they
// would print the paths of the machine that built the binary, and the bot
// writes down what it wants known of a panic itself.
func NewLogger(level, format string, w io.Writer) (*zap.Logger, error) {
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
	core := zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), minimum)
	return zap.New(core, zap.ErrorOutput(zapcore.Lock(zapcore.AddSync(w)))), nil
}
