package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	psa "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"
)

// Kubernetes' own judgement, as a namespace labelled
// pod-security.kubernetes.io/enforce=restricted gives it.
func TestPodsKeepTheRestrictedLevel(t *testing.T) {
	t.Parallel()
	evaluator, err := psapolicy.NewEvaluator(psapolicy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := psa.LevelVersion{Level: psa.LevelRestricted, Version: psa.LatestVersion()}
	for name, values := range cases(t) {
		all := objects(t, "--values", values)
		deployment, check := only[appsv1.Deployment](t, all), only[corev1.Pod](t, all)
		for what, pod := range map[string]corev1.PodTemplateSpec{
			"bot":   deployment.Spec.Template,
			"check": {ObjectMeta: check.ObjectMeta, Spec: check.Spec},
		} {
			results := evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec)
			if len(results) == 0 {
				t.Fatal("the evaluator checked nothing")
			}
			if verdict := psapolicy.AggregateCheckResults(results); !verdict.Allowed {
				t.Errorf("%s, %s: %s", name, what, verdict.ForbiddenDetail())
			}
			if mount := pod.Spec.AutomountServiceAccountToken; mount == nil || *mount {
				t.Errorf("%s, %s: a service account token is mounted", name, what)
			}
			for _, c := range pod.Spec.Containers {
				if ro := c.SecurityContext.ReadOnlyRootFilesystem; ro == nil || !*ro {
					t.Errorf("%s, %s: the root file system can be written", name, what)
				}
			}
		}
	}
}

func TestConnectionsStayWithinSlacksTen(t *testing.T) {
	t.Parallel()
	tests := []struct{ replicas, connections, surge int }{
		{1, 2, 1}, {1, 5, 1}, {1, 6, 0}, {4, 2, 1}, {5, 2, 0}, {9, 1, 1}, {10, 1, 0}, {1, 10, 0}, {0, 10, 1},
	}
	for _, test := range tests {
		all := objects(t, "--set", "replicas="+strconv.Itoa(test.replicas), "--set", "settings.SLACK_CONNECTIONS="+strconv.Itoa(test.connections))
		rolling := only[appsv1.Deployment](t, all).Spec.Strategy.RollingUpdate
		if rolling.MaxSurge.IntValue() != test.surge || rolling.MaxUnavailable.IntValue() != 1-test.surge {
			t.Errorf("%d × %d: surge %v, unavailable %v; want a surge of %d", test.replicas, test.connections, rolling.MaxSurge, rolling.MaxUnavailable, test.surge)
		}
		if budget := only[policyv1.PodDisruptionBudget](t, all); (budget != nil) != (test.replicas > 1) {
			t.Errorf("%d replicas: PodDisruptionBudget is %v", test.replicas, budget)
		}
	}
}

// An update's pods count, too: the chart's own choice is above, and this is what
// whoever installs it may choose.
func TestAnUpdateStaysWithinSlacksTen(t *testing.T) {
	t.Parallel()
	const tooMany = "(replicas + update.maxSurge) × settings.SLACK_CONNECTIONS is"
	for _, test := range []struct{ set, surge, unavailable, refused string }{
		{"replicas=3,update.maxSurge=2", "2", "0", ""},
		{"replicas=3,update.maxSurge=3", "", "", tooMany + " 12"},
		{"replicas=4,update.maxSurge=25%", "25%", "0", ""},
		{"replicas=4,update.maxSurge=26%", "", "", tooMany + " 12"}, // Kubernetes rounds up
		{"replicas=2,settings.SLACK_CONNECTIONS=3,update.maxSurge=1%", "1%", "0", ""},
		{"replicas=3,settings.SLACK_CONNECTIONS=3,update.maxSurge=1%", "", "", tooMany + " 12"},
		{"replicas=0,settings.SLACK_CONNECTIONS=10,update.maxSurge=100%", "100%", "0", ""},
		{"replicas=5,update.maxSurge=0%", "0%", "1", ""},
		{"replicas=5,update.maxUnavailable=50%", "0", "50%", ""},
		{"replicas=2,update.maxSurge=1,update.maxUnavailable=1", "1", "1", ""},
		{"update.maxSurge=0,update.maxUnavailable=0%", "", "", "no pod could ever be replaced"},
		{"replicas=5,update.maxUnavailable=0", "", "", "no pod could ever be replaced"},
		{"update.maxSurge=some", "", "", "maxSurge"},
		{"update.maxSurge=-1", "", "", "maxSurge"},
		{"update.maxUnavailable=101%", "", "", "maxUnavailable"},
	} {
		rendering, err := render("--set", test.set)
		if test.refused != "" {
			if err == nil || !strings.Contains(err.Error(), test.refused) {
				t.Errorf("%s: %v, want a refusal that says %q", test.set, err, test.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.set, err)
			continue
		}
		rolling := only[appsv1.Deployment](t, decode(t, rendering)).Spec.Strategy.RollingUpdate
		if rolling.MaxSurge.String() != test.surge || rolling.MaxUnavailable.String() != test.unavailable {
			t.Errorf("%s: surge %v, unavailable %v; want %s and %s", test.set, rolling.MaxSurge, rolling.MaxUnavailable, test.surge, test.unavailable)
		}
	}
}

func TestThePodMayStopLongerThanTheBot(t *testing.T) {
	t.Parallel()
	for name, values := range cases(t) {
		all := objects(t, "--values", values)
		timeout, err := time.ParseDuration(settings(t, all)["SHUTDOWN_TIMEOUT"])
		if err != nil {
			t.Fatal(err)
		}
		grace := only[appsv1.Deployment](t, all).Spec.Template.Spec.TerminationGracePeriodSeconds
		if time.Duration(*grace)*time.Second <= timeout {
			t.Errorf("%s: %ds of grace for a SHUTDOWN_TIMEOUT of %s", name, *grace, timeout)
		}
	}
}

// settings are the variables that are no secrets.
func settings(t *testing.T, all []any) map[string]string {
	t.Helper()
	for _, object := range all {
		if c, ok := object.(*corev1.ConfigMap); ok && c.Name == "otsbot" {
			return c.Data
		}
	}
	t.Fatal("there is no ConfigMap of settings")
	return nil
}

func TestTokensAreInTheSecretAlone(t *testing.T) {
	t.Parallel()
	all := objects(t, "--values", "testdata/values-secret/values.yaml")
	secret := only[corev1.Secret](t, all)
	for name, value := range secret.StringData {
		for _, object := range all {
			text, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			if object != any(secret) && strings.Contains(string(text), value) && len(value) > 8 {
				t.Errorf("%s is in a %T", name, object)
			}
		}
	}
	if secret := only[corev1.Secret](t, objects(t)); secret != nil {
		t.Error("with an existingSecret, the chart makes one, too")
	}
}

// secretKeys are the keys that the Secret may have.
var secretKeys = []string{"ENCRYPTION_KEY", "OTS_API_TOKEN", "OTS_USERNAME", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "STORE_URL"}

func TestSecretsAreFilesOrVariables(t *testing.T) {
	t.Parallel()
	for _, as := range []string{"files", "variables"} {
		all := objects(t, "--set", "secretsAs="+as)
		for what, pod := range map[string]corev1.PodSpec{"bot": only[appsv1.Deployment](t, all).Spec.Template.Spec, "check": only[corev1.Pod](t, all).Spec} {
			container := pod.Containers[0]
			var files, variables []string
			for _, v := range container.Env {
				if name, ok := strings.CutSuffix(v.Name, "_FILE"); ok {
					files = append(files, name)
					if strings.TrimPrefix(v.Value, "-") != container.VolumeMounts[0].MountPath+"/"+name {
						t.Errorf("%s: %s is %s", what, v.Name, v.Value)
					}
				} else if ref := v.ValueFrom.SecretKeyRef; ref.Name == "otsbot-tokens" && ref.Key == v.Name {
					variables = append(variables, v.Name)
				}
			}
			if as == "variables" {
				files, variables = variables, files
			} else if volume := pod.Volumes[0]; volume.Secret.SecretName != "otsbot-tokens" || *volume.Secret.DefaultMode != 0o444 || volume.Name != container.VolumeMounts[0].Name {
				t.Errorf("%s: the volume is %+v", what, volume)
			}
			if !slices.Equal(files, secretKeys) || len(variables) != 0 {
				t.Errorf("%s as %s: %v, and %v otherwise", what, as, files, variables)
			}
		}
	}
}

func TestAChangedTokenRestartsThePod(t *testing.T) {
	t.Parallel()
	annotations := func(args ...string) map[string]string {
		args = append([]string{"--values", "testdata/values-secret/values.yaml"}, args...)
		return only[appsv1.Deployment](t, objects(t, args...)).Spec.Template.Annotations
	}
	before := annotations()
	for _, change := range []string{"secret.SLACK_BOT_TOKEN=xoxb-2", "settings.LOG_LEVEL=debug"} {
		if maps.Equal(before, annotations("--set", change)) {
			t.Errorf("%s: the pod template is the same", change)
		}
	}
}

func TestMistakesAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ set, says string }{
		{"replica=2", "replica"},
		{"settings.OTS_ULR=https://ots.example.com", "OTS_ULR"},
		{"settings.LISTEN_ADDR=:9090", "LISTEN_ADDR"},
		{"settings.SLACK_BOT_TOKEN=xoxb-1", "SLACK_BOT_TOKEN"}, // a token in the ConfigMap
		{"settings.OTS_API_TOKEN=abc", "OTS_API_TOKEN"},
		{"secret.SLACK_TOKEN=xoxb-1", "SLACK_TOKEN"},
		{"secret.SLACK_BOT_TOKEN=xapp-1", "SLACK_BOT_TOKEN"},
		{"networkPolicy.enable=false", "enable"},
		{"image.digest=latest", "digest"},
		{"replicas=two", "replicas"},
		{"replicas=11", "replicas"},
		{"settings.SLACK_CONNECTIONS=0", "SLACK_CONNECTIONS"},
		{"settings.SLACK_CONNECTIONS=null", "SLACK_CONNECTIONS"},
		{"settings.SECRET_INLINE=off", "SECRET_INLINE"},
		{"settings.SECRET_PASSPHRASE=never", "SECRET_PASSPHRASE"},
		{"settings.SECRET_TTL=7d", "SECRET_TTL"},
		{"settings.SHUTDOWN_TIMEOUT=1m", "SHUTDOWN_TIMEOUT"},
		{"settings.SHUTDOWN_TIMEOUT=5s", "SHUTDOWN_TIMEOUT"},
		{"settings.SHUTDOWN_TIMEOUT=601s", "SHUTDOWN_TIMEOUT"},
		{"settings.OTS_URL=ots.example.com", "OTS_URL"},
		{"settings.OTS_PUBLIC_URL=http://ots.example.com", "OTS_PUBLIC_URL"},
		{"settings.OTS_URL=https://ots.example.com/api/v1", "settings.OTS_URL must be the server's address"},
		{"settings.OTS_URL=http://ots.example.com:443,settings.OTS_PUBLIC_URL=https://ots.example.com", "settings.OTS_ALLOW_HTTP"},
		{"settings.OTS_URL=http://ots.example.com:443,settings.OTS_ALLOW_HTTP=true", "settings.OTS_PUBLIC_URL is missing"},
		{"existingSecret=,secret.SLACK_BOT_TOKEN=xoxb-1,secret.SLACK_APP_TOKEN=xapp-1,secret.OTS_USERNAME=me@example.com", "secret.OTS_API_TOKEN"},
		{"settings.POLICY_EXTERNAL=maybe", "POLICY_EXTERNAL"},
		{"settings.POLICY_CHANNELS_DENY=general", "POLICY_CHANNELS_DENY"},
		{"settings.POLICY_RECIPIENTS_MAX=21", "POLICY_RECIPIENTS_MAX"},
		{"proxy.url=http://me:password@proxy.example.com:3128", "proxy"}, // a password in the ConfigMap
		{"proxy.url=ftp://proxy.example.com:21", "proxy"},
		{"networkPolicy.oneTimeSecret.port=70000", "port"},
		{"settings.OTS_URL=", "settings.OTS_URL is missing"},
		{"settings.OTS_URL=null", "OTS_URL"},
		{"replicas=4,settings.SLACK_CONNECTIONS=3", "replicas × settings.SLACK_CONNECTIONS is 12"},
		{"secretsAs=environment", "secretsAs"},
		{"secret.SLACK_BOT_TOKEN=xoxb-1", "existingSecret"},
		{"settings.STORE_URL=redis://redis:6379", "STORE_URL"}, // a password in the ConfigMap
		{"secret.STORE_URL=file:/var/lib/otsbot/otsbot.db", "STORE_URL"},
		{"settings.FOLLOW=sometimes", "FOLLOW"},
		{"settings.DEFAULT_LANGUAGE=German", "DEFAULT_LANGUAGE"},
		{"store.file.size=much", "size"},
		{"networkPolicy.store.cidr=10.0.0.6", "cidr"},
		{"existingSecret=", "secret.SLACK_BOT_TOKEN is missing"},
		{"existingSecret=,secret.SLACK_BOT_TOKEN=xoxb-1", "secret.SLACK_APP_TOKEN is missing"},
	}
	for _, test := range tests {
		_, err := render("--set", test.set)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("--set %s: %v, want a refusal that says %q", test.set, err, test.says)
		}
	}
}

// What the settings need, the NetworkPolicy lets out, or nothing is rendered.
func TestANetworkPolicyThatKeepsTheBotFromItsProxyIsRefused(t *testing.T) {
	t.Parallel()
	const allow = "networkPolicy.extraEgress="
	for _, test := range []struct{ proxy, more, refused string }{
		{"http://10.0.0.5:3128", "", "networkPolicy.extraEgress"},
		{"http://10.0.0.5:3128/", "", "port 3128"},
		{"http://10.0.0.5", "", "port 80"},
		{"http://[fd00::5]", "", "port 80"},
		{"socks5h://10.0.0.5", "", "port 1080"},
		{"https://proxy.example.com", "", ""},
		{"http://proxy.example.com:443", "", ""},
		{"http://10.0.0.5:3128", "networkPolicy.enabled=false", ""},
		{"http://10.0.0.5:3128", allow + `[{"ports":[{"port":3128}]}]`, ""},
		{"http://10.0.0.5:3128", allow + `[{"ports":[{"port":8080},{"port":3000,"endPort":3200,"protocol":"TCP"}]}]`, ""},
		{"http://10.0.0.5:3128", allow + `[{"ports":[{"port":"proxy"}]}]`, ""},
		{"http://10.0.0.5:3128", allow + `[{"to":[{"ipBlock":{"cidr":"10.0.0.5/32"}}]}]`, ""},
		{"http://10.0.0.5:3128", allow + `[{"ports":[{"protocol":"TCP"}]}]`, ""},
		{"http://10.0.0.5:3128", allow + `[{"ports":[{"port":8080}]}]`, "networkPolicy.extraEgress"},
		{"http://10.0.0.5:3128", allow + `[{"ports":[{"port":3128,"protocol":"UDP"}]}]`, "networkPolicy.extraEgress"},
	} {
		args := []string{"--set", "proxy.url=" + test.proxy}
		if test.more != "" {
			args = append(args, "--set-json", test.more)
		}
		_, err := render(args...)
		if test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
			t.Errorf("%s with %q: %v; want %q", test.proxy, test.more, err, test.refused)
		}
	}
}

func TestANetworkPolicyThatKeepsTheBotFromOneTimeSecretIsRefused(t *testing.T) {
	t.Parallel()
	inside := []string{"--set", "settings.OTS_URL=http://onetimesecret.secrets.svc:3000,settings.OTS_ALLOW_HTTP=true,settings.OTS_PUBLIC_URL=https://secrets.example.com"}
	if _, err := render(inside...); err == nil || !strings.Contains(err.Error(), "networkPolicy.oneTimeSecret.port") {
		t.Errorf("%v, want a refusal that names networkPolicy.oneTimeSecret.port", err)
	}
	for _, more := range []string{"networkPolicy.oneTimeSecret.port=8080", "networkPolicy.enabled=false", `networkPolicy.extraEgress=[{"ports":[{"port":3000}]}]`} {
		if _, err := render(append(inside, "--set-json", more)...); err != nil {
			t.Errorf("%s: %v", more, err)
		}
	}
}

// A server may be at a path.
func TestAServerBehindAPathIsTaken(t *testing.T) {
	t.Parallel()
	if _, err := render("--set", "settings.OTS_URL=https://gateway.example.com/api/ots"); err != nil {
		t.Error(err)
	}
}

// What the proxy doesn't lead to, the NetworkPolicy lets out.
func TestANetworkPolicyThatKeepsTheBotFromAnExceptionOfTheProxyIsRefused(t *testing.T) {
	t.Parallel()
	for except, refused := range map[string]bool{
		"":                             false,
		".corp.example":                true,
		"corp.example":                 true,
		"localhost, OTS.corp.example ": true,
		"*":                            true,
		"example":                      true,
		"*.corp.example":               true,
		"ots.corp.example:8443":        true,
		"ots.corp.example:443":         false,
		"rp.example":                   false,
		"ots.corp.example.org":         false,
		"10.0.0.0/8":                   false,
	} {
		args := []string{"--set", "proxy.url=https://proxy.example.com,settings.OTS_URL=https://ots.corp.example:8443", "--set-json", fmt.Sprintf("proxy.except=%q", except)}
		_, err := render(args...)
		if is := err != nil && strings.Contains(err.Error(), "networkPolicy.oneTimeSecret.port"); is != refused {
			t.Errorf("except %q: %v; want a refusal: %v", except, err, refused)
		}
		if _, err := render(append(args, "--set", "networkPolicy.oneTimeSecret.port=8443")...); err != nil {
			t.Errorf("except %q, with the port let out: %v", except, err)
		}
	}
}

func TestMetricsAndDNSAreForWhomTheValuesSay(t *testing.T) {
	t.Parallel()
	const metricsOnly = `networkPolicy.metricsFrom=[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}}]`
	const dnsOnly = `networkPolicy.dnsTo=[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}}]`
	policy := only[networkingv1.NetworkPolicy](t, objects(t, "--set-json", metricsOnly, "--set-json", dnsOnly)).Spec
	const label = "kubernetes.io/metadata.name"
	from, to := policy.Ingress[0].From, policy.Egress[0].To
	if len(policy.Ingress) != 1 || len(from) != 1 || from[0].NamespaceSelector.MatchLabels[label] != "monitoring" {
		t.Errorf("metrics are for %v", from)
	}
	if len(to) != 1 || to[0].NamespaceSelector.MatchLabels[label] != "kube-system" || policy.Egress[0].Ports[0].Port.IntValue() != 53 {
		t.Errorf("DNS is answered by %v", to)
	}
}

// variable matches a setting at the beginning of a line of "otsbot -h".
var variable = regexp.MustCompile(`(?m)^  ([A-Z_]+)(?: \((.*)\))?$`)

func TestEveryVariableIsKnownToTheBinary(t *testing.T) {
	t.Parallel()
	help, err := run("", tools.otsbot, "-h")
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]string{}
	for _, match := range variable.FindAllStringSubmatch(help, -1) {
		defaults[match[1]] = match[2]
	}
	// What Go itself reads.
	known := append(slices.Collect(maps.Keys(defaults)), "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_DIR")
	for name, values := range cases(t) {
		all := objects(t, "--values", values)
		names := slices.Collect(maps.Keys(settings(t, all)))
		for _, variable := range only[appsv1.Deployment](t, all).Spec.Template.Spec.Containers[0].Env {
			names = append(names, variable.Name)
		}
		for _, variable := range names {
			if !slices.Contains(known, variable) {
				t.Errorf("%s: otsbot doesn't know %s", name, variable)
			}
		}
	}
	for name, value := range settings(t, objects(t)) {
		if name != "OTS_URL" && value != defaults[name] { // OTS_URL has none
			t.Errorf("the chart's default of %s is %q, the bot's is %q", name, value, defaults[name])
		}
	}
	t.Run("and has a place in the chart", func(t *testing.T) {
		schema, err := os.ReadFile(chart + "/values.schema.json")
		if err != nil {
			t.Fatal(err)
		}
		for name := range defaults {
			its := name == "LISTEN_ADDR" || strings.HasSuffix(name, "_FILE") // the chart's own to set
			if !its && !strings.Contains(string(schema), `"`+name+`"`) {
				t.Errorf("values.schema.json lacks %s", name)
			}
		}
	})
}

// The bot's own judgement on what the chart hands it, with a Secret that has
// what is required, or all. A wrong LOG_LEVEL keeps it from starting, and must be
// all that it has to say.
func TestTheBinaryAcceptsTheSettings(t *testing.T) {
	t.Parallel()
	required := map[string]string{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
	all := maps.Clone(required)
	maps.Copy(all, map[string]string{"OTS_USERNAME": "me@example.com", "OTS_API_TOKEN": "t", "ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="})
	for name, values := range cases(t) {
		for _, as := range []string{"files", "variables"} {
			rendered := objects(t, "--values", values, "--set", "secretsAs="+as)
			for _, secret := range []map[string]string{required, all} {
				env := append(environment(t, rendered, secret), "LOG_LEVEL=wrong")
				status, said := start(t, env)
				if problems := problemsIn(said); status != 2 || !slices.Equal(problems, []string{"LOG_LEVEL"}) {
					t.Errorf("%s as %s: status %d, problems with %v:\n%s", name, as, status, problems, said)
				}
			}
			if problems := problemsOf(t, rendered, nil); !slices.Equal(problems, []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}) &&
				!slices.Equal(problems, []string{"SLACK_BOT_TOKEN_FILE", "SLACK_APP_TOKEN_FILE"}) {
				t.Errorf("%s as %s, without a token: problems with %v", name, as, problems)
			}
		}
	}
}

func problemsOf(t *testing.T, rendered []any, secret map[string]string) []string {
	t.Helper()
	_, said := start(t, environment(t, rendered, secret))
	return problemsIn(said)
}

// problemsIn are the variables that the bot finds fault with.
func problemsIn(said string) (variables []string) {
	for line := range strings.Lines(said) {
		if problem, ok := strings.CutPrefix(line, "  "); ok {
			variables = append(variables, strings.Fields(problem)[0])
		}
	}
	return variables
}

// environment is what the bot's container gets, with the Secret's files in a
// folder of this machine.
func environment(t *testing.T, rendered []any, secret map[string]string) []string {
	t.Helper()
	var env []string
	for name, value := range settings(t, rendered) {
		env = append(env, name+"="+value)
	}
	folder := t.TempDir()
	for name, value := range secret {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range only[appsv1.Deployment](t, rendered).Spec.Template.Spec.Containers[0].Env {
		value := strings.Replace(v.Value, "/secrets/", folder+"/", 1)
		if v.ValueFrom != nil {
			value = secret[v.ValueFrom.SecretKeyRef.Key]
		}
		env = append(env, v.Name+"="+value)
	}
	return env
}
