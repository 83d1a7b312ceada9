package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// Sources are the places from which a configuration is read, weakest first.
type Sources struct {
	File    string            // path of a .yaml, .yml or .toml file; empty for none
	Environ []string          // NAME=value lines, as Environ returns them
	Flags   map[string]string // key name → value, only those that were given
}

// The environment variables that are not keys: the path of the file, and
// whatever the project's own tests hand to each other.
const (
	fileVariable = "LEADRELAY_CONFIG"
	testPrefix   = "LEADRELAY_TEST_"
	prefix       = "LEADRELAY_"
	fileSuffix   = "_file"
)

// ErrWrong is wrapped by every error about the configuration itself.
var ErrWrong = errors.New("configuration refused")

// Environ returns the environment of the process.
func Environ() []string { return os.Environ() }

// Load returns the configuration merged from the sources, in the order
// default, file, environment, flag. Without Sources.File the path in
// LEADRELAY_CONFIG counts. A secret NAME can be given as NAME_FILE (in a
// file: name_file), the path of a file that holds it.
//
// Errors: one that wraps ErrWrong and names every key that is unknown, has a
// wrong value or cannot stand beside another.
func Load(from Sources) (*Config, error) {
	c := &Config{values: map[string]string{}, origin: map[string]string{}}
	layers, err := readLayers(from)
	if err != nil {
		return nil, err
	}
	merged := koanf.New(delimiter)
	var wrong []error
	for _, l := range layers {
		wrong = append(wrong, l.openSecrets()...)
		wrong = append(wrong, l.unknown()...)
		if err := merged.Load(confmap.Provider(l.loaded(), delimiter), nil); err != nil {
			return nil, fmt.Errorf("merge %s: %w", l.name, err)
		}
		for name := range l.values {
			c.origin[name] = l.source(name)
		}
	}
	for _, k := range Keys() {
		value := merged.String(k.Name)
		wrong = append(wrong, c.fill(k, value)...)
		if k.Secret { // a printed Config must not give it away
			value = Hidden(value).String()
		}
		c.values[k.Name] = value
	}
	if len(wrong) == 0 {
		wrong = c.impossible()
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return c, nil
}

const delimiter = "."

// layer is the values of one source by key name.
type layer struct {
	name   string
	values map[string]string
	source func(key string) string
}

func readLayers(from Sources) ([]*layer, error) {
	env := environmentLayer(from.Environ)
	path := from.File
	if path == "" {
		path = lookup(from.Environ, fileVariable)
	}
	layers := []*layer{defaultLayer()}
	if path != "" {
		file, err := fileLayer(path)
		if err != nil {
			return nil, err
		}
		layers = append(layers, file)
	}
	flags := &layer{name: "flags", values: map[string]string{}, source: func(string) string { return "flag" }}
	for name, value := range from.Flags {
		flags.values[name] = value
	}
	return append(layers, env, flags), nil
}

func defaultLayer() *layer {
	l := &layer{name: "defaults", values: map[string]string{}, source: func(string) string { return "default" }}
	for _, k := range Keys() {
		l.values[k.Name] = k.Default
	}
	return l
}

func environmentLayer(environ []string) *layer {
	names := map[string]string{}
	for _, k := range Keys() {
		names[k.Environment()] = k.Name
		if k.Secret {
			names[k.Environment()+strings.ToUpper(fileSuffix)] = k.Name + fileSuffix
		}
	}
	l := &layer{name: "environment", values: map[string]string{}}
	l.source = func(key string) string {
		return "environment " + prefix + strings.ToUpper(strings.ReplaceAll(key, delimiter, "_"))
	}
	for _, line := range environ {
		variable, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(variable, prefix) || strings.HasPrefix(variable, testPrefix) || variable == fileVariable {
			continue
		}
		if name, ok := names[variable]; ok {
			l.values[name] = value
		} else {
			l.values[variable] = value // refused later, by its own name
		}
	}
	return l
}

func fileLayer(path string) (*layer, error) {
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	var parser koanf.Parser
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml":
		parser = yaml.Parser()
	case ".toml":
		parser = toml.Parser()
	default:
		return nil, fmt.Errorf("read configuration %s: the name must end in .yaml, .yml or .toml: %w", path, ErrWrong)
	}
	k := koanf.New(delimiter)
	if err := k.Load(rawbytes.Provider(raw), parser); err != nil {
		return nil, fmt.Errorf("parse configuration %s: %w", path, errors.Join(ErrWrong, err))
	}
	l := &layer{name: path, values: map[string]string{}, source: func(string) string { return "file " + path }}
	for name, value := range k.All() {
		l.values[name] = text(value)
	}
	return l, nil
}

// text writes a parsed value in the one form that keys are read from.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = text(item)
		}
		return strings.Join(parts, ",")
	default:
		return fmt.Sprint(v)
	}
}

// openSecrets replaces the paths of secrets by what the files hold.
func (l *layer) openSecrets() []error {
	var wrong []error
	for _, k := range Keys() {
		path, given := l.values[k.Name+fileSuffix]
		if !k.Secret || !given {
			continue
		}
		delete(l.values, k.Name+fileSuffix)
		if l.values[k.Name] != "" && l.name != "defaults" {
			wrong = append(wrong, refuse(k.Name, "is given both as a value and as a file"))
			continue
		}
		raw, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			wrong = append(wrong, refuse(k.Name, "its file cannot be read: "+err.Error()))
			continue
		}
		l.values[k.Name] = strings.TrimRight(string(raw), "\r\n")
		plain := l.source
		l.source = func(key string) string {
			if key == k.Name {
				return plain(key) + ", from file " + path
			}
			return plain(key)
		}
	}
	return wrong
}

func (l *layer) unknown() []error {
	known := map[string]bool{}
	for _, k := range Keys() {
		known[k.Name] = true
	}
	var wrong []error
	for name := range l.values {
		if !known[name] {
			wrong = append(wrong, refuse(name, "unknown key in "+l.name))
			delete(l.values, name)
		}
	}
	sort.Slice(wrong, func(i, j int) bool { return wrong[i].Error() < wrong[j].Error() })
	return wrong
}

func (l *layer) loaded() map[string]any {
	out := make(map[string]any, len(l.values))
	for name, value := range l.values {
		out[name] = value
	}
	return out
}

func lookup(environ []string, name string) string {
	for _, line := range environ {
		if variable, value, _ := strings.Cut(line, "="); variable == name {
			return value
		}
	}
	return ""
}

func refuse(key, why string) error { return fmt.Errorf("%w: %s: %s", ErrWrong, key, why) }
