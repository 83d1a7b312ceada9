package lead

import (
	"context"
	"errors"
	"io"
)

// StoreContent checks a document like one of a lead and stores its content,
// for what another module keeps: the row is the caller's to write.
//
// Errors: Invalid on file; Invalid "body.too_large"; Unavailable
// "files.unavailable".
func (s *Service) StoreContent(ctx context.Context, d Document) (File, error) {
	clean, err := fileName(d.Name)
	if err != nil {
		return File{}, err
	}
	stored, err := s.vault.Put(ctx, d.Content, s.maxFile)
	if err != nil {
		return File{}, err
	}
	f := File{Name: clean, StoredName: stored.Name, Size: stored.Size, SHA256: stored.SHA256}
	if f.Mime, err = fileType(clean, stored); err != nil {
		return File{}, errors.Join(err, s.unstore(ctx, stored.Name, err))
	}
	return f, nil
}

// DropContent removes a stored content whose row was refused.
func (s *Service) DropContent(ctx context.Context, stored string, why error) error {
	return s.unstore(ctx, stored, why)
}

// OpenContent returns a stored content.
//
// Error: Unavailable "files.unavailable".
func (s *Service) OpenContent(ctx context.Context, stored string) (io.ReadSeekCloser, error) {
	return s.vault.Open(ctx, stored)
}
