package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// decoded reads a YAML file of the repository into v, which knows every field
// that the file may have, if strict.
func decoded(t *testing.T, file string, strict bool, v any) {
	t.Helper()
	decode := yaml.NewDecoder(strings.NewReader(readFile(t, file)))
	decode.KnownFields(strict)
	if err := decode.Decode(v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// workflow is what the tests ask of one. That it is one, actionlint says, which
// .ci/run runs.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Container   string
		Uses        string
		Timeout     int `yaml:"timeout-minutes"`
		Steps       []struct {
			Uses, Run string
			With      map[string]string
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	all := map[string]workflow{}
	for _, name := range []string{"ci", "release"} {
		var w workflow
		decoded(t, ".github/workflows/"+name+".yml", false, &w)
		all[name] = w
	}
	return all
}

// A tag can be moved to other code; a commit can't. The version stands behind
// it for people, and for what renews it.
func TestWorkflowsRunNothingThatCanBeExchanged(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
	for name, w := range workflows(t) {
		source := readFile(t, ".github/workflows/"+name+".yml")
		if w.Permissions == nil {
			t.Errorf("%s: permissions aren't said, so they are what the forge gives", name)
		}
		for job, j := range w.Jobs {
			if j.Uses == "" && j.Timeout == 0 {
				t.Errorf("%s, %s: may run for hours", name, job)
			}
			for _, step := range j.Steps {
				switch {
				case step.Uses == "":
				case !pinned.MatchString(step.Uses):
					t.Errorf("%s, %s: %s isn't pinned", name, job, step.Uses)
				case !regexp.MustCompile(regexp.QuoteMeta(step.Uses) + ` # v\d+\.\d+\.\d+\n`).MatchString(source):
					t.Errorf("%s, %s: %s lacks its version", name, job, step.Uses)
				}
			}
		}
	}
}

// What a clone, the forge and a release are built and checked with is the same.
func TestVersionsOfToolsAgree(t *testing.T) {
	t.Parallel()
	image := regexp.MustCompile(`FROM --platform=\$BUILDPLATFORM (\S+) AS build`).FindStringSubmatch(readFile(t, "Dockerfile"))[1]
	version := regexp.MustCompile(`golang:([\d.]+)@`).FindStringSubmatch(image)[1]
	goreleaser := regexp.MustCompile(`GORELEASER=\S+@(\S+)`).FindStringSubmatch(readFile(t, ".ci/run"))[1]
	all := workflows(t)
	ci := all["ci"].Jobs["ci"]
	if ci.Container != image {
		t.Errorf("ci runs in %s, the Dockerfile builds in %s", ci.Container, image)
	}
	if last := ci.Steps[len(ci.Steps)-1]; last.Run != ".ci/run" {
		t.Errorf("ci ends with %q", last.Run)
	}
	if uses := all["release"].Jobs["ci"].Uses; uses != "./.github/workflows/ci.yml" {
		t.Errorf("a release is checked by %q", uses)
	}
	for _, step := range all["release"].Jobs["binaries"].Steps {
		if v, ok := step.With["go-version"]; ok && v != version {
			t.Errorf("a release is built with Go %s, the image with %s", v, version)
		}
		if strings.HasPrefix(step.Uses, "goreleaser/") && step.With["version"] != goreleaser {
			t.Errorf("a release is made with goreleaser %s, tried with %s", step.With["version"], goreleaser)
		}
	}
}

// What goreleaser itself says of it, .ci/run shows where it can be had.
func TestAReleaseHoldsWhatItPromises(t *testing.T) {
	t.Parallel()
	var release struct {
		Version int
		Builds  []struct {
			Main                              string
			Env, Goos, Goarch, Flags, Ldflags []string
		}
		Archives []struct{ Files []string }
		Checksum struct {
			Name string `yaml:"name_template"`
		}
		SBOMs []struct{ Artifacts string } `yaml:"sboms"`
	}
	decoded(t, ".goreleaser.yaml", false, &release)
	build := release.Builds[0]
	if release.Version != 2 || len(release.Builds) != 1 || build.Main != "./cmd/otsbot" || !slices.Equal(build.Env, []string{"CGO_ENABLED=0"}) {
		t.Errorf("it builds %+v", release.Builds)
	}
	if !slices.Equal(build.Goos, []string{"linux", "darwin"}) || !slices.Equal(build.Goarch, []string{"amd64", "arm64"}) {
		t.Errorf("for %v on %v", build.Goos, build.Goarch)
	}
	dockerfile := readFile(t, "Dockerfile")
	for _, flag := range []string{"-trimpath", "-tags timetzdata", "-s -w -X main.version="} {
		ours := strings.Join(append(slices.Clone(build.Flags), build.Ldflags...), " ")
		if !strings.Contains(dockerfile, flag) || !strings.Contains(strings.ReplaceAll(ours, "-tags=", "-tags "), flag) {
			t.Errorf("the image and the binaries aren't both built with %s", flag)
		}
	}
	for _, file := range release.Archives[0].Files {
		if _, err := os.Stat(filepath.Join("..", "..", file)); err != nil {
			t.Error(err)
		}
	}
	if release.Checksum.Name != "checksums.txt" || len(release.SBOMs) != 1 || release.SBOMs[0].Artifacts != "archive" {
		t.Errorf("checksums in %q, SBOMs of %v", release.Checksum.Name, release.SBOMs)
	}
}

func TestEveryModuleIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	var bot struct {
		Version int
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
			Schedule    struct{ Interval string }
			Groups      map[string]struct{ Patterns []string }
		}
	}
	decoded(t, ".github/dependabot.yml", true, &bot)
	var modules, ecosystems []string
	for _, update := range bot.Updates {
		ecosystems = append(ecosystems, update.Ecosystem)
		if update.Ecosystem == "gomod" {
			modules = append(modules, update.Directories...)
		}
		if update.Schedule.Interval != "weekly" {
			t.Errorf("%s is looked at %q", update.Ecosystem, update.Schedule.Interval)
		}
	}
	slices.Sort(modules)
	if all := moduleFolders(t); !slices.Equal(modules, all) {
		t.Errorf("kept up to date are %v, of %v", modules, all)
	}
	if bot.Version != 2 || !slices.Equal(ecosystems, []string{"gomod", "github-actions", "docker"}) {
		t.Errorf("version %d, %v", bot.Version, ecosystems)
	}
}

// moduleFolders are the folders with a go.mod, from "/".
func moduleFolders(t *testing.T) (folders []string) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, _ fs.DirEntry, err error) error {
		if filepath.Base(file) == "go.mod" {
			folder, _ := filepath.Rel(root, filepath.Dir(file))
			folders = append(folders, path.Join("/", filepath.ToSlash(folder)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(folders)
	return folders
}

// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
func TestIssueFormsAreForms(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"it-doesnt-work", "live-check"} {
		var form struct {
			Name, Description string
			Labels            []string
			Body              []struct {
				Type, ID   string
				Attributes struct {
					Label, Description, Placeholder, Render, Value string
					Options                                        []string
				}
				Validations struct{ Required bool }
			}
		}
		decoded(t, ".github/ISSUE_TEMPLATE/"+name+".yml", true, &form)
		if form.Name == "" || form.Description == "" {
			t.Errorf("%s has no name or description", name)
		}
		seen := map[string]bool{}
		asked := false
		for _, field := range form.Body {
			a := field.Attributes
			switch field.Type {
			case "markdown":
				if a.Value == "" || field.ID != "" {
					t.Errorf("%s: a markdown has a value and no id", name)
				}
				continue
			case "input", "textarea":
			case "dropdown":
				if len(a.Options) < 2 {
					t.Errorf("%s: %s has nothing to choose from", name, field.ID)
				}
			default:
				t.Errorf("%s: there is no type %q", name, field.Type)
			}
			asked = true
			if field.ID == "" || a.Label == "" || seen[field.ID] || seen[a.Label] {
				t.Errorf("%s: %q, %q is missing or there twice", name, field.ID, a.Label)
			}
			seen[field.ID], seen[a.Label] = true, true
		}
		if !asked {
			t.Errorf("%s asks nothing", name)
		}
	}
}

// Whoever runs .ci/run on a machine of their own is told what it lacks; it
// installs only where it is root, which a container of CI is.
func TestCIInstallsNothingUnlessItIsRoot(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	dirname, err := exec.LookPath("dirname")
	if err != nil {
		t.Fatal(err)
	}
	for uid, says := range map[string]string{"1000": "sudo apt-get install --no-install-recommends gcc libc6-dev chromium", "0": "apt-get was called: update -q"} {
		bin := t.TempDir()
		script := func(name, does string) {
			if err := os.WriteFile(filepath.Join(bin, name), []byte("#!"+bash+"\n"+does+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(dirname, filepath.Join(bin, "dirname")); err != nil {
			t.Fatal(err)
		}
		script("id", "echo "+uid)
		script("apt-get", `echo "apt-get was called: $*"; exit 7`)
		run := exec.CommandContext(t.Context(), bash, filepath.Join("..", "..", ".ci", "run"))
		run.Env = []string{"PATH=" + bin}
		output, err := run.CombinedOutput()
		if err == nil || !strings.Contains(string(output), says) {
			t.Errorf("as %s: %v, want %q in\n%s", uid, err, says, output)
		}
		if called := strings.Contains(string(output), "apt-get was called"); called != (uid == "0") {
			t.Errorf("as %s: apt-get was called: %v", uid, called)
		}
	}
}
