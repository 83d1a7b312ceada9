package httpapi

import (
	"reflect"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/rank"
	"github.com/leadrelay/leadrelay/internal/report"
	"github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/supervise"
	"github.com/leadrelay/leadrelay/internal/target"
	"github.com/leadrelay/leadrelay/internal/update"
)

// Services are the modules behind the routes. A nil service serves a router
// that only describes itself (leadrelay openapi, leadrelay routes).
type Services struct {
	// One line per module, added by its resource.
	Account   *account.Service
	Lead      *lead.Service
	Org       *org.Service
	Audit     *audit.Service
	Notice    *notice.Service
	Gate      *gate.Service
	Signing   *signing.Service
	Report    *report.Service
	Policy    *access.Policy
	Admission *admission.Service
	Dossier   *dossier.Service
	Target    *target.Service
	Supervise *supervise.Service
	Update    *update.Service
	Credit    *credit.Service
	Rank      *rank.Service
}

// resources registers every resource: the whole permission table, in the
// order of the API description.
func (r *Router) resources(s Services) {
	r.sight = s.Lead.Sight
	r.refills = map[reflect.Type]refill{
		reflect.TypeFor[lead.ContactView](): contactsAgain(s.Lead.ContactAgain),
	}
	// One line per resource, for example: leads{service: s.Lead}.routes(r)
	session{service: s.Account, options: r.options}.routes(r)
	meta{org: s.Org, gate: s.Gate, options: r.options}.routes(r)
	leads{service: s.Lead}.routes(r)
	passages{service: s.Lead}.routes(r)
	lifecycles{service: s.Gate}.routes(r)
	attachments{service: s.Lead, fileBytes: r.options.FileBytes}.routes(r)
	handoffs{service: s.Lead, texts: r.texts}.routes(r)
	protocol{service: s.Lead}.routes(r)
	custodyFile{service: s.Lead, org: s.Org}.routes(r)
	disputes{service: s.Lead, fileBytes: r.options.FileBytes}.routes(r)
	clocks{service: s.Lead}.routes(r)
	calendar{service: s.Org}.routes(r)
	boards{service: s.Lead}.routes(r)
	signings{service: s.Signing}.routes(r)
	ceremonies{service: s.Signing}.routes(r)
	admissions{service: s.Admission, files: s.Lead, fileBytes: r.options.FileBytes}.routes(r)
	lands{service: s.Dossier}.routes(r)
	commitments{service: s.Dossier}.routes(r)
	incentives{service: s.Dossier}.routes(r)
	indicators{service: s.Target}.routes(r)
	targets{service: s.Target}.routes(r)
	targetSheet{service: s.Target}.routes(r)
	r.held(s)
	signingPapers{service: s.Signing, org: s.Org}.routes(r)
	cockpit{service: s.Report}.routes(r)
	updates{service: s.Update}.routes(r)
	roles{policy: s.Policy}.routes(r)
	auditLog{service: s.Audit}.routes(r)
	users{service: s.Account}.routes(r)
	units{service: s.Org}.routes(r)
	memberships{service: s.Org}.routes(r)
	settings{service: s.Org}.routes(r)
	peopleSearch{service: s.Org}.routes(r)
	notices{service: s.Notice}.routes(r)
	events{service: s.Notice, account: s.Account, policy: s.Policy, now: r.options.Now}.routes(r)
	mails{service: s.Notice}.routes(r)
}

// held registers what units are held to: credit, supervision and the ranking.
func (r *Router) held(s Services) {
	credits{service: s.Credit}.routes(r)
	rankings{service: s.Rank}.routes(r)
	supervision{service: s.Supervise, fileBytes: r.options.FileBytes}.routes(r)
}
