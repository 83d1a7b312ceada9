package target

import "github.com/leadrelay/leadrelay/internal/fault"

func unknownRow() error {
	return fault.New(fault.NotFound, "target.unknown", "No such row of targets.")
}

func noEdition() error {
	return fault.New(fault.NotFound, "target.no_edition", "No such edition.")
}

func unknownIndicator() error { return fault.BadField("indicator", "unknown_value") }
