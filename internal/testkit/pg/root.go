package pg

import (
	"errors"
	"os"
	"path/filepath"
)

// Root returns the folder of go.mod above dir: tests run in the folders of
// their packages.
func Root(dir string) (string, error) {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.EvalSymlinks(dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = parent
	}
}
