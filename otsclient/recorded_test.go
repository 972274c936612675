package otsclient_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// recordedVersions are the servers that testdata/recorded has, as the fake
// names them.
var recordedVersions = map[string]string{"0.12": "v0.12.1", "0.20": "v0.20.5", "0.22": "v0.22.11", "0.26": "v0.26.4"}

// exchange is a request to a real server and its answer: one line of a file
// in testdata/recorded. API tokens were taken out, pages of HTML cut off.
type exchange struct {
	Name          string `json:"name"`
	Method        string `json:"method"`
	Path          string `json:"path"`
	Auth          string `json:"auth"`          // "", alice, bob or raw
	Authorization string `json:"authorization"` // the header, where Auth is raw
	Type          string `json:"type"`
	Agent         string `json:"agent"`
	Body          string `json:"body"`
	Status        int    `json:"status"`
	AnswerType    string `json:"answer_type"`
	Intended      string `json:"intended"` // X-OTS-Intended-Status
	Location      string `json:"location"`
	Answer        string `json:"answer"`
}

// recorded returns the exchanges of a file, in order.
func recorded(t testing.TB, file string) []exchange {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "recorded", file+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []exchange
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e exchange
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s, line %d: %v", file, len(all)+1, err)
		}
		e.Body, e.Answer = refill(e.Body), refill(e.Answer)
		all = append(all, e)
	}
	if lines.Err() != nil || len(all) == 0 {
		t.Fatalf("%s: %d lines, %v", file, len(all), lines.Err())
	}
	return all
}

// Long bodies were recorded as their beginning and their length.
var (
	cutRequest = regexp.MustCompile(`^secret=(a|%C3%A9)[aC3A9%]*\.\.\.<(\d+) bytes total>$`)
	cutValue   = regexp.MustCompile(`a+\.\.\.<(\d+) chars>`)
)

// refill puts back what was left out of a long body.
func refill(body string) string {
	if m := cutRequest.FindStringSubmatch(body); m != nil {
		const begin, end = "secret=", "&ttl=3600"
		total, _ := strconv.Atoi(m[2])
		return begin + strings.Repeat(m[1], (total-len(begin)-len(end))/len(m[1])) + end
	}
	return cutValue.ReplaceAllStringFunc(body, func(value string) string {
		n, _ := strconv.Atoi(cutValue.FindStringSubmatch(value)[1])
		return strings.Repeat("a", n)
	})
}
