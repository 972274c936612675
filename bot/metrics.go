package bot

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/socketmode"
	"otsbot/otsclient"
)

// metrics is what the bot counts. No label holds an id or a key, and each has
// a closed set of values: kinds and outcomes of this package, methods that it
// calls, reasons that it knows.
type metrics struct {
	interactions *prometheus.CounterVec
	ack          prometheus.Histogram
	duration     *prometheus.HistogramVec
	otsCalls     *prometheus.CounterVec
	otsDuration  *prometheus.HistogramVec
	slackCalls   *prometheus.CounterVec
	reconnects   *prometheus.CounterVec
	busy         prometheus.Counter
	refusals     *prometheus.CounterVec
	panics       prometheus.Counter
	secrets      *prometheus.CounterVec
	followLag    prometheus.Histogram
	found        *prometheus.CounterVec
}

// What can become of a secret, as a metric counts it.
const (
	secretCreated     = "created"
	secretBurned      = "burned"
	secretOpened      = "opened"      // found opened by Check or Burn
	secretUndelivered = "undelivered" // nobody could be told, and it could not be burned
)

// Acks matter between a millisecond and Slack's three seconds; whole
// interactions take as long as OneTimeSecret does, and waits for rate limits.
var (
	ackBuckets   = []float64{.001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2, 2.5, 3}
	totalBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2, 5, 10, 15, 30, 60}
	lagBuckets   = []float64{.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600}
)

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "otsbot", Name: name, Help: help}
	}
	m := &metrics{
		interactions: prometheus.NewCounterVec(counter("interactions_total", "What people did, by how it ended."), []string{"kind", "outcome"}),
		ack: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "otsbot", Name: "ack_seconds",
			Help: "From an envelope to its ack. Slack gives up after 3 seconds.", Buckets: ackBuckets}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "otsbot", Name: "interaction_seconds",
			Help: "From an envelope to the end of all that followed.", Buckets: totalBuckets}, []string{"kind"}),
		otsCalls: prometheus.NewCounterVec(counter("ots_calls_total", "Calls to OneTimeSecret, with their repetitions as one."), []string{"method", "outcome"}),
		otsDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "otsbot", Name: "ots_call_seconds",
			Help: "Duration of calls to OneTimeSecret.", Buckets: totalBuckets}, []string{"method"}),
		slackCalls: prometheus.NewCounterVec(counter("slack_calls_total", "Calls to Slack, with their repetitions as one."), []string{"method", "outcome"}),
		reconnects: prometheus.NewCounterVec(counter("reconnects_total", "Sockets that were replaced, by the reason."), []string{"reason"}),
		busy:       prometheus.NewCounter(counter("busy_total", "Interactions refused because too many were in flight.")),
		refusals:   prometheus.NewCounterVec(counter("refusals_total", "What the admin's rules refused, by the rule."), []string{"rule"}),
		panics:     prometheus.NewCounter(counter("panics_total", "Bugs that were survived, nearly all of them by ending an interaction.")),
		secrets:    prometheus.NewCounterVec(counter("secrets_total", "Secrets created, burned, found opened, or left undelivered."), []string{"event"}),
		followLag: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "otsbot", Name: "follow_lag_seconds",
			Help: "How late what is out was looked at: its count is how often.", Buckets: lagBuckets}),
		found: prometheus.NewCounterVec(counter("follow_found_total", "Secrets that were found over without anybody asking, by how they ended."), []string{"state"}),
	}
	for _, fate := range []receipt.Fate{receipt.Opened, receipt.Burned, receipt.Expired, receipt.Gone} {
		m.found.WithLabelValues(fate.String())
	}
	for _, rule := range rules.Names() {
		m.refusals.WithLabelValues(rule)
	}
	// Counters that an alert looks at exist from the start: a series that
	// appears with its first increment has no rate.
	for _, event := range []string{secretCreated, secretBurned, secretOpened, secretUndelivered} {
		m.secrets.WithLabelValues(event)
	}
	for _, method := range []string{"share", "metadata", "states", "burn"} {
		for _, outcome := range []string{"no_api", "not_authorized", "rate_limited", "unknown", "unavailable"} {
			m.otsCalls.WithLabelValues(method, outcome)
		}
	}
	for _, method := range []string{"chat.postMessage", "chat.postEphemeral", "chat.update", "views.open", "views.update", "response_url"} {
		for _, outcome := range slackapi.Outcomes {
			m.slackCalls.WithLabelValues(method, outcome)
		}
	}
	return m
}

// register has everything counted, and gauged, that the app knows of itself.
func (m *metrics) register(with prometheus.Registerer, sockets *socketmode.Pool, work *workload, store prometheus.Collector) {
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "otsbot", Name: name, Help: help, ConstLabels: labels}, value)
	}
	const socketsHelp = "Socket Mode connections that said hello, by whether Slack has announced their end."
	with.MustRegister(m.interactions, m.ack, m.duration, m.otsCalls, m.otsDuration, m.slackCalls,
		m.reconnects, m.busy, m.refusals, m.panics, m.secrets, m.followLag, m.found, store,
		gauge("sockets", socketsHelp, prometheus.Labels{"state": "connected"}, func() float64 { connected, _ := sockets.Counts(); return float64(connected) }),
		gauge("sockets", socketsHelp, prometheus.Labels{"state": "leaving"}, func() float64 { _, leaving := sockets.Counts(); return float64(leaving) }),
		gauge("app_connections", "Socket Mode connections of the app, over all replicas and whoever else has its token, as Slack said at the newest hello.", nil, func() float64 { return float64(sockets.AppConnections()) }),
		gauge("in_flight", "Interactions being worked on.", nil, func() float64 { return float64(work.inFlight()) }),
	)
}

// finished counts an interaction.
func (m *metrics) finished(in *interaction, ackedAt time.Time, outcome outcome) {
	m.interactions.WithLabelValues(in.kind, string(outcome)).Inc()
	m.ack.Observe(ackedAt.Sub(in.started).Seconds())
	m.duration.WithLabelValues(in.kind).Observe(time.Since(in.started).Seconds())
}

// ots counts a call to OneTimeSecret that began at started.
func (m *metrics) ots(method string, started time.Time, err error) {
	m.otsCalls.WithLabelValues(method, otsOutcome(err)).Inc()
	m.otsDuration.WithLabelValues(method).Observe(time.Since(started).Seconds())
}

func otsOutcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return "not_authorized"
	case errors.Is(err, otsclient.ErrNoAPI):
		return "no_api"
	case errors.Is(err, otsclient.ErrRejected):
		return "rejected"
	case errors.Is(err, otsclient.ErrLocked):
		return "locked"
	case errors.Is(err, otsclient.ErrRateLimited):
		return "rate_limited"
	case errors.Is(err, otsclient.ErrGone):
		return "gone"
	case errors.Is(err, otsclient.ErrWrongPassphrase):
		return "wrong_passphrase"
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return "unknown"
	}
	return "unavailable"
}

// slack counts a call to Slack.
func (m *metrics) slack(method string, r slackapi.Result) {
	m.slackCalls.WithLabelValues(method, r.Outcome()).Inc()
}
