package otsclient_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// clientFor returns a client of a fake on loopback.
func clientFor(b *testing.B, options otsfake.Options) (*otsclient.Client, string) {
	b.Helper()
	base := serve(b, otsfake.New(options))
	client, err := otsclient.New(otsclient.Config{BaseURL: base})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Close)
	return client, base
}

// BenchmarkRoads is what a share and a look cost by v1 and by v2 at the same
// fake, the server's part included, and what net/http alone costs there.
func BenchmarkRoads(b *testing.B) {
	request := otsclient.ShareRequest{Secret: otsclient.NewPlaintext(strings.Repeat("x", 100)), TTL: time.Hour}
	for _, road := range []struct {
		name    string
		options otsfake.Options
	}{{"v1", otsfake.Options{}}, {"v2", otsfake.Options{WithoutV1: true}}} {
		client, _ := clientFor(b, road.options)
		shared, err := client.Share(b.Context(), request)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("share by "+road.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Share(b.Context(), request); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("look by "+road.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Metadata(b.Context(), shared.MetadataKey); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	client, base := clientFor(b, otsfake.Options{})
	shared, err := client.Share(b.Context(), request)
	if err != nil {
		b.Fatal(err)
	}
	plain := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	b.Cleanup(plain.CloseIdleConnections)
	read := func(b *testing.B, response *http.Response, err error) {
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("share by net/http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			response, err := plain.PostForm(base+"/api/v1/share", url.Values{"secret": {request.Secret.Reveal()}, "ttl": {"3600"}})
			read(b, response, err)
		}
	})
	b.Run("look by net/http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			response, err := plain.Get(base + "/api/v1/private/" + shared.MetadataKey.Reveal())
			read(b, response, err)
		}
	})
}

// BenchmarkStates is what a thousand states cost, in time and in calls.
func BenchmarkStates(b *testing.B) {
	for _, version := range []string{"0.26", "0.22"} {
		b.Run(version, func(b *testing.B) {
			fake := otsfake.New(otsfake.Options{Version: version})
			client, err := otsclient.New(otsclient.Config{BaseURL: serve(b, fake)})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(client.Close)
			keys := shareMany(b, client, 1000)
			before := len(fake.Journal())
			if _, err := client.States(b.Context(), keys); err != nil {
				b.Fatal(err)
			}
			calls := len(fake.Journal()) - before
			b.ReportAllocs()
			for b.Loop() {
				told, err := client.States(b.Context(), keys)
				if err != nil || len(told) != len(keys) {
					b.Fatal(len(told), err)
				}
			}
			b.ReportMetric(float64(calls), "calls/op")
		})
	}
}
