// Package rbac carries the Casbin model, the reviewed policy and its printed
// matrix.
package rbac

import "embed"

// FS holds model.conf and policy.csv.
//
//go:embed model.conf policy.csv
var FS embed.FS
