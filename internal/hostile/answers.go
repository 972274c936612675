package hostile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Answers are the ways to break HTTP, by what they do.
func Answers() map[string]Answer {
	all := map[string]Answer{
		"closes without a word":                  func(net.Conn, string) {},
		"resets the connection":                  reset,
		"says nothing":                           func(conn net.Conn, _ string) { wait(conn) },
		"sends a status line and stops":          hold("HTTP/1.1 200 OK\r\n"),
		"sends headers byte by byte":             func(conn net.Conn, _ string) { drip(conn, "HTTP/1.1 200 OK\r\nX-", "a") },
		"sends headers without end":              func(conn net.Conn, _ string) { flood(conn, "HTTP/1.1 200 OK\r\n", "X-A: "+filler+"\r\n") },
		"sends one header without end":           func(conn net.Conn, _ string) { flood(conn, "HTTP/1.1 200 OK\r\nX-A: ", filler) },
		"sends 100 Continue without end":         func(conn net.Conn, _ string) { flood(conn, "", "HTTP/1.1 100 Continue\r\n\r\n") },
		"sends 103 Early Hints without end":      func(conn net.Conn, _ string) { flood(conn, "", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n") },
		"sends a body without end":               func(conn net.Conn, _ string) { flood(conn, "HTTP/1.1 200 OK\r\n\r\n", filler) },
		"sends chunks without end":               func(conn net.Conn, _ string) { flood(conn, chunked, "400\r\n"+filler+"\r\n") },
		"sends trailers without end":             func(conn net.Conn, _ string) { flood(conn, chunked+"1\r\n{\r\n0\r\n", "X-A: "+filler+"\r\n") },
		"sends a body byte by byte":              func(conn net.Conn, _ string) { drip(conn, "HTTP/1.1 200 OK\r\n\r\n{", " ") },
		"sends a chunk byte by byte":             func(conn net.Conn, _ string) { drip(conn, chunked+"ffff\r\n{", " ") },
		"stops in a body":                        hold("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"a\":"),
		"stops in a chunk":                       hold(chunked + "3e8\r\n{\"a\":"),
		"closes in a body":                       say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"a\":"),
		"closes in a chunk":                      say(chunked + "3e8\r\n{\"a\":"),
		"sends a chunk of no size":               say(chunked + "zz\r\n{}\r\n0\r\n\r\n"),
		"sends a chunk of more than there is":    say(chunked + "ffffffffffffffff\r\n{}\r\n"),
		"sends gzip that unpacks without end":    bomb,
		"sends gzip that is none":                say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
		"switches protocols":                     hold(switching),
		"switches protocols, with a body":        func(conn net.Conn, _ string) { drip(conn, switching+"{", " ") },
		"switches protocols, and floods":         func(conn net.Conn, _ string) { flood(conn, switching, filler) },
		"switches protocols, to none":            hold("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
		"refuses, and holds the body":            hold("HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\n{"),
		"fails, and holds the body":              hold("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 1000\r\n\r\n{"),
		"redirects to itself":                    say("HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
		"redirects to nowhere":                   say("HTTP/1.1 302 Found\r\nLocation: ://\r\nContent-Length: 0\r\n\r\n"),
		"wants other credentials":                say("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
		"wants to be asked again in a century":   say("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3155760000\r\nContent-Length: 0\r\n\r\n"),
		"wants to be asked again before now":     say("HTTP/1.1 429 Too Many Requests\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n"),
		"answers with a status that there isn't": say("HTTP/1.1 999 So What\r\nContent-Length: 2\r\n\r\n{}"),
		"answers with status 000":                say("HTTP/1.1 000 Zero\r\nContent-Length: 2\r\n\r\n{}"),
		"answers with no reason and no headers":  say("HTTP/1.1 200\r\n\r\n"),
		"answers 204":                            say("HTTP/1.1 204 No Content\r\n\r\n"),
		"answers with two lengths":               say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}"),
		"answers with a length below zero":       say("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"),
		"answers with a length and chunks":       say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
		"answers with a coding that there isn't": say("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n{}"),
		"answers in another protocol":            say("220 smtp.example.com ESMTP\r\n"),
		"answers in TLS":                         say("\x15\x03\x01\x00\x02\x02\x28"),
		"answers in HTTP/2":                      say("\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
		"answers in zeros":                       say(strings.Repeat("\x00", 4096)),
	}
	for name, body := range map[string]string{
		"nothing":             "",
		"a page":              "<!doctype html><title>Welcome</title>",
		"null":                "null",
		"a list":              "[[]]",
		"a string":            `"ok`,
		"an empty object":     "{}",
		"fields of any kind":  `{"ok":{"a":1},"error":[7],"secret_key":{"a":[]},"metadata_key":7,"secret_ttl":"x","state":[],"value":{},"message":{}}`,
		"a nest without end":  strings.Repeat(`{"a":`, 100_000),
		"control characters":  "{\"message\":\"\\u001b[2J\\u0000\\r\\n\",\"error\":\"\\u001b[2J\"}",
		"a number of digits":  `{"secret_ttl":` + strings.Repeat("9", 5000) + `}`,
		"bytes that are none": "{\"message\":\"\xff\xfe\"}",
	} {
		all["answers 200 with "+name] = say(whole("200 OK", body))
		all["answers 404 with "+name] = say(whole("404 Not Found", body))
	}
	all["says more than it announced"] = Twice
	all["says something with a 204"] = func(conn net.Conn, good string) {
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n"+good)
		wait(conn)
	}
	return all
}

// Twice gives the good answer, and its body again behind it on the connection
// that is kept. net/http writes the beginning of such bytes to the standard
// logger.
func Twice(conn net.Conn, good string) {
	io.WriteString(conn, whole("200 OK", good)+good)
	wait(conn)
}

// Behind this net/http hands the connection out, without any of its deadlines.
const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"

const chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

var filler = strings.Repeat("a", 1024)

func whole(status, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

func say(text string) Answer {
	return func(conn net.Conn, _ string) { io.WriteString(conn, text) }
}

// hold says text, and nothing more.
func hold(text string) Answer {
	return func(conn net.Conn, _ string) {
		io.WriteString(conn, text)
		wait(conn)
	}
}

// wait returns when the other side has hung up.
func wait(conn net.Conn) { io.Copy(io.Discard, conn) }

// flood repeats text for as long as it is taken.
func flood(conn net.Conn, first, text string) {
	for _, err := io.WriteString(conn, first); err == nil; {
		_, err = io.WriteString(conn, text)
	}
}

// drip repeats text slowly, so that there is always news.
func drip(conn net.Conn, first, text string) {
	for _, err := io.WriteString(conn, first); err == nil; {
		time.Sleep(5 * time.Millisecond)
		_, err = io.WriteString(conn, text)
	}
}

func reset(conn net.Conn, _ string) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

func bomb(conn net.Conn, _ string) {
	var packed bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	for blank := bytes.Repeat([]byte{' '}, 1<<20); packed.Len() < 64<<10; {
		writer.Write(blank)
	}
	flood(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", packed.String())
}
