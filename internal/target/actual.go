package target

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Actual is what was reached of one indicator by one unit in one month, in
// the indicator's smallest unit. Unit 0 is the whole city: a figure of its
// own, never the sum of figures that count a project twice.
type Actual struct {
	Indicator string
	Unit      id.Unit
	Month     int // 1 to 12
	Value     int64
}

// Actuals gives figures that were reached in a year, as far as the person may
// read them: of his units and those under them, and of the whole city.
type Actuals interface {
	Actuals(ctx context.Context, actor access.Actor, year int) ([]Actual, error)
}
