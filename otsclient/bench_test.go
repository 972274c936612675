package otsclient_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otsbot/otsclient"
)

// shareServer answers like a server that does nothing, so that what is
// measured is the client.
func shareServer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"custid":"anon","metadata_key":"`+longKey+`","secret_key":"`+longKey+`","ttl":3600,"metadata_ttl":7200,"secret_ttl":3600,"state":"new","updated":1795216234,"created":1795216234,"recipient":[],"passphrase_required":false}`)
}

// BenchmarkShare is what a share costs with the client, and with net/http
// alone doing the same request.
func BenchmarkShare(b *testing.B) {
	secret := strings.Repeat("x", 100)
	b.Run("client", func(b *testing.B) {
		client, err := otsclient.New(otsclient.Config{BaseURL: serve(b, http.HandlerFunc(shareServer))})
		if err != nil {
			b.Fatal(err)
		}
		defer client.Close()
		request := otsclient.ShareRequest{Secret: otsclient.NewPlaintext(secret), TTL: time.Hour}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Share(b.Context(), request); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net/http", func(b *testing.B) {
		base := serve(b, http.HandlerFunc(shareServer))
		client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
		defer client.CloseIdleConnections()
		b.ReportAllocs()
		for b.Loop() {
			response, err := client.PostForm(base+"/api/v1/share", url.Values{"secret": {secret}, "ttl": {"3600"}})
			if err != nil {
				b.Fatal(err)
			}
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
