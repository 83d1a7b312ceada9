package config

import (
	"slices"
	"strings"
)

// Key is one line of the table of keys.
type Key struct {
	Name     string
	Default  string
	Min, Max string   // limits, in the form of the value; empty for none
	OneOf    []string // the allowed words; empty for any
	Sentence string   // what it does, for whoever runs the program
	Secret   bool     // starred when printed; may be read from a file

	at func(*Config) any // the field that it fills
}

// Environment returns the name of the environment variable of the key.
func (k Key) Environment() string {
	return "LEADRELAY_" + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// Keys returns the table of keys in the order in which they are printed.
func Keys() []Key { return slices.Concat(serverKeys(), accessKeys(), mailKeys()) }

func serverKeys() []Key {
	return []Key{
		{
			Name: "listen", Default: "127.0.0.1:8080",
			Sentence: "Address and port on which the program answers.",
			at:       func(c *Config) any { return &c.Listen },
		}, {
			Name: "demo", Default: "false",
			Sentence: "Serve the demo world with its open accounts; only on a loopback address.",
			at:       func(c *Config) any { return &c.Demo },
		}, {
			Name: "data.dir", Default: "data",
			Sentence: "Directory of the SQLite file, the uploaded files and the generated secret.",
			at:       func(c *Config) any { return &c.DataDir },
		}, {
			Name: "database.url", Secret: true,
			Sentence: "Database: file:PATH or postgres://USER:PASSWORD@HOST/NAME. Empty: a SQLite file in data.dir.",
			at:       func(c *Config) any { return &c.Database.URL },
		}, {
			Name: "files.max_bytes", Default: "20971520", Min: "1024", Max: "1073741824",
			Sentence: "Largest file that can be uploaded, in bytes.",
			at:       func(c *Config) any { return &c.Files.MaxBytes },
		}, {
			Name: "log.level", Default: "info", OneOf: []string{"debug", "info", "warn", "error"},
			Sentence: "Least important level that is logged.",
			at:       func(c *Config) any { return &c.Log.Level },
		}, {
			Name: "metrics.token", Secret: true,
			Sentence: "Bearer token that the metrics page asks for, at least 16 characters. Empty: no metrics page.",
			at:       func(c *Config) any { return &c.Metrics.Token },
		}, {
			Name:     "proxies.trusted",
			Sentence: "Networks (CIDR, separated by commas) of proxies whose forwarded client address is believed. Empty: none.",
			at:       func(c *Config) any { return &c.Proxies.Trusted },
		},
	}
}

func accessKeys() []Key {
	return []Key{
		{
			Name: "secret", Secret: true,
			Sentence: "Secret that signs sessions and cursors, at least 32 random characters. Empty: generated once into data.dir.",
			at:       func(c *Config) any { return &c.Secret },
		}, {
			Name: "session.idle", Default: "10m", Min: "1m", Max: "2h",
			Sentence: "A session without requests ends after this time.",
			at:       func(c *Config) any { return &c.Session.Idle },
		}, {
			Name: "session.absolute", Default: "12h", Min: "10m", Max: "24h",
			Sentence: "A session ends after this time in any case.",
			at:       func(c *Config) any { return &c.Session.Absolute },
		}, {
			Name: "session.access_ttl", Default: "15m", Min: "1m", Max: "15m",
			Sentence: "An access token is good for this time; then it is renewed.",
			at:       func(c *Config) any { return &c.Session.AccessTTL },
		}, {
			Name: "idempotency.keep", Default: "24h", Min: "1h", Max: "168h",
			Sentence: "The answer of a POST under an Idempotency-Key is kept for this time.",
			at:       func(c *Config) any { return &c.Idempotency.Keep },
		}, {
			Name: "password.profile", Default: "dengbao3", OneOf: []string{"dengbao3", "asvs"},
			Sentence: "Rules for passwords: dengbao3 (classes of characters, expiry) or asvs (length, no expiry).",
			at:       func(c *Config) any { return &c.Password.Profile },
		}, {
			Name: "cookie.secure", Default: "auto", OneOf: []string{"auto", "true", "false"},
			Sentence: "Send the session's cookie over HTTPS only. auto: yes, except in demo mode.",
			at:       func(c *Config) any { return &c.Cookie.Mode },
		},
	}
}
