package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
)

// orphanAge is how long a stored content may wait for its file's row; an
// upload takes minutes.
const orphanAge = 24 * time.Hour

// tidyBatch is how many names are looked for at once.
const tidyBatch = 500

// TidyFiles removes contents that no file has, left by a program that was
// killed between storing the content and committing the row, and returns how
// many. When not one content has a file, nothing is removed: then the folder
// more likely belongs to another database.
func (s *Service) TidyFiles(ctx context.Context) (int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	old, err := s.vault.Old(ctx, now.Add(-orphanAge))
	if err != nil {
		return 0, fmt.Errorf("look for contents without a file: %w", err)
	}
	orphans, err := s.orphans(ctx, old)
	if err != nil || len(orphans) == len(old) {
		return 0, err
	}
	for _, name := range orphans {
		if err := s.vault.Remove(ctx, name); err != nil {
			return 0, fmt.Errorf("remove a content without a file: %w", err)
		}
	}
	return len(orphans), nil
}

// orphans returns the names that no file has.
func (s *Service) orphans(ctx context.Context, names []string) ([]string, error) {
	var out []string
	for some := range slices.Chunk(names, tidyBatch) {
		stored, err := s.store.Stored(ctx, access.System("tell contents without a file"), some)
		if err != nil {
			return nil, err
		}
		known := make(map[string]bool, len(stored))
		for _, name := range stored {
			known[name] = true
		}
		for _, name := range some {
			if !known[name] {
				out = append(out, name)
			}
		}
	}
	return out, nil
}
