package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/page"
	auditstore "github.com/leadrelay/leadrelay/internal/store/audit"
)

func (a *App) buildAudit(ctx context.Context, secret []byte, cursors page.Cursors) error {
	log := auditstore.New(a.DB)
	key, err := a.Config.AuditKey(func() ([]byte, error) { return firstAuditKey(ctx, log, secret) })
	if err != nil {
		return err
	}
	chain, err := audit.NewChain(key)
	if err != nil {
		return err
	}
	a.Audit, err = audit.NewService(log, chain, cursors)
	return err
}

// firstAuditKey returns the key of the audit chain for a data directory that
// keeps none: derived from the signing secret, as it was for every chain
// before the key had a file, and so that all machines of one database, which
// share the secret, begin with one key.
//
// Errors: Invalid "audit.key_missing" when the chain was begun under another
// one: two keys in one chain could not be checked any more.
func firstAuditKey(ctx context.Context, log *auditstore.Store, secret []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "leadrelay audit chain", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the audit chain: %w", err)
	}
	chain, err := audit.NewChain(key)
	if err != nil {
		return nil, err
	}
	switch fits, err := chain.Began(ctx, log); {
	case err != nil:
		return nil, err
	case !fits:
		return nil, fault.New(fault.Invalid, "audit.key_missing", "The audit log was sealed under another key: "+
			"put its audit.key into the data directory, or start once with the signing secret of that time.")
	}
	return key, nil
}
