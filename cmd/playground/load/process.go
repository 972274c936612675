package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"otsbot/cmd/internal/service"
)

// Bot runs the bot and nothing else, as cmd/otsbot does: the process that is
// measured. What takes its processor time is written to profile, unless that is "".
func Bot(ctx context.Context, profile string, stderr io.Writer) error {
	if profile != "" {
		file, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	cfg, err := service.Load()
	if err != nil {
		return err
	}
	log, err := service.NewLogger(cfg.LogLevel, cfg.LogFormat, stderr)
	if err != nil {
		return err
	}
	defer log.Close()
	return service.Run(ctx, cfg, log, service.Options{})
}

// startBot starts this program once more, as the bot alone.
func (s *stage) startBot(ctx context.Context, settings ...string) (*process, error) {
	return s.start(ctx, botWith(""), settings...)
}

// botWith are this program's arguments to be the bot, see [Bot].
func botWith(profile string) []string { return []string{"-bot", "-profile=" + profile} }

// start starts this program once more, in the role that its arguments say, with
// the settings for this stage.
func (s *stage) start(ctx context.Context, role []string, settings ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, role...)
	cmd.Env = append(os.Environ(),
		"SLACK_BOT_TOKEN="+s.slack.BotToken(), "SLACK_APP_TOKEN="+s.slack.AppToken(), "SLACK_API_URL="+s.slackURL+"/api/",
		"OTS_URL="+s.otsURL, "LISTEN_ADDR="+addr)
	if os.Getenv("LOG_LEVEL") == "" {
		cmd.Env = append(cmd.Env, "LOG_LEVEL=error")
	}
	cmd.Env = append(cmd.Env, settings...)
	cmd.Stderr = os.Stderr
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start it again: %w", err)
	}
	return &process{cmd: cmd, started: started, metrics: "http://" + addr + "/metrics"}, nil
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// process is the bot, seen from outside.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	metrics string // URL
}

func (p *process) kill() { _ = p.cmd.Process.Kill() }

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// usage is what a process has used so far, by /proc. Where there is none, it
// is zero and not reported.
type usage struct {
	resident, peak int // kB
	goroutines     int
	cpu            time.Duration
}

// clockTick is what /proc counts processor time in: USER_HZ is 100 on Linux.
const clockTick = 10 * time.Millisecond

func (p *process) usage() usage {
	u := p.used()
	u.goroutines = p.goroutines()
	return u
}

// used is usage without what only the bot itself can tell.
func (p *process) used() (u usage) {
	dir := "/proc/" + strconv.Itoa(p.cmd.Process.Pid)
	status, _ := os.ReadFile(dir + "/status")
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		number, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch name {
		case "VmRSS":
			u.resident = number
		case "VmHWM":
			u.peak = number
		}
	}
	stat, _ := os.ReadFile(dir + "/stat")
	if _, after, ok := strings.Cut(string(stat), ") "); ok { // behind the name, which may hold spaces
		if fields := strings.Fields(after); len(fields) > 12 {
			user, _ := strconv.Atoi(fields[11])
			system, _ := strconv.Atoi(fields[12])
			u.cpu = time.Duration(user+system) * clockTick
		}
	}
	return u
}

// metricsNow asks for the bot's own metrics, by their names with labels.
func (p *process) metricsNow() map[string]float64 {
	resp, err := http.Get(p.metrics)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	now := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok && name != "#" {
			now[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return now
}

func (p *process) goroutines() int { return int(p.metricsNow()["go_goroutines"]) }

// goroutinesSettled waits until there are hardly more goroutines than when
// the bot was idle: pooled connections keep two each until they time out, so
// it may take a minute and a half.
func (p *process) goroutinesSettled(ctx context.Context, idle int) int {
	n := p.goroutines()
	for deadline := time.Now().Add(2 * time.Minute); n > idle+4 && time.Now().Before(deadline) && ctx.Err() == nil; n = p.goroutines() {
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
		}
	}
	return n
}
