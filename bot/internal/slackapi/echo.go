package slackapi

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"strings"
)

// dropEcho takes out of an answer the message or view that Slack repeats in it,
// but for the thread that the message is in. Nobody reads the rest, to decode it
// was a quarter of the work of a whole share, and slack-go fails on a block that
// it doesn't know: a message that was posted would count as one of which nobody
// can say. It says whether the answer is one of Slack's, see isSlacks.
func dropEcho(resp *http.Response) (said bool) {
	defer resp.Body.Close()
	var answer, rest bytes.Buffer
	answer.Grow(4 << 10) // most repeat a message
	_, _ = answer.ReadFrom(resp.Body)
	whole, taken := answer.Bytes(), 0
	for name, at := range fields(whole) {
		if name == "view" || name == "message" {
			rest.Write(whole[taken:at.from])
			rest.WriteString(onlyThread(whole[at.from:at.to]))
			taken = at.to
		}
	}
	rest.Write(whole[taken:])
	said = isSlacks(rest.Bytes())
	resp.Body = io.NopCloser(&rest)
	return said
}

// isSlacks is true of an answer that says that it did what was asked, or why not, as
// slack-go reads it: that takes one that says neither for a success, null too.
func isSlacks(answer []byte) bool {
	var says struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	_ = json.NewDecoder(bytes.NewReader(answer)).Decode(&says)
	return says.OK || strings.TrimSpace(says.Error) != ""
}

// onlyThread leaves of a message the ts of the thread that it is in.
func onlyThread(message []byte) string {
	for name, at := range fields(message) {
		if value := message[at.from:at.to]; name == "thread_ts" && value[0] == '"' {
			return `{"thread_ts":` + string(value) + `}`
		}
	}
	return "{}"
}

// span is a part of some bytes.
type span struct{ from, to int }

// fields finds the values of an object's fields without decoding them, which
// takes a tenth of the time. It ends where the bytes are no JSON; what they are is
// for whoever decodes them.
func fields(object []byte) iter.Seq2[string, span] {
	return func(yield func(string, span) bool) {
		i := behind(object, 0, '{')
		for i > 0 {
			name := span{skipSpace(object, i), 0}
			name.to = skipValue(object, name.from)
			value := span{behind(object, name.to, ':'), 0}
			if value.from == 0 || name.to-name.from < 2 {
				return
			}
			value.from = skipSpace(object, value.from)
			value.to = skipValue(object, value.from)
			if value.to == value.from || !yield(string(object[name.from+1:name.to-1]), value) {
				return
			}
			i = behind(object, value.to, ',')
		}
	}
}

// behind is the place behind a mark that comes next, 0 if another does.
func behind(data []byte, i int, mark byte) int {
	if i = skipSpace(data, i); i < len(data) && data[i] == mark {
		return i + 1
	}
	return 0
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r') {
		i++
	}
	return i
}

// skipValue is the place behind the value that begins at i.
func skipValue(data []byte, i int) int {
	for depth := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i = lastOfString(data, i)
			if depth == 0 {
				return min(i+1, len(data))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1 + min(depth, 0) // the end of what the value is in, or its own
			}
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return len(data)
}

// lastOfString is the place of the quotation mark that ends the string at i.
func lastOfString(data []byte, i int) int {
	for i++; i < len(data) && data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i
}
