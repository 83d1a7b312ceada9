// Package city holds the facts of Zhongshan as data: its organisation, the
// projects that were reported in public, and the accounts of the demo world.
// It turns the two files into the types of the program and knows no
// database.
package city

import _ "embed" // the two files are part of the program

//go:embed zhongshan.yaml
var organisation []byte

//go:embed public-projects.yaml
var projects []byte
