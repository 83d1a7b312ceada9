package lead

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/lead/firm"
)

// Rekey writes the keys of the duplicate check anew when the program's rules
// or its key for telephone numbers are others than those that wrote them.
func (s *Service) Rekey(ctx context.Context) error {
	mac := hmac.New(sha256.New, s.phoneKey)
	mac.Write([]byte("leadrelay match keys"))
	mark := binary.BigEndian.Uint32(mac.Sum(nil))
	if err := s.store.Rekey(ctx, firm.Rules<<32|int64(mark), s.ContactKeys); err != nil {
		return fmt.Errorf("write the keys of the duplicate check: %w", err)
	}
	return nil
}
