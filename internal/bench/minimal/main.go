// Command minimal is the yardstick of docs/performance.md: the list page of
// leads with its total in gin and hand-written SQL, with the same rows and
// the same JSON as the product's, but without anything else that the product
// does. Its scope is written into the SQL; one query checks the session.
//
//	minimal -database file:PATH|postgres://… -listen 127.0.0.1:9000 -town huangpu
//
// GET /town/leads and GET /city/leads take the number of a live session as
// the bearer token.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/leadrelay/leadrelay/internal/clock"
)

func main() {
	database := flag.String("database", "", "file:PATH or postgres://…")
	listen := flag.String("listen", "127.0.0.1:0", "address and port")
	town := flag.String("town", "huangpu", "slug of the town")
	flag.Parse()
	if err := serve(*database, *listen, *town); err != nil {
		fmt.Fprintln(os.Stderr, "minimal:", err)
		os.Exit(1)
	}
}

func serve(database, listen, town string) error {
	s, err := open(context.Background(), database, town)
	if err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(s.session)
	engine.GET("/town/leads", s.townLeads)
	engine.GET("/city/leads", s.cityLeads)
	server := &http.Server{Addr: listen, Handler: engine, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

// server holds the statements, prepared once.
type server struct {
	office                                          *clock.Office
	town                                            int64
	check, townPage, townTotal, cityPage, cityTotal *sql.Stmt
}

const connections = 8

func open(ctx context.Context, database, town string) (*server, error) {
	driver, address := "pgx", database
	if path, ok := strings.CutPrefix(database, "file:"); ok {
		driver = "sqlite"
		address = "file:" + path + "?_time_format=sqlite&_timezone=UTC&_dqs=0&_pragma=busy_timeout(10000)&_pragma=query_only(on)&_pragma=cache_size(-16384)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	hours := clock.Hours{Open: 8*time.Hour + 30*time.Minute, Close: 17*time.Hour + 30*time.Minute}
	s := &server{office: clock.NewDatedOffice(clock.PublishedDays(), []clock.HoursFrom{{Hours: hours}}, 0)}
	if err := db.QueryRowContext(ctx, "SELECT id FROM units WHERE slug = $1", town).Scan(&s.town); err != nil {
		return nil, fmt.Errorf("find town %s: %w", town, err)
	}
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.check, sessionSQL},
		{&s.townPage, townPageSQL},
		{&s.townTotal, townTotalSQL},
		{&s.cityPage, cityPageSQL},
		{&s.cityTotal, cityTotalSQL},
	} {
		if *p.to, err = db.PrepareContext(ctx, p.sql); err != nil { //nolint:sqlclosecheck // kept as long as the process
			return nil, fmt.Errorf("prepare %s: %w", p.sql, err)
		}
	}
	return s, nil
}

const sessionSQL = `SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id
	WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND u.active`

// session refuses a caller without a live session.
func (s *server) session(c *gin.Context) {
	token := strings.TrimPrefix(c.GetHeader("Authorization"), "Bearer ")
	var user int64
	if err := s.check.QueryRowContext(c.Request.Context(), token, now()).Scan(&user); err != nil {
		c.AbortWithStatus(http.StatusUnauthorized)
		return
	}
	c.Set("user", user)
}

func now() time.Time { return clock.System{}.Now() }
