package main

import (
	"encoding/json"
	"time"

	"otsbot/otsclient"
)

// What -json prints: one object or list, in one line. Times are as RFC 3339 has
// them; what isn't known is missing.

type statusJSON struct {
	There   bool `json:"there"`
	Account bool `json:"account"` // calls are made as one, and it is taken
}

type secretJSON struct {
	Secret string `json:"secret"`
}

type sharedJSON struct {
	Link               string `json:"link"`
	Receipt            string `json:"receipt"` // the private link
	Lifetime           int64  `json:"lifetime_seconds"`
	Created            string `json:"created,omitempty"`
	PassphraseRequired bool   `json:"passphrase_required"`
	Value              string `json:"value,omitempty"` // of gen -show
}

type stateJSON struct {
	ID                 string `json:"id"` // a fingerprint: nobody gets to the secret by it
	State              string `json:"state"`
	ServerState        string `json:"server_state"`
	Created            string `json:"created,omitempty"`
	Previewed          string `json:"link_first_seen,omitempty"`
	Opened             string `json:"opened,omitempty"`
	Burned             string `json:"burned,omitempty"`
	Remaining          int64  `json:"remaining_seconds,omitempty"`
	PassphraseRequired bool   `json:"passphrase_required,omitempty"`
	Views              *int   `json:"views,omitempty"`
	Receipt            string `json:"receipt,omitempty"` // of recent -links
}

// writeJSON prints a value. Links and secrets keep their "&" and "<".
func (t *task) writeJSON(value any) error {
	encoder := json.NewEncoder(t.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func (t *task) sharedJSON(shared otsclient.Shared, value otsclient.Plaintext) sharedJSON {
	return sharedJSON{
		Link:               t.client.SecretLink(shared),
		Receipt:            t.client.ReceiptLink(shared.MetadataKey, shared.ReceiptPath),
		Lifetime:           int64(shared.TTL / time.Second),
		Created:            moment(shared.Created),
		PassphraseRequired: shared.PassphraseRequired,
		Value:              value.Reveal(),
	}
}

func newStateJSON(told otsclient.Metadata) stateJSON {
	said := stateJSON{
		ID:                 told.Key.Fingerprint(),
		State:              told.State.String(),
		ServerState:        told.ServerState,
		Created:            moment(told.Created),
		Previewed:          moment(told.Previewed),
		Opened:             moment(told.Received),
		Burned:             moment(told.Burned),
		Remaining:          int64(told.Remaining / time.Second),
		PassphraseRequired: told.PassphraseRequired,
	}
	if told.HasViews {
		said.Views = &told.Views
	}
	return said
}

func (t *task) recentJSON(list []otsclient.Metadata) []stateJSON {
	all := make([]stateJSON, 0, len(list))
	for _, told := range list {
		said := newStateJSON(told)
		if t.showLinks {
			said.Receipt = t.client.ReceiptLink(told.Key, "")
		}
		all = append(all, said)
	}
	return all
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
