package lead

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/lead"
)

const (
	headBytes  = 512
	folderMode = 0o700
	fileMode   = 0o600
)

// Vault keeps the contents of attached files in one folder outside anything
// that is served, under random names.
type Vault struct {
	dir   string
	names *regexp.Regexp
	parts *regexp.Regexp // of uploads that were cut off
}

// NewVault returns the vault in the folder, which is made when it is missing.
func NewVault(dir string) (*Vault, error) {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	const name = `^[A-Z2-7]{26}`
	return &Vault{dir: dir, names: regexp.MustCompile(name + `$`), parts: regexp.MustCompile(name + `\.part$`)}, nil
}

// Put stores the content. It is on disk when Put returns: written to a
// temporary name, synced, renamed, and the folders synced.
//
// Errors: Invalid "body.too_large" when there is more than limit bytes;
// Unavailable "files.unavailable" when the disk is full or away.
func (v *Vault) Put(_ context.Context, content io.Reader, limit int64) (lead.Stored, error) {
	name := rand.Text()
	path := filepath.Join(v.dir, name[:2], name)
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return lead.Stored{}, away(fmt.Errorf("make the folder of a file: %w", err))
	}
	stored, err := write(path+".part", content, limit)
	if err == nil {
		err = os.Rename(path+".part", path)
	}
	for _, folder := range []string{filepath.Dir(path), v.dir} { // the folder of the file may be new, too
		if err == nil {
			err = syncFolder(folder)
		}
	}
	if err != nil {
		_ = os.Remove(path + ".part") // what failed is what counts
		return lead.Stored{}, away(err)
	}
	stored.Name = name
	return stored, nil
}

// away tells what the disk refused from what the sender did wrong.
func away(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if errors.As(err, &path) || errors.As(err, &link) {
		return fault.New(fault.Unavailable, "files.unavailable", "Files cannot be stored or read.").Because(err)
	}
	return err
}

func write(path string, content io.Reader, limit int64) (stored lead.Stored, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode) //nolint:gosec // a random name under our own folder
	if err != nil {
		return stored, fmt.Errorf("open a new file: %w", err)
	}
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = fmt.Errorf("close the new file: %w", closed)
		}
	}()
	sum := sha256.New()
	head := &headOf{}
	size, err := io.Copy(io.MultiWriter(f, sum, head), io.LimitReader(content, limit+1))
	switch {
	case fault.As(err) != nil:
		return stored, err
	case err != nil:
		return stored, fmt.Errorf("write the new file: %w", err)
	case size > limit:
		return stored, fault.New(fault.Invalid, "body.too_large", "The file is too large.").With("max", limit)
	}
	if err := f.Sync(); err != nil {
		return stored, fmt.Errorf("sync the new file: %w", err)
	}
	return lead.Stored{Size: size, SHA256: hex.EncodeToString(sum.Sum(nil)), Head: head.bytes}, nil
}

// headOf keeps the first bytes that are written to it.
type headOf struct{ bytes []byte }

// Write keeps what is still missing of the head.
func (h *headOf) Write(p []byte) (int, error) {
	if room := headBytes - len(h.bytes); room > 0 {
		h.bytes = append(h.bytes, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir) //nolint:gosec // our own folder
	if err != nil {
		return fmt.Errorf("open the folder of files: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync the folder of files: %w", err)
	}
	return nil
}

// Open returns the content under a name that Put gave.
//
// Errors: NotFound "file.unknown" for what cannot be such a name; Unavailable
// "files.unavailable" when the content cannot be read. A content that is
// missing is no unknown file: the database knows it, so the disk is away or
// damaged, and the log must say so.
func (v *Vault) Open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	path, err := v.path(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path) //nolint:gosec // the name was checked
	if err != nil {
		return nil, away(fmt.Errorf("open a file: %w", err))
	}
	return f, nil
}

// Remove deletes the content under a name that Put gave; a missing one is
// no error.
func (v *Vault) Remove(_ context.Context, name string) error {
	path, err := v.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// Old returns the names of the contents stored before an instant, and removes
// what was left half written before it. What Put cannot have made is left
// alone.
func (v *Vault) Old(ctx context.Context, before time.Time) ([]string, error) {
	var out []string
	err := filepath.WalkDir(v.dir, func(path string, entry fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil || entry.IsDir() {
			return err
		}
		about, err := entry.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed or renamed meanwhile
			return nil
		case err != nil || !about.ModTime().Before(before):
			return err
		case v.parts.MatchString(entry.Name()):
			return os.Remove(path)
		case v.names.MatchString(entry.Name()):
			out = append(out, entry.Name())
		}
		return nil
	})
	if err != nil {
		return nil, away(fmt.Errorf("walk the folder of files: %w", err))
	}
	return out, nil
}

// path refuses any name that Put cannot have given, so that no name leads
// out of the folder.
func (v *Vault) path(name string) (string, error) {
	if !v.names.MatchString(name) {
		return "", fault.New(fault.NotFound, "file.unknown", "No such file.")
	}
	return filepath.Join(v.dir, name[:2], name), nil
}
