package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// Every link from one document to another leads to a file, and to a heading
// of it if it names one.
func TestLinksBetweenDocumentsResolve(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	documents = append(documents, filepath.Join(root, "README.md"), filepath.Join(root, "SECURITY.md"),
		filepath.Join(root, "CONTRIBUTING.md"), filepath.Join(root, "CHANGELOG.md"),
		filepath.Join(root, "helm", "otsbot", "README.md"))
	link := regexp.MustCompile(`\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"`)
	links := 0
	for _, document := range documents {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			target := found[1] + found[2]
			if strings.Contains(target, "://") {
				continue
			}
			links++
			if problem := deadEnd(document, target); problem != "" {
				t.Errorf("%s: %s: %s", document, target, problem)
			}
		}
	}
	if links < 40 {
		t.Errorf("found only %d links", links)
	}
}

// deadEnd says why a link of a document leads nowhere, or "".
func deadEnd(document, target string) string {
	file, anchor, hasAnchor := strings.Cut(target, "#")
	path := document
	if file != "" {
		path = filepath.Join(filepath.Dir(document), file)
	}
	if _, err := os.Stat(path); err != nil {
		return "there is no such file"
	}
	if !hasAnchor {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	fenced := false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		}
		if heading := strings.TrimLeft(line, "#"); !fenced && heading != line && slug(heading) == anchor {
			return ""
		}
	}
	return "there is no such heading"
}

// slug is the anchor that GitHub gives a heading.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}
