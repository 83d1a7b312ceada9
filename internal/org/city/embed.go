// Package city holds the facts of Zhongshan as data: its organisation, the
// projects that were reported in public, and the accounts of the demo world.
// It turns the files into the types of the program and knows no database.
package city

import _ "embed" // the files are part of the program

//go:embed zhongshan.yaml
var organisation []byte

//go:embed public-projects.yaml
var projects []byte

//go:embed lifecycle.yaml
var lifecycle []byte

// Lifecycle returns the file with the first version of the life cycle of
// projects, which the gate reads.
func Lifecycle() []byte { return lifecycle }

//go:embed indicators.yaml
var indicators []byte

// Indicators returns the file with the first indicators of the city's year,
// which the target tree reads.
func Indicators() []byte { return indicators }

//go:embed groups.yaml
var groups []byte

// Groups returns the file with the first comparison groups of units.
func Groups() []byte { return groups }

//go:embed counting.yaml
var counting []byte

// Counting returns the file with the first counting rules and shares.
func Counting() []byte { return counting }

//go:embed ranking.json
var ranking []byte

// Ranking returns the first formula by which units are scored.
func Ranking() []byte { return ranking }
