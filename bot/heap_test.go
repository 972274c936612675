package bot_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"otsbot/bot"
	"otsbot/bot/slackfake"
)

// heap looks for marked texts in all that can be reached from a value: fields
// that are not exported too, but neither what a closure holds nor what waits in
// a channel.
type heap struct {
	marks map[string]string // what it is, by the text
	seen  map[visit]bool
	skip  map[reflect.Type]string // why it isn't looked into
	found map[string]bool
}

type visit struct {
	at unsafe.Pointer
	of reflect.Type
}

func (h *heap) text(path, s string) {
	for mark, what := range h.marks {
		if strings.Contains(s, mark) {
			h.found[what+" at "+path] = true
		}
	}
}

func (h *heap) walk(path string, v reflect.Value) {
	if !v.IsValid() || h.skip[v.Type()] != "" {
		return
	}
	switch v.Kind() {
	case reflect.String:
		h.text(path, v.String())
	case reflect.Pointer:
		h.pointer(path, v)
	case reflect.Interface:
		if !v.IsNil() {
			h.walk(path, copied(v.Elem()))
		}
	case reflect.Struct:
		h.fields(path, v)
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			h.walk(path+"[key]", copied(entries.Key()))
			h.walk(path+"[]", copied(entries.Value()))
		}
	case reflect.Slice, reflect.Array:
		h.elements(path, v)
	}
}

func (h *heap) pointer(path string, v reflect.Value) {
	to := visit{v.UnsafePointer(), v.Type()}
	if v.IsNil() || h.seen[to] {
		return
	}
	h.seen[to] = true
	h.walk(path, reflect.NewAt(v.Type().Elem(), to.at).Elem())
}

func (h *heap) fields(path string, v reflect.Value) {
	t := v.Type()
	if t.PkgPath() == "sync/atomic" && strings.HasPrefix(t.Name(), "Pointer[") {
		// struct { _ [0]*T; …; v unsafe.Pointer }
		at := *(*unsafe.Pointer)(v.FieldByName("v").Addr().UnsafePointer())
		h.pointer(path, reflect.NewAt(t.Field(0).Type.Elem().Elem(), at))
		return
	}
	for i := range t.NumField() {
		field := v.Field(i)
		h.walk(path+"."+t.Field(i).Name, reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem())
	}
}

func (h *heap) elements(path string, v reflect.Value) {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			return
		}
		v = v.Slice3(0, v.Cap(), v.Cap()) // what lies behind the end too
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		bytes := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(bytes), v)
		h.text(path, string(bytes))
		return
	}
	for i := range v.Len() {
		h.walk(path+"[]", v.Index(i))
	}
}

// copied makes a value addressable, which map entries and what an interface
// holds are not.
func copied(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

func reachable(from any, marks map[string]string) map[string]bool {
	h := &heap{marks: marks, seen: map[visit]bool{}, found: map[string]bool{}}
	h.walk("", reflect.ValueOf(from))
	return h.found
}

var keyInLink = regexp.MustCompile(`/(?:secret|private|receipt)/([a-z0-9]{20,})`)

var madePhrase = regexp.MustCompile(`\b[A-Za-z0-9]{16}\b`)

// What somebody typed, a passphrase that was made for them, and the keys of
// what they shared: each is of use for seconds, and then nothing keeps it.
func TestTenMinutesLaterTheProcessHoldsNoTextAndNoKey(t *testing.T) {
	t.Parallel()
	for _, later := range []time.Duration{0, 10 * time.Minute} {
		underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
			marks := map[string]string{canarySecret: "a secret", canaryPhrase: "a passphrase", `CANARYsecret\u003c`: "an escaped secret"}
			w.command(ana, general, canarySecret)
			for _, m := range []slackfake.Message{w.last(ben, general), w.receipt(ana)} {
				for _, link := range keyInLink.FindAllStringSubmatch(fmt.Sprint(m.Links(), m.PlainText()), -1) {
					marks[link[1]] = "a key"
				}
			}
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase})
			w.command(ana, general, "")
			w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
			w.submit(ana, slackfake.Values{"Secret": canarySecret})
			made := madePhrase.FindString(w.slack.View(ana).PlainText())
			if made == "" {
				t.Fatalf("no passphrase in:\n%s", w.slack.View(ana).PlainText())
			}
			marks[made] = "a generated passphrase"
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase, people: []string{ben, eve}})
			for _, who := range []string{ben, eve} {
				key := keyInLink.FindStringSubmatch(w.link(w.receipt(who)))
				marks[key[1]] = "a key of one of several"
			}
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase, "Post the link in": northwind})
			contains(t, w.slack.View(ana).PlainText(), "shared with another organization") // the ack holds the form
			if len(marks) < 4 {
				t.Errorf("%d marks: no key was looked for", len(marks))
			}
			if later == 0 {
				_ = w.stop() // only so that nothing moves meanwhile
				synctest.Wait()
				if len(reachable(w.bot, marks)) == 0 {
					t.Error("the ack of a moment ago isn't found: the walk sees nothing")
				}
				return
			}
			w.settle(later)
			for what := range reachable(w.bot, marks) {
				t.Error(what)
			}
		})
	}
}
