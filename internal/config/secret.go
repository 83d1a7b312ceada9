package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	secretName = "secret.key"
	auditName  = "audit.key"
	minSecret  = 32 // characters
	minBits    = 96 // of a rough estimate; 32 random hex digits come to about 112
)

// SigningSecret returns the secret that signs sessions and cursors: as
// configured, else the one in the data directory, which is generated on the
// first start, readable by its owner only.
//
// Errors: one that wraps ErrWrong when the secret is short, regular or a
// known sample, or when others can read its file.
func (c *Config) SigningSecret() ([]byte, error) {
	if c.Secret != "" {
		return []byte(c.Secret.Reveal()), nil // checked by Load
	}
	return Secret(c.DataDir)
}

// Secret returns the secret kept in dir, generated if there is none; see
// Config.SigningSecret.
func Secret(dir string) ([]byte, error) {
	path := filepath.Join(dir, secretName)
	text, err := kept(path, func() ([]byte, error) {
		raw := make([]byte, 48)
		_, err := rand.Read(raw)
		return raw, err
	})
	if err != nil {
		return nil, err
	}
	if err := checkSecret(text); err != nil {
		return nil, refuse("secret", path+" "+err.Error())
	}
	return []byte(text), nil
}

// AuditKey returns the key that seals the audit chain. It has a file of its
// own in the data directory, readable by its owner only, so that it outlives
// the signing secret; where there is none, first says which key is kept.
//
// Errors: those of first; one that wraps ErrWrong when the file holds no key
// or others can read it.
func (c *Config) AuditKey(first func() ([]byte, error)) ([]byte, error) {
	path := filepath.Join(c.DataDir, auditName)
	text, err := kept(path, first)
	if err != nil {
		return nil, err
	}
	key, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(key) < minSecret {
		return nil, refuse("data.dir", path+" holds no key of the audit chain")
	}
	return key, nil
}

// kept returns the text of a secret's file; a missing one is made of what
// fresh returns.
func kept(path string, fresh func() ([]byte, error)) (string, error) {
	text, err := readPrivate(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	raw, err := fresh()
	if err != nil {
		return "", err
	}
	if err := writePrivate(path, base64.RawURLEncoding.EncodeToString(raw)); err != nil {
		return "", err
	}
	return readPrivate(path) // another process may have been first: both must use its secret
}

// readPrivate reads a file that only its owner can read.
func readPrivate(path string) (string, error) {
	about, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	if about.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" { // there the mode says nothing
		return "", refuse("secret", fmt.Sprintf("%s can be read by others (mode %04o); set it to 0600 or delete it", path, about.Mode().Perm()))
	}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

// writePrivate writes a whole file first and then gives it its name, so that
// neither a crash nor a second start can leave or read half a secret.
func writePrivate(path, text string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // the name that counts is the link
	_, err = f.WriteString(text + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write secret: %w", err)
	}
	return nil
}

// checkSecret tells what is wrong with a secret, without repeating it.
func checkSecret(text string) error {
	lower := strings.ToLower(text)
	for _, sample := range sampleWords() {
		if strings.Contains(lower, sample) {
			return errors.New("looks like a sample; make one with: openssl rand -base64 48")
		}
	}
	switch {
	case len(text) < minSecret:
		return fmt.Errorf("is shorter than %d characters", minSecret)
	case strings.Index((text + text)[1:], text) < len(text)-1:
		return errors.New("repeats itself")
	case bits(text) < minBits:
		return errors.New("is too regular to be random; make one with: openssl rand -base64 48")
	}
	return nil
}

// sampleWords returns what stands in the secrets of examples. They are long
// enough that a random secret has none by chance.
func sampleWords() []string {
	return []string{
		"changeme", "change-me", "change_me", "password", "passw0rd", "supersecret", "secret", "example", "sample",
		"default", "leadrelay", "0123456789", "1234567890", "abcdefgh", "qwerty", "00000000",
		"your-256-bit", "your_256_bit",
	}
}

// bits estimates the randomness of a text from how its characters are
// spread.
func bits(text string) float64 {
	count := map[byte]float64{}
	for i := range len(text) {
		count[text[i]]++
	}
	n, sum := float64(len(text)), 0.0
	for _, c := range count {
		sum += c * math.Log2(n/c)
	}
	return sum
}
