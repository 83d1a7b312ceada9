package lead_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/leadrelay/leadrelay/internal/fault"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

func TestAFileComesBackAsItWasStored(t *testing.T) {
	v, dir := newVault(t)
	stored, err := v.Put(t.Context(), strings.NewReader("0123456789"), 10)
	must(t, err)
	f, err := v.Open(t.Context(), stored.Name)
	must(t, err)
	text, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || string(text) != "0123456789" || stored.Size != 10 ||
		stored.SHA256 != "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882" {
		t.Errorf("read %q, stored %+v, %v", text, stored, err)
	}
	about, err := os.Stat(filepath.Join(dir, stored.Name[:2], stored.Name))
	if err != nil || about.Mode() != 0o600 {
		t.Errorf("on disk: %v, %v", about, err)
	}
}

func TestAFileTooLargeOrCutOffLeavesNothing(t *testing.T) {
	v, dir := newVault(t)
	if _, err := v.Put(t.Context(), strings.NewReader("0123456789a"), 10); fault.CodeOf(err) != "body.too_large" {
		t.Errorf("one byte too many: %v", err)
	}
	cut := fault.New(fault.Invalid, "body.incomplete", "The body ended early.")
	if _, err := v.Put(t.Context(), io.MultiReader(strings.NewReader("01234"), iotest.ErrReader(cut)), 10); fault.CodeOf(err) != "body.incomplete" {
		t.Errorf("a sender who went away: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestADiskThatIsAwayIsUnavailableAndNoUnknownFile(t *testing.T) {
	v, dir := newVault(t)
	stored, err := v.Put(t.Context(), strings.NewReader("x"), 10)
	must(t, err)
	// The folder's place is taken by a file: that refuses root, too.
	must(t, errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)))
	_, put := v.Put(t.Context(), strings.NewReader("x"), 10)
	_, open := v.Open(t.Context(), stored.Name)
	for what, err := range map[string]error{"store": put, "open": open} {
		if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "files.unavailable" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestANameThatTheVaultDidNotGiveIsUnknown(t *testing.T) {
	v, _ := newVault(t)
	for _, name := range []string{"", "..", "../../etc/passwd", "A", strings.Repeat("A", 27), strings.Repeat("a", 26), strings.Repeat("A", 25) + "/", strings.Repeat("A", 26) + "\n"} {
		if _, err := v.Open(t.Context(), name); fault.CodeOf(err) != "file.unknown" {
			t.Errorf("open %q: %v", name, err)
		}
		if err := v.Remove(t.Context(), name); fault.CodeOf(err) != "file.unknown" {
			t.Errorf("remove %q: %v", name, err)
		}
	}
}

func newVault(t *testing.T) (*leadstore.Vault, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	v, err := leadstore.NewVault(dir)
	must(t, err)
	return v, dir
}
