package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The cookie of the refresh token goes to the routes below /auth alone.
const (
	refreshCookie = "lr_refresh"
	refreshPath   = basePath + "/auth"
)

// NewAuthenticator returns the door of every request: the account module
// reads person and memberships, the policy says what they may do.
func NewAuthenticator(service *account.Service, policy *access.Policy) Authenticator {
	return authenticator{service: service, policy: policy}
}

type authenticator struct {
	service *account.Service
	policy  *access.Policy
}

// Authenticate returns the actor behind an access token.
func (a authenticator) Authenticate(ctx context.Context, token string) (access.Actor, Person, error) {
	c, err := a.service.Authenticate(ctx, token)
	if err != nil {
		return access.Actor{}, Person{}, err
	}
	actor := c.Actor(a.policy)
	actor.Origin.Session = c.Session.ID
	return actor, Person{MustChangePassword: c.MustChange}, nil
}

// session is logging in and out, and what a person does with the own
// account.
type session struct {
	service *account.Service
	options Options
}

func (h session) routes(r *Router) {
	route(r, http.MethodGet, "/auth/options", access.Public, h.authOptions,
		Summary("What the login page needs: password rules, and the logins of the demo world"))
	route(r, http.MethodPost, "/auth/login", access.Public, h.login,
		Summary("Open a session; the refresh token comes as a cookie"))
	route(r, http.MethodPost, "/auth/refresh", access.Public, h.refresh,
		Summary("Continue the session of the cookie; each refresh token serves once"))
	route(r, http.MethodGet, "/auth/me", access.Self, h.me, BeforePasswordChange(),
		Summary("The person, the live memberships and what each permits"))
	route(r, http.MethodPatch, "/auth/me", access.Self, h.setLocale, BeforePasswordChange(),
		Summary("Change the own language"))
	route(r, http.MethodPost, "/auth/password", access.Self, h.changePassword, BeforePasswordChange(),
		Summary("Change the own password; the other sessions end"))
	route(r, http.MethodPost, "/auth/logout", access.Self, h.logout, BeforePasswordChange(),
		Summary("End this session, or all of the person's"))
	route(r, http.MethodGet, "/auth/sessions", access.Self, h.sessions,
		Summary("The person's live sessions"))
	route(r, http.MethodDelete, "/auth/sessions/{id}", access.Self, h.endSession,
		Summary("End one of the person's sessions"))
}

type authOptions struct {
	Product         string      `json:"product"`
	Demo            bool        `json:"demo"`
	PasswordProfile string      `json:"password_profile" enum:"dengbao3,asvs"`
	PasswordMin     int         `json:"password_min"`
	Logins          []demoLogin `json:"logins"`
	DemoPassword    *string     `json:"demo_password"`
}

type demoLogin struct {
	Username string `json:"username"`
	Name     string `json:"name"`
	UnitZH   string `json:"unit_zh"`
	UnitEN   string `json:"unit_en"`
	Role     string `json:"role"`
}

func (h session) authOptions(ctx context.Context, _ access.Actor, _ *struct{}) (*Answer[authOptions], error) {
	logins, password, err := h.service.DemoLogins(ctx)
	if err != nil {
		return nil, err
	}
	profile := h.service.Profile()
	out := authOptions{
		Product: h.options.Product, Demo: h.service.DemoMode(), PasswordProfile: profile.Name,
		PasswordMin: profile.MinLength.Value, Logins: make([]demoLogin, 0, len(logins)),
	}
	for _, l := range logins {
		out.Logins = append(out.Logins, demoLogin(l))
	}
	if out.Demo {
		out.DemoPassword = &password
	}
	return NewAnswer(out), nil
}

type loginInput struct {
	Agent string `header:"User-Agent" hidden:"true"`
	Body  struct {
		Username string `json:"username" maxLength:"200"`
		Password string `json:"password" maxLength:"1000"`
	}
}

// opened is a session as the page receives it. Cookies is empty when the
// cookie already held, or on its way to another tab, goes on serving.
type opened struct {
	Cookies []http.Cookie `header:"Set-Cookie"`
	Body    openedBody
}

type openedBody struct {
	AccessToken string             `json:"access_token"`
	TokenType   string             `json:"token_type" enum:"Bearer"`
	ExpiresIn   int                `json:"expires_in"`
	User        account.PersonView `json:"user"`
}

func (h session) login(ctx context.Context, actor access.Actor, in *loginInput) (*opened, error) {
	o, err := h.service.Login(ctx, actor.Origin, account.Attempt{
		Username: in.Body.Username, Password: in.Body.Password, Agent: in.Agent,
	})
	if err != nil {
		return nil, err
	}
	return h.opened(o), nil
}

type refreshInput struct {
	Token string `cookie:"lr_refresh"`
}

func (h session) refresh(ctx context.Context, actor access.Actor, in *refreshInput) (*opened, error) {
	o, err := h.service.Refresh(ctx, actor.Origin, in.Token)
	if err != nil {
		return nil, err
	}
	return h.opened(o), nil
}

func (h session) opened(o account.Opened) *opened {
	out := &opened{Body: openedBody{
		AccessToken: o.Access, TokenType: "Bearer", ExpiresIn: int(o.ExpiresIn / time.Second),
		User: account.ViewPerson(o.User, o.MustChange),
	}}
	if o.Refresh != "" {
		c := h.cookie(o.Refresh)
		c.Expires = o.Until
		out.Cookies = []http.Cookie{c}
	}
	return out
}

func (h session) cookie(value string) http.Cookie {
	return http.Cookie{
		Name: refreshCookie, Value: value, Path: refreshPath, HttpOnly: true,
		Secure: h.options.SecureCookies, SameSite: http.SameSiteStrictMode,
	}
}

type meBody struct {
	User        account.PersonView              `json:"user"`
	Memberships []account.MembershipView        `json:"memberships"`
	Permissions map[access.Permission][]id.Unit `json:"permissions" doc:"For each permission the units in which the person holds it."`
	IdleSeconds int                             `json:"idle_seconds" doc:"The session ends after so long without a request."`
	SessionID   id.Session                      `json:"session_id"`
}

func (h session) me(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[meBody], error) {
	c, err := h.service.Me(ctx, actor)
	if err != nil {
		return nil, err
	}
	held := map[access.Permission][]id.Unit{}
	for _, p := range access.Permissions() {
		if units := actor.UnitsWith(p); len(units) > 0 {
			held[p] = units
		}
	}
	return NewAnswer(meBody{
		User: account.ViewPerson(c.User, c.MustChange), Memberships: account.ViewMemberships(c.Memberships),
		Permissions: held, IdleSeconds: int(h.service.Idle() / time.Second), SessionID: actor.Origin.Session,
	}), nil
}

type localeInput struct {
	Body struct {
		Locale string `json:"locale" enum:"zh-CN,en"`
	}
}

func (h session) setLocale(ctx context.Context, actor access.Actor, in *localeInput) (*Answer[account.PersonView], error) {
	if _, err := h.service.SetLocale(ctx, actor, in.Body.Locale); err != nil {
		return nil, err
	}
	c, err := h.service.Me(ctx, actor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(account.ViewPerson(c.User, c.MustChange)), nil
}

type passwordInput struct {
	Body struct {
		Current string `json:"current" maxLength:"1000"`
		New     string `json:"new" maxLength:"1000"`
	}
}

func (h session) changePassword(ctx context.Context, actor access.Actor, in *passwordInput) (*None, error) {
	err := h.service.ChangePassword(ctx, actor, account.Change{Current: in.Body.Current, New: in.Body.New})
	if err != nil {
		return nil, err
	}
	return &None{}, nil
}

type logoutInput struct {
	Body *logoutBody
}

type logoutBody struct {
	Everywhere bool `json:"everywhere,omitempty"`
}

// loggedOut takes the cookie away.
type loggedOut struct {
	Cookies []http.Cookie `header:"Set-Cookie"`
}

func (h session) logout(ctx context.Context, actor access.Actor, in *logoutInput) (*loggedOut, error) {
	if err := h.service.Logout(ctx, actor, in.Body != nil && in.Body.Everywhere); err != nil {
		return nil, err
	}
	c := h.cookie("")
	c.MaxAge = -1
	return &loggedOut{Cookies: []http.Cookie{c}}, nil
}

type sessionList struct {
	Items []account.SessionView `json:"items"`
}

func (h session) sessions(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[sessionList], error) {
	items, err := h.service.Sessions(ctx, actor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(sessionList{Items: items}), nil
}

type oneSession struct {
	ID id.Session `path:"id"`
}

func (h session) endSession(ctx context.Context, actor access.Actor, in *oneSession) (*None, error) {
	if err := h.service.EndSession(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	return &None{}, nil
}
