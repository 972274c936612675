package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"otsbot/bot/internal/payload"
)

func TestWhatAPayloadAsksFor(t *testing.T) {
	t.Parallel()
	const form = `"view":{"callback_id":"secret_form","blocks":[{"type":"input","block_id":"secret"}]}`
	for _, c := range []struct {
		envelope, payload string
		accepts           bool
		want              asked
	}{
		{commands, `{"command":"/secret"}`, true, asked{commands, ""}},
		{"interactive", `{"type":"block_actions","actions":[{"action_id":"check"}]}`, false, asked{buttons, "check"}},
		{"interactive", `{"type":"block_actions","actions":[{"action_id":"mail"}],` + form + `}`, false, asked{buttons, "mail"}},
		{"interactive", `{"type":"view_submission",` + form + `}`, true, asked{forms, "secret_form"}},
		{"interactive", `{` + form + `}`, true, asked{forms, "secret_form"}}, // else it would close
		{"interactive", `{"type":"shortcut","callback_id":"share_secret"}`, false, asked{shortcuts, "share_secret"}},
		{"interactive", `{"type":"message_action","callback_id":"share_message"}`, false, asked{onMessage, "share_message"}},
		{"events_api", `{"type":"shortcut","callback_id":"share_secret"}`, false, asked{"events_api", ""}},
	} {
		p := payload.Read([]byte(c.payload))
		in := &interaction{kind: c.envelope, inputs: p.View.Inputs(), accepts: c.accepts}
		if got := in.asks(p); got != c.want {
			t.Errorf("%s: asks for %v, want %v", c.payload, got, c.want)
		}
	}
}

// A button that nothing answers looks like tampering.
func TestEveryButtonAndFormHasItsHandler(t *testing.T) {
	t.Parallel()
	answered := func(action string) bool {
		for to := range handlers {
			if to.name == action || strings.HasPrefix(to.name, action+"_") { // several of one kind
				return true
			}
		}
		return false
	}
	found := 0
	for _, name := range append(goFiles(t, "*.go"), goFiles(t, filepath.Join("internal", "*", "*.go"))...) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
				return true
			}
			text, ok := spec.Values[0].(*ast.BasicLit)
			if called := strings.ToLower(spec.Names[0].Name); !ok || !strings.HasPrefix(called, "action") && !strings.HasPrefix(called, "callback") {
				return true
			}
			found++
			if value, _ := strconv.Unquote(text.Value); !answered(value) {
				t.Errorf("nothing answers %s", text.Value)
			}
			return true
		})
	}
	if found < 25 {
		t.Errorf("found only %d buttons and forms", found)
	}
}

func goFiles(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no source is %s: %v", pattern, err)
	}
	return names
}
