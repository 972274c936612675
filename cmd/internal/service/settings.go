package service

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"otsbot/bot"
)

// Setting describes one variable for people.
type Setting struct {
	Name    string
	Default string // as the tables show it: a value, "required", or what an unset variable means
	Meaning string
}

// Settings lists all settings in their order, read from the tags of Config:
// behind each that may stand in a file, the variable that names the file.
func Settings() []Setting {
	var all []Setting
	names := slices.Sorted(slices.Values(bot.Languages()))
	languages := strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	for field := range new(Config).fields() {
		s := Setting{
			Name:    field.Tag.Get("envconfig"),
			Default: field.Tag.Get("default"),
			Meaning: strings.ReplaceAll(field.Tag.Get("desc"), "{languages}", languages),
		}
		switch {
		case field.Tag.Get("required") != "":
			s.Default = "required"
		case s.Default == "":
			s.Default = field.Tag.Get("unset")
		}
		all = append(all, s)
		if mayBeFile(field) {
			all = append(all, Setting{Name: s.Name + fileSuffix, Meaning: "A file that holds " + s.Name + " instead."})
		}
	}
	return all
}

// WriteSettings prints the settings for a terminal.
func WriteSettings(w io.Writer) {
	for _, s := range Settings() {
		fmt.Fprintf(w, "  %s", s.Name)
		if s.Default != "" {
			fmt.Fprintf(w, " (%s)", s.Default)
		}
		fmt.Fprintf(w, "\n\t%s\n", s.Meaning)
	}
}

// Unknown lists the variables of the environment that look like settings and
// aren't: a typo, or a setting of another program. Names only. It passes over
// what Kubernetes sets for a Service called "slack", "ots" or "secret"
// (OTS_SERVICE_HOST, OTS_PORT, OTS_PORT_443_TCP, …).
func Unknown() []string {
	known := map[string]bool{}
	for _, s := range Settings() {
		known[s.Name] = true
	}
	var unknown []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if hasOurPrefix(name) && !known[name] && !isServiceLink(name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func hasOurPrefix(name string) bool {
	return slices.ContainsFunc([]string{"SLACK_", "OTS_", "SECRET_", "POLICY_", "ENCRYPTION_", "STORE_", "NOTIFY_"}, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}

// isServiceLink: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
func isServiceLink(name string) bool {
	return strings.Contains(name, "_SERVICE_HOST") ||
		strings.Contains(name, "_SERVICE_PORT") ||
		strings.Contains(name, "_PORT_") ||
		strings.HasSuffix(name, "_PORT")
}
