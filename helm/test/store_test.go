package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
)

// One process may have the file open, so that nothing may run beside it: no
// replica, no update's pod, no check.
func TestAFileIsForOneReplica(t *testing.T) {
	t.Parallel()
	all := objects(t, "--values", "testdata/file-store/values.yaml")
	deployment, claim := only[appsv1.Deployment](t, all), only[corev1.PersistentVolumeClaim](t, all)
	if *deployment.Spec.Replicas != 1 || deployment.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType || deployment.Spec.Strategy.RollingUpdate != nil {
		t.Errorf("%d replicas, updated by %+v", *deployment.Spec.Replicas, deployment.Spec.Strategy)
	}
	pod := deployment.Spec.Template.Spec
	volume, mount := pod.Volumes[len(pod.Volumes)-1], pod.Containers[0].VolumeMounts[len(pod.Containers[0].VolumeMounts)-1]
	if volume.PersistentVolumeClaim.ClaimName != claim.Name || mount.Name != volume.Name || mount.ReadOnly || *pod.SecurityContext.FSGroup != 65532 {
		t.Errorf("volume %+v, mount %+v, group %v", volume, mount, pod.SecurityContext.FSGroup)
	}
	variable := func(pod corev1.PodSpec) string {
		for _, v := range pod.Containers[0].Env {
			if strings.HasPrefix(v.Name, "STORE_URL") {
				return v.Name + "=" + v.Value
			}
		}
		return ""
	}
	if got := variable(pod); got != "STORE_URL=file:"+mount.MountPath+"/otsbot.db" {
		t.Errorf("the bot has %s", got)
	}
	check := only[corev1.Pod](t, all).Spec
	if variable(check) != "" || len(check.Volumes) != len(pod.Volumes)-1 {
		t.Errorf("the check has %q and %v", variable(check), check.Volumes)
	}
	if budget := only[policyv1.PodDisruptionBudget](t, all); budget != nil {
		t.Error("a PodDisruptionBudget keeps the one replica from being moved")
	}

	const file = "store.file.enabled=true,"
	if size := claim.Spec.Resources.Requests.Storage().String(); size != "2Gi" || *claim.Spec.StorageClassName != "fast" {
		t.Errorf("the claim is for %s of %s", size, *claim.Spec.StorageClassName)
	}
	all = objects(t, "--set", file+"store.file.existingClaim=mine,store.file.group=0")
	pod = only[appsv1.Deployment](t, all).Spec.Template.Spec
	if claim := only[corev1.PersistentVolumeClaim](t, all); claim != nil || pod.Volumes[len(pod.Volumes)-1].PersistentVolumeClaim.ClaimName != "mine" || pod.SecurityContext.FSGroup != nil {
		t.Errorf("with a claim and a group of one's own: %v, %+v", claim, pod)
	}

	for _, test := range []struct{ set, refused string }{
		{"replicas=2", "store.file.enabled is for one replica, and replicas is 2"},
		{"update.maxSurge=0", "update.maxSurge and store.file.enabled"},
		{"update.maxUnavailable=1", "update.maxUnavailable and store.file.enabled"},
		{"existingSecret=,secret.SLACK_BOT_TOKEN=xoxb-1,secret.SLACK_APP_TOKEN=xapp-1,secret.STORE_URL=redis://redis:6379", "store.file.enabled and secret.STORE_URL"},
		{"settings.SLACK_CONNECTIONS=10", ""}, // nothing is added in an update
		{"replicas=0", ""},
	} {
		if _, err := render("--set", file+test.set); test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
			t.Errorf("%s: %v; want %q", test.set, err, test.refused)
		}
	}
}

func TestANetworkPolicyThatKeepsTheBotFromItsStoreIsRefused(t *testing.T) {
	t.Parallel()
	const secret = "existingSecret=,secret.SLACK_BOT_TOKEN=xoxb-1,secret.SLACK_APP_TOKEN=xapp-1,secret.STORE_URL="
	for _, test := range []struct{ url, more, refused string }{
		{"redis://redis.databases", "", "secret.STORE_URL is on port 6379"},
		{"rediss://me:password@redis.example.com:6380/1", "", "secret.STORE_URL is on port 6380"},
		{"rediss://redis.example.com:443", "", ""},
		{"redis://redis.databases", "networkPolicy.store.port=6379", ""},
		{"redis://redis.databases", "networkPolicy.enabled=false", ""},
		{"redis://redis.databases", `networkPolicy.extraEgress=[{"ports":[{"port":6379}]}]`, ""},
	} {
		args := []string{"--set", secret + test.url}
		if test.more != "" {
			args = append(args, "--set-json", test.more)
		}
		_, err := render(args...)
		if test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
			t.Errorf("%s with %q: %v; want %q", test.url, test.more, err, test.refused)
		}
		if err != nil && strings.Contains(err.Error(), "password") {
			t.Errorf("the refusal quotes the URL: %v", err)
		}
	}
	for name, want := range map[string]string{
		"redis-store":   `{"podSelector":{"matchLabels":{"app":"redis"}},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"databases"}}}`,
		"values-secret": `{"ipBlock":{"cidr":"192.0.2.0/24"}}`,
	} {
		egress := only[networkingv1.NetworkPolicy](t, objects(t, "--values", "testdata/"+name+"/values.yaml")).Spec.Egress
		to, err := json.Marshal(egress[len(egress)-1].To)
		if err != nil || string(to) != "["+want+"]" {
			t.Errorf("%s: to %s %v", name, to, err)
		}
	}
}

func TestReplicasAreSpreadAndNodesCanBeDrained(t *testing.T) {
	t.Parallel()
	all := objects(t, "--values", "testdata/redis-store/values.yaml", "--kube-version", "1.27.0")
	var over []string
	for _, c := range only[appsv1.Deployment](t, all).Spec.Template.Spec.TopologySpreadConstraints {
		if c.WhenUnsatisfiable == corev1.ScheduleAnyway && c.MaxSkew == 1 {
			over = append(over, c.TopologyKey)
		}
	}
	if !slices.Equal(over, []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"}) {
		t.Errorf("spread over %v", over)
	}
	budget := only[policyv1.PodDisruptionBudget](t, all).Spec
	if budget.MaxUnavailable.IntValue() != 1 || *budget.UnhealthyPodEvictionPolicy != policyv1.AlwaysAllow {
		t.Errorf("the budget is %+v", budget)
	}
	old := only[policyv1.PodDisruptionBudget](t, objects(t, "--set", "replicas=2", "--kube-version", "1.26.0")).Spec
	if old.UnhealthyPodEvictionPolicy != nil {
		t.Error("Kubernetes before 1.27 may not know unhealthyPodEvictionPolicy")
	}
}
