//go:build unix

package testkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// staleAfter is the age at which an unused template file is thrown away.
const staleAfter = 24 * time.Hour

func (w *Template) copySQLite(folder string) (string, error) {
	template, err := w.sqliteFile()
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "leadrelay.db")
	return "file:" + path, copyFile(template, path)
}

// sqliteFile returns the template's file and builds it when it is missing.
// The name appears only when the file is complete.
func (w *Template) sqliteFile() (string, error) {
	folder := filepath.Join(os.TempDir(), "leadrelay-sqlite-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(folder, w.plain()+".db")
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	now := clock.System{}.Now()
	if os.Chtimes(path, now, now) == nil {
		return path, nil
	}
	dropStale(folder, now)
	draft := path + ".draft"
	for _, left := range []string{draft, draft + "-wal", draft + "-shm"} {
		if err := os.Remove(left); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if err := w.fill(context.Background(), "file:"+draft); err != nil {
		return "", fmt.Errorf("build template %s: %w", w.name, err)
	}
	return path, os.Rename(draft, path)
}

func dropStale(folder string, now time.Time) {
	files, _ := filepath.Glob(filepath.Join(folder, "lrt_*"))
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && now.Sub(info.ModTime()) > staleAfter {
			_ = os.Remove(file)
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
