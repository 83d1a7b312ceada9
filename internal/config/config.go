// Package config fills one struct from one table of keys: default, then
// file, then environment, then flag. It is the only package that reads the
// environment.
package config

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"
)

// Config is the whole configuration of the program. Days and thresholds of
// the city are not here: they are dated data that an administrator edits.
type Config struct {
	Listen   string
	Demo     bool
	DataDir  string
	Database Database
	Session  Session
	Password Password
	Secret   Hidden
	Proxies  Proxies
	Files    Files
	Log      Log
	Metrics  Metrics
	Cookie   Cookie
	// Idempotency says how long answers are kept for repeated requests.
	Idempotency Idempotency
	Public      Public
	SMTP        SMTP

	values map[string]string // as shown, by key; secrets starred
	origin map[string]string // where each value came from, by key
}

// Database says where the data lives. Empty means a SQLite file in the data
// directory; see Config.DatabaseURL.
type Database struct{ URL Hidden }

// Session holds the time limits of a login.
type Session struct{ Idle, Absolute, AccessTTL time.Duration }

// Password names the rules for passwords: "dengbao3" or "asvs".
type Password struct{ Profile string }

// Proxies lists the networks whose forwarded client address is believed.
type Proxies struct{ Trusted []netip.Prefix }

// Files limits uploads.
type Files struct{ MaxBytes int64 }

// Log says how much is logged.
type Log struct{ Level slog.Level }

// Metrics guards the page for the monitoring system.
type Metrics struct{ Token Hidden }

// Cookie says when the browser may send the session's cookie.
type Cookie struct {
	Mode   string // "auto", "true" or "false", as configured
	Secure bool   // what it comes to
}

// Idempotency says how long the answer of a POST is kept under its key.
type Idempotency struct{ Keep time.Duration }

// Public says where people reach the page.
type Public struct{ URL string }

// SMTP says through which server mail leaves. Without a host none does.
type SMTP struct {
	Host, Security, Username, From, CAFile string
	Port                                   int64
	Password                               Hidden
}

// Hidden is a value that shows itself only when asked by name, so that
// neither a log line nor a printed struct can carry it.
type Hidden string

// Reveal returns the value itself.
func (h Hidden) Reveal() string { return string(h) }

// String returns stars, or nothing for an empty value.
func (h Hidden) String() string {
	if h == "" {
		return ""
	}
	return stars
}

// GoString keeps the value out of %#v.
func (h Hidden) GoString() string { return h.String() }

// LogValue keeps the value out of the log.
func (h Hidden) LogValue() slog.Value { return slog.StringValue(h.String()) }

// MarshalText keeps the value out of JSON and YAML.
func (h Hidden) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

const stars = "***"

// DatabaseURL returns where the data lives: as configured, else a SQLite
// file in the data directory.
func (c *Config) DatabaseURL() string {
	if c.Database.URL != "" {
		return c.Database.URL.Reveal()
	}
	return "file:" + filepath.Join(c.DataDir, "leadrelay.db")
}

// FilesDir returns the folder of uploaded files, inside the data directory
// and outside anything that is served.
func (c *Config) FilesDir() string { return filepath.Join(c.DataDir, "files") }

// Origin tells where the value of a key came from: "default", "file PATH",
// "environment NAME" or "flag".
func (c *Config) Origin(key string) string { return c.origin[key] }
