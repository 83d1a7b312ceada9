package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes every key with its value, its origin and its sentence.
// Secrets are starred.
func (c *Config) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tVALUE\tFROM\tMEANING") //nolint:errcheck // Flush reports it
	for _, k := range Keys() {
		value := c.values[k.Name]
		if value == "" {
			value = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", k.Name, value, c.origin[k.Name], k.Sentence) //nolint:errcheck // Flush reports it
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print configuration: %w", err)
	}
	return nil
}

// Markdown returns the page docs/configuration.md.
func Markdown() string {
	var page strings.Builder
	page.WriteString(`# Configuration

<!-- Generated from internal/config by "make generate"; a test fails when it is stale. -->

Every key can be set in a file (` + "`--config FILE`" + ` or ` + "`LEADRELAY_CONFIG`" + `; YAML or TOML), in the environment
or as a flag (` + "`--set session.idle=15m`" + `). The order is default < file < environment < flag. A secret can also be
read from a file: put ` + "`_FILE`" + ` behind its variable, or ` + "`_file`" + ` behind its key. An unknown key, a value out of
range or an impossible combination stops the start with the name of the key.

` + "`leadrelay config`" + ` prints the values in force and where each came from.

| Key | Environment | Default | Allowed | Meaning |
|---|---|---|---|---|
`)
	for _, k := range Keys() {
		variable := "`" + k.Environment() + "`"
		if k.Secret {
			variable += ", `…_FILE`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s |\n", k.Name, variable, code(k.Default), k.allowed(), k.Sentence)
	}
	page.WriteString(`
Days and thresholds of the city (working hours, limits in working days, holidays) are not configuration: they
are dated data that an administrator edits in the program.
`)
	return page.String()
}

func (k Key) allowed() string {
	switch {
	case len(k.OneOf) > 0:
		return "`" + strings.Join(k.OneOf, "`, `") + "`"
	case k.Min != "" && k.Max != "":
		return k.Min + " – " + k.Max
	case k.Secret:
		return "secret"
	}
	return ""
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}
