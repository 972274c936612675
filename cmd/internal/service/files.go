package service

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
)

const (
	// fileSuffix makes of a setting's name that of the variable that names the
	// file which holds it.
	fileSuffix = "_FILE"

	// maxSecretFile is far more than tokens and lists of keys take.
	maxSecretFile = 64 << 10
)

// secretFile is where a setting stands instead of in the environment.
type secretFile struct {
	path string
	// optional: without the file, or with nothing in it, the setting isn't
	// set. A Secret of Kubernetes lacks the keys that nobody needed.
	optional bool
}

// newSecretFile reads the value of a variable: a path, or, as systemd has it for
// environment files, a path behind a "-" of a file that may be missing.
func newSecretFile(value string) secretFile {
	path, optional := strings.CutPrefix(value, "-")
	return secretFile{path, optional}
}

func mayBeFile(field reflect.StructField) bool { return field.Tag.Get("file") != "" }

func (c *Config) standsIn(name string, file secretFile) {
	if c.files == nil {
		c.files = map[string]secretFile{}
	}
	c.files[name] = file
}

// readFiles fills in the settings that stand in files, and checks all settings.
// What is wrong with a file is said, and not what follows from that.
func (c *Config) readFiles(found problems) {
	c.fill(found)
	c.check(found)
	for name := range c.files {
		if _, unread := found[name+fileSuffix]; unread {
			delete(found, name)
		}
	}
}

func (c *Config) fill(found problems) {
	for field, into := range c.fields() {
		name := field.Tag.Get("envconfig")
		file, ok := c.files[name]
		if !ok {
			continue
		}
		value, problem := file.read()
		switch {
		case problem != "":
			found.add(name+fileSuffix, problem)
		case value == "" && field.Tag.Get("required") != "":
			found.add(name, "is missing: "+field.Tag.Get("desc"))
		case value == "":
			into.SetZero()
		case into.Kind() == reflect.String:
			into.SetString(value)
		default: // a list, as envconfig reads it
			into.Set(reflect.ValueOf(strings.Split(value, ",")))
		}
	}
}

// read returns what the file holds, without the line break at its end, or says
// what is wrong: never its path, since what stands there may be the secret
// itself by mistake, nor its content.
func (f secretFile) read() (value, problem string) {
	content, err := f.content()
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.optional:
		return "", ""
	case errors.Is(err, fs.ErrNotExist):
		return "", "names a file that doesn't exist"
	case errors.Is(err, fs.ErrPermission):
		return "", "names a file that this process isn't allowed to read"
	case errors.Is(err, errNoFile):
		return "", "must name a file"
	case err != nil:
		return "", "names a file that can't be read"
	case len(content) > maxSecretFile:
		return "", "names a file larger than 64 KiB, which can't be one of this app's secrets"
	}
	value = strings.TrimRight(string(content), "\r\n")
	if strings.TrimSpace(value) == "" {
		if f.optional {
			return "", ""
		}
		return "", "names an empty file"
	}
	return value, ""
}

var errNoFile = errors.New("not a regular file")

// content looks before it opens: to open a pipe would wait for its writer.
func (f secretFile) content() ([]byte, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxSecretFile+1))
}
