package test

import (
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// blanks are the kinds that the chart may make.
var blanks = map[metav1.TypeMeta]func() any{
	{APIVersion: "apps/v1", Kind: "Deployment"}:                      func() any { return new(appsv1.Deployment) },
	{APIVersion: "v1", Kind: "Pod"}:                                  func() any { return new(corev1.Pod) },
	{APIVersion: "v1", Kind: "ConfigMap"}:                            func() any { return new(corev1.ConfigMap) },
	{APIVersion: "v1", Kind: "PersistentVolumeClaim"}:                func() any { return new(corev1.PersistentVolumeClaim) },
	{APIVersion: "v1", Kind: "Secret"}:                               func() any { return new(corev1.Secret) },
	{APIVersion: "v1", Kind: "Service"}:                              func() any { return new(corev1.Service) },
	{APIVersion: "v1", Kind: "ServiceAccount"}:                       func() any { return new(corev1.ServiceAccount) },
	{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}:      func() any { return new(networkingv1.NetworkPolicy) },
	{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}:           func() any { return new(policyv1.PodDisruptionBudget) },
	{APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor"}: func() any { return new(monitoringv1.ServiceMonitor) },
	{APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule"}: func() any { return new(monitoringv1.PrometheusRule) },
}

// decode reads a rendering strictly: a field that Kubernetes doesn't know, or
// that stands twice, is an error.
func decode(t *testing.T, rendering string) []any {
	t.Helper()
	var objects []any
	for document := range strings.SplitSeq(rendering, "\n---\n") {
		var meta metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &meta); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		blank := blanks[meta]
		if blank == nil {
			t.Fatalf("%s %s is not a kind that the chart makes", meta.APIVersion, meta.Kind)
		}
		object := blank()
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			t.Fatalf("%s: %v", meta.Kind, err)
		}
		objects = append(objects, object)
	}
	return objects
}

// objects renders a value set and decodes it.
func objects(t *testing.T, args ...string) []any {
	t.Helper()
	rendering, err := render(args...)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, rendering)
}

// only returns the one object of its kind, or nil.
func only[T any](t *testing.T, objects []any) *T {
	t.Helper()
	var found *T
	for _, object := range objects {
		if o, ok := object.(*T); ok {
			if found != nil {
				t.Fatalf("there are two of %T", o)
			}
			found = o
		}
	}
	return found
}
