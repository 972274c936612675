package service

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"otsbot/bot"
)

func TestALogLineIsJSONWithUTCTimeAndNoCaller(t *testing.T) {
	var out bytes.Buffer
	log, err := NewLogger("info", "json", &out)
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("too quiet")
	log.Error("it broke", zap.String("channel_id", "C1"), zap.Duration("took", 1500*time.Millisecond))

	log.Close()

	var line map[string]string
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %q", err, out.String())
	}
	at, err := time.Parse("2006-01-02T15:04:05.000Z", line["time"])
	if err != nil || time.Since(at).Abs() > time.Hour {
		t.Errorf("time = %q, want now, in UTC", line["time"])
	}
	delete(line, "time")
	want := map[string]string{"level": "error", "msg": "it broke", "channel_id": "C1", "took": "1.5s"}
	for key, value := range want {
		if line[key] != value {
			t.Errorf("%s = %q, want %q", key, line[key], value)
		}
	}
	if len(line) != len(want) {
		t.Errorf("line holds %v, want only %v and the time: no caller, no stack", line, want)
	}
}

func TestAConsoleLineIsForPeople(t *testing.T) {
	var out bytes.Buffer
	log, err := NewLogger("debug", "console", &out)
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("heard", zap.String("type", "hello"))
	log.Close()
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "\tDEBUG\theard\t{\"type\": \"hello\"}") {
		t.Errorf("line = %q", got)
	}
}

func TestALevelThatIsNoneIsRefused(t *testing.T) {
	if _, err := NewLogger("loud", "json", &bytes.Buffer{}); err == nil {
		t.Error("NewLogger accepted it")
	}
}

func TestAuditEventsAreWrittenAtEveryLevel(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"debug", "info", "warn", "error"} {
		var out bytes.Buffer
		log, err := NewLogger(level, "json", &out)
		if err != nil {
			t.Fatal(err)
		}
		log.Named(bot.AuditLogger).With(zap.String("team_id", "T1")).Info("audit", zap.String("event", "shared"))
		log.Close()
		if !strings.Contains(out.String(), `"event":"shared"`) {
			t.Errorf("LOG_LEVEL=%s silences audit events", level)
		}
		out.Reset()
		log.Info("interaction")
		log.Close()
		if quiet := level == "warn" || level == "error"; quiet != (out.Len() == 0) {
			t.Errorf("LOG_LEVEL=%s writes %q", level, out.String())
		}
	}
}
