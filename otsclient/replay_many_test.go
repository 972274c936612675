package otsclient_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
)

// beforeMany does what was done, without being recorded, before many were
// asked for at once.
func (r *replay) beforeMany(t *testing.T, all []exchange) {
	t.Helper()
	asked := func(name string) []string {
		for _, e := range all {
			var body struct{ Identifiers []string }
			if e.Name == name && json.Unmarshal([]byte(e.Body), &body) == nil {
				return body.Identifiers
			}
		}
		t.Fatalf("no %s", name)
		return nil
	}
	share := func(key, passphrase string) secretKeys {
		var made secretKeys
		answer := r.post("/api/v1/share", "alice", url.Values{"secret": {"batch"}, "passphrase": {passphrase}, "ttl": {"3600"}})
		if err := json.Unmarshal(answer.Body.Bytes(), &made); err != nil || made.Secret == "" {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		r.keys[key] = made.Metadata
		return made
	}
	mixed := asked("batch-mixed")
	first := share(mixed[0], "")
	r.keys[asked("batch-secret-key")[0]] = first.Secret
	r.fake.Look(share(mixed[1], "").Secret)
	r.post("/api/v1/secret/"+share(mixed[2], "").Secret, "", url.Values{})
	r.post("/api/v1/private/"+share(mixed[3], "").Metadata+"/burn", "alice", url.Values{})
	share(mixed[4], "correct horse")
	r.request(exchange{Method: http.MethodGet, Path: "/api/v1/private/" + share(mixed[5], "").Metadata, Auth: "alice"})
	for _, key := range asked("batch-25") {
		share(key, "")
	}
}
