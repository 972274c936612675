// Package otsfake is an offline OneTimeSecret: an http.Handler that answers as
// the real servers were recorded to, with the pages people open.
//
//	ots := otsfake.New(otsfake.Options{})
//	server := httptest.NewServer(ots)
//	// … share something at server.URL+"/api/v1/share" …
//	text, ok := ots.Open(link, "")
//
// It keeps everything in memory, takes the time from one clock, starts no
// goroutine and works in a testing/synctest bubble. It is not for secrets:
// nothing is encrypted, and the journal keeps what was sent.
package otsfake
