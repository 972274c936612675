// Package apiserver holds what the chart renders against a real API server: its
// schema, its admission, and the restricted Pod Security level of a namespace.
// It takes long to build one, so these tests run when they are asked for: make
// apiserver.
package apiserver

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const (
	chart     = "../../otsbot"
	valueSets = "../testdata"
)

var (
	kube *server
	helm string // the path of Helm, as the chart's other tests have it
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "apiserver")
		if err == nil {
			defer os.RemoveAll(dir)
			err = prepare(dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer kube.stop()
		return m.Run()
	}())
}

// prepare builds what the tests need, or finds it built, and starts the server.
func prepare(dir string) (err error) {
	var etcd, apiserver string
	for path, tool := range map[*string][]string{
		&helm:      {"-C", "..", "tool", "-n", "helm"},
		&etcd:      {"tool", "-n", "go.etcd.io/etcd/server/v3"},
		&apiserver: {"tool", "-n", "k8s.io/kubernetes/cmd/kube-apiserver"},
	} {
		if *path, err = run("go", tool...); err != nil {
			return err
		}
	}
	kube, err = startServer(etcd, apiserver, dir)
	return err
}

func run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", errors.Join(err, errors.New(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// render is what "helm template" makes of a value set.
func render(t *testing.T, namespace string, args ...string) (all []object) {
	t.Helper()
	manifest, err := run(helm, append([]string{"template", "otsbot", chart, "--namespace", namespace, "--values", valueSets + "/default/values.yaml"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(manifest, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(document), &o); err != nil {
			t.Fatal(err)
		}
		if o != nil {
			all = append(all, o)
		}
	}
	return all
}

// namespace makes one that enforces the restricted level.
func namespace(t *testing.T, name string) string {
	t.Helper()
	const level = "pod-security.kubernetes.io/"
	r := kube.create(t, "", object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name,
		"labels": map[string]string{level + "enforce": "restricted", level + "warn": "restricted"}}})
	if r.status != http.StatusCreated {
		t.Fatalf("namespace %s: %s", name, r.body)
	}
	return name
}

// podOf is the pod that a Deployment would have, which nothing here makes.
func podOf(deployment object) object {
	template := deployment.object("spec", "template")
	return object{"apiVersion": "v1", "kind": "Pod", "spec": map[string]any(template.object("spec")),
		"metadata": map[string]any{"name": "bot", "labels": template.object("metadata")["labels"]}}
}

func TestWhatTheChartRendersIsTakenWithoutAWarning(t *testing.T) {
	important := object{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": map[string]any{"name": "important"}, "value": 1}
	if r := kube.create(t, "", important); r.status != http.StatusCreated { // one of the value sets names it
		t.Fatalf("%s", r.body)
	}
	sets, err := filepath.Glob(valueSets + "/*/values.yaml")
	if err != nil || len(sets) == 0 {
		t.Fatalf("no value sets: %v", err)
	}
	for _, set := range sets {
		for _, as := range []string{"files", "variables"} {
			name := filepath.Base(filepath.Dir(set)) + "-" + as
			t.Run(name, func(t *testing.T) {
				in := namespace(t, name)
				for _, o := range render(t, in, "--values", set, "--set", "secretsAs="+as) {
					if strings.HasPrefix(o.text("apiVersion"), "monitoring.coreos.com/") {
						continue // the Prometheus operator's, whose types helm/test has
					}
					some := []object{o}
					if o.text("kind") == "Deployment" {
						some = append(some, podOf(o))
					}
					for _, o := range some {
						if r := kube.create(t, in, o); r.status != http.StatusCreated || len(r.warnings) > 0 {
							t.Errorf("%s: status %d, warnings %q: %s", o, r.status, r.warnings, r.body)
						}
					}
				}
			})
		}
	}
}

// Without these, the test above could pass by an API server that takes anything.
func TestWhatIsWrongIsRefusedOrWarnedOf(t *testing.T) {
	in := namespace(t, "wrong")
	for name, c := range map[string]struct {
		kind    string
		spoil   func(o object)
		pod     bool // that the Deployment would have
		status  int
		says    string
		warning string
	}{
		"a pod that may become root": {"Deployment", func(o object) { delete(o.object("spec", "template", "spec"), "securityContext") }, true,
			http.StatusForbidden, "violates PodSecurity", ""},
		"a Deployment of such pods": {"Deployment", func(o object) { o.object("spec", "template", "spec")["hostNetwork"] = true }, false,
			http.StatusCreated, "", "host namespaces"},
		"a field that isn't one": {"Deployment", func(o object) { o.object("spec")["replica"] = 1 }, false,
			http.StatusBadRequest, "spec.replica", ""},
		"a selector of other pods": {"Deployment", func(o object) { o.object("spec", "selector")["matchLabels"] = map[string]any{"app": "other"} }, false,
			http.StatusUnprocessableEntity, "`selector` does not match template `labels`", ""},
		"a port that is none": {"NetworkPolicy", func(o object) {
			o.object("spec")["ingress"] = []any{map[string]any{"ports": []any{map[string]any{"port": 70000}}}}
		}, false, http.StatusUnprocessableEntity, "must be between 1 and 65535", ""},
		"an account that isn't there": {"Deployment", func(o object) { o.object("spec", "template", "spec")["serviceAccountName"] = "nobody" }, true,
			http.StatusForbidden, "service account wrong/nobody", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, o := range render(t, in) {
				if o.text("kind") == "ServiceAccount" {
					kube.create(t, in, o) // by the first of these; the pods need it
				}
				if o.text("kind") != c.kind {
					continue
				}
				c.spoil(o)
				if c.pod {
					o = podOf(o)
				}
				r := kube.create(t, in, o)
				if r.status != c.status || !strings.Contains(string(r.body), c.says) || !strings.Contains(fmt.Sprint(r.warnings), c.warning) {
					t.Errorf("%s: status %d, warnings %q: %s", o, r.status, r.warnings, r.body)
				}
			}
		})
	}
}
