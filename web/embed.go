// Package web holds the built page, so that the program serves it without
// any file beside it. dist/placeholder.html stands in git; `npm run build`
// adds dist/index.html and the assets.
package web

import "embed"

// FS is the folder dist as it was when the program was built: index.html and
// assets/ after a build of the page, otherwise only placeholder.html.
//
//go:embed all:dist
var FS embed.FS
