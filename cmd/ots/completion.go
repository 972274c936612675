package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shells are those that completion can be printed for.
var shells = []string{"bash", "zsh", "fish"}

// completion prints a script that completes commands and flags. Keys and links
// are never completed: they would have to be remembered somewhere.
func completion(t *task) error {
	if len(t.keys) != 1 || !slices.Contains(shells, t.keys[0]) {
		return usageError{errors.New("name a shell: " + strings.Join(shells, ", "))}
	}
	switch t.keys[0] {
	case "bash":
		fmt.Fprint(t.stdout, bashCompletion())
	case "zsh":
		fmt.Fprint(t.stdout, "#compdef ots\nautoload -U +X bashcompinit && bashcompinit\n", bashCompletion())
	case "fish":
		fmt.Fprint(t.stdout, fishCompletion())
	}
	return nil
}

// commandFlags are the flags of each command, by its name.
func commandFlags() map[string][]*flag.Flag {
	all := map[string][]*flag.Flag{}
	for name, command := range commands() {
		all[name] = nil
		command.flagSet(name, new(task)).VisitAll(func(f *flag.Flag) { all[name] = append(all[name], f) })
	}
	return all
}

func bashCompletion() string {
	flags := commandFlags()
	names := slices.Sorted(maps.Keys(flags))
	var s strings.Builder
	s.WriteString(`# ots: source <(ots completion bash)
_ots() {
	local word="${COMP_WORDS[COMP_CWORD]}" words=""
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="` + strings.Join(names, " ") + `"
	else
		case "${COMP_WORDS[1]}" in
`)
	for _, name := range names {
		var words []string
		if name == "completion" {
			words = append(words, shells...)
		}
		for _, f := range flags[name] {
			words = append(words, "-"+f.Name)
		}
		fmt.Fprintf(&s, "\t\t%s) words=\"%s\" ;;\n", name, strings.Join(words, " "))
	}
	s.WriteString(`		esac
	fi
	while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$word")
}
complete -o default -F _ots ots
`)
	return s.String()
}

func fishCompletion() string {
	flags := commandFlags()
	var s strings.Builder
	s.WriteString("# ots: ots completion fish | source\n")
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		fmt.Fprintf(&s, "complete -c ots -f -n __fish_use_subcommand -a %s\n", name)
		for _, f := range flags[name] {
			fmt.Fprintf(&s, "complete -c ots -n '__fish_seen_subcommand_from %s' -o %s -d '%s'\n", name, f.Name, strings.NewReplacer("'", "\\'", "`", "").Replace(f.Usage))
		}
	}
	fmt.Fprintf(&s, "complete -c ots -f -n '__fish_seen_subcommand_from completion' -a '%s'\n", strings.Join(shells, " "))
	return s.String()
}
