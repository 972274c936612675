package slackfake

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// What was accepted once is accepted again, with the ids that were added.
func FuzzBlocks(f *testing.F) {
	f.Add([]byte(`[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","text":{"type":"plain_text","text":"b"}}}]`))
	f.Add([]byte(`[{"type":"actions","elements":[{"type":"static_select","options":[{"text":{"type":"plain_text","text":"b"},"value":"v"}]}]}]`))
	f.Add([]byte(`[{"type":"input","label":null,"element":{"type":"checkboxes","options":[null],"initial_options":[1]}}]`))
	f.Add([]byte(`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[]}]}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		blocks, reasons := checkMessageBlocks(raw)
		if reasons != nil {
			return
		}
		if _, reasons := checkMessageBlocks(blocks); reasons != nil {
			t.Errorf("accepted, but not twice: %s: %v", blocks, reasons)
		}
		m := Message{Blocks: blocks}
		m.PlainText()
		m.Links()
		m.Buttons()
		fieldsOf(decodeBlocks(blocks))
	})
}

func FuzzView(f *testing.F) {
	f.Add([]byte(`{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"divider"}]}`))
	f.Add([]byte(`{"type":"modal","title":{"type":"plain_text","text":"x"},"submit":{"type":"plain_text","text":"x"},"blocks":[{"type":"input","label":{"type":"plain_text","text":"x"},"element":{"type":"conversations_select","filter":{"include":["im"]}}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		spec, refusal := parseView(raw, "modal")
		if refusal != nil {
			return
		}
		w := New(Options{})
		w.AddUser(User{ID: "U1", Name: "ana"})
		v := w.newView("U1", "", spec)
		w.views["U1"] = []*view{v}
		w.View("U1").PlainText()
		v.clientErrors()
	})
}

// Typed text reads the same after Slack has escaped it and looked for links.
func FuzzTyped(f *testing.F) {
	f.Add("a<b>&c &amp; foo.com <@U1> https://x.y/?a=1&b=<2>")
	f.Add("ask ana@example.com|x")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || bytes.ContainsAny([]byte(s), "`*_~\n") {
			return // that is markup
		}
		text, blocks := typed(s)
		if got := (Message{Text: text}).PlainText(); got != s {
			t.Errorf("text: got %q, want %q", got, s)
		}
		if got := (Message{Blocks: blocks}).PlainText(); got != s {
			t.Errorf("rich text: got %q, want %q", got, s)
		}
	})
}

// However a message is cut into frames and reads, the watch counts it right.
func FuzzFraming(f *testing.F) {
	f.Add(uint16(10), uint8(3), uint8(7), true)
	f.Add(uint16(40_000), uint8(1), uint8(255), false)
	f.Fuzz(func(t *testing.T, size uint16, frames, read uint8, ping bool) {
		var wire []byte
		n := int(frames%8) + 1
		for i := range n {
			if ping {
				wire = append(wire, frame(0x80|websocket.PingMessage, 3)...)
			}
			opcode := byte(0)
			if i == 0 {
				opcode = websocket.TextMessage
			}
			if i == n-1 {
				opcode |= 0x80
			}
			wire = append(wire, frame(opcode, int(size))...)
		}
		var watch frameWatch
		for chunk := int(read) + 1; len(wire) > 0; {
			cut := min(chunk, len(wire))
			watch.watch(wire[:cut])
			wire = wire[cut:]
		}
		if len(watch.done) != 1 || watch.done[0] != (framing{frames: n, longest: int(size)}) {
			t.Errorf("got %+v, want %d frames of %d", watch.done, n, size)
		}
	})
}

// frame makes a masked frame of the given size.
func frame(first byte, size int) []byte {
	b := []byte{first}
	switch {
	case size < 126:
		b = append(b, 0x80|byte(size))
	default:
		b = append(b, 0x80|126, byte(size>>8), byte(size))
	}
	return append(b, make([]byte, 4+size)...)
}
