package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// world is a database full of leads.
type world struct{ name, dir, url string }

// databaseName is the database that the measurement makes on a server.
const databaseName = "leadrelay_load"

// database returns the address of the measurement's database on a server and
// makes it unless it is there.
func database(ctx context.Context, server string) (address string, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + databaseName
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", databaseName).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+databaseName+" TEMPLATE template0 ENCODING 'UTF8'")
	}
	return u.String(), err
}

// drop removes the measurement's database.
func drop(ctx context.Context, server string) {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return // with the server everything on it went away
	}
	_, _ = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+databaseName+" WITH (FORCE)") // left behind, the next run uses it
	_ = conn.Close(ctx)
}

// fill makes the leads with the product's own program.
func (w world) fill(ctx context.Context, o options) error {
	fill := exec.CommandContext(ctx, o.program, "demo", "--no-serve", "--dir", w.dir, "--leads", fmt.Sprint(o.leads),
		"--set", "database.url="+w.url)
	out, err := fill.CombinedOutput()
	if err != nil {
		return fmt.Errorf("make the world: %w: %s", err, out)
	}
	return nil
}

// server is a running program with its address.
type server struct {
	process *exec.Cmd
	base    string
}

// start runs a program on a free port and waits until it listens.
func start(ctx context.Context, log, program string, args ...string) (*server, error) {
	free, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	s := &server{process: exec.CommandContext(ctx, program, append(args, "--listen="+listen)...), base: "http://" + listen}
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	s.process.Stdout, s.process.Stderr = file, file
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	for range 600 {
		if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", listen); err == nil {
			return s, conn.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	said, _ := os.ReadFile(log)
	s.stop()
	return nil, fmt.Errorf("%s does not listen: %s", program, said)
}

func (s *server) stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	_ = s.process.Wait()
}

// both starts the product and the minimal server over one world.
func (w world) both(ctx context.Context, o options) (product, minimal *server, err error) {
	product, err = start(ctx, filepath.Join(w.dir, "product.log"), o.program, "demo", "--dir="+w.dir,
		"--set=database.url="+w.url, "--set=log.level=info")
	if err != nil {
		return nil, nil, err
	}
	minimal, err = start(ctx, filepath.Join(w.dir, "minimal.log"), o.minimal, "-database="+w.url, "-town="+town)
	if err != nil {
		product.stop()
	}
	return product, minimal, err
}

// login returns the access token of a demo account and the number of its
// session, which the minimal server takes.
func (s *server) login(ctx context.Context, username string) (token, session string, err error) {
	body, _ := json.Marshal(map[string]string{"username": username, "password": password}) // two texts always encode
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/api/v1/auth/login", bytes.NewReader(body))
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var said struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		return "", "", err
	}
	var claims struct {
		Session string `json:"sid"`
	}
	parts := strings.Split(said.Token, ".")
	if len(parts) != 3 {
		return "", "", fmt.Errorf("log %s in: %s", username, answer.Status)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", "", err
	}
	err = json.Unmarshal(payload, &claims)
	return said.Token, claims.Session, err
}

// asked is one request that is repeated.
type asked struct {
	server *server
	path   string
	token  string
}

func (a asked) once(ctx context.Context, client *http.Client, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.server.base+a.path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, answer.Body)
	if answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", a.path, answer.Status)
	}
	return errors.Join(err, answer.Body.Close())
}

// equal tells whether two requests have the same rows and total.
func equal(ctx context.Context, a, b asked) error {
	var pages [2]struct {
		Items []map[string]any `json:"items"`
		Total map[string]any   `json:"total"`
	}
	for i, q := range []asked{a, b} {
		var body bytes.Buffer
		if err := q.once(ctx, http.DefaultClient, &body); err != nil {
			return err
		}
		if err := json.Unmarshal(body.Bytes(), &pages[i]); err != nil {
			return err
		}
	}
	if len(pages[0].Items) == 0 || !reflect.DeepEqual(pages[0], pages[1]) {
		return fmt.Errorf("%s and %s give different rows", a.path, b.path)
	}
	return nil
}
