//go:build unix

package worldkit

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// openGates puts a version of the life cycle in force whose stages need
// nothing. The world is about who sees what: its stories move leads without
// the papers that the city's own version asks for.
func (k *Kit) openGates(ctx context.Context) error {
	all, err := k.App.Gate.All(ctx, access.Actor{})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("no life cycle is in force")
	}
	admin := access.NewActor(1, []access.Membership{{Unit: k.Unit(ctx, "zs-ipb"), Role: access.SystemAdmin}}, k.App.Policy)
	made, err := k.App.Gate.Copy(ctx, admin, all[0].ID, "open gates")
	if err != nil {
		return err
	}
	open := gate.Cycle{Note: made.Note, Source: "the tests"}
	for _, s := range made.Steps {
		step := s.Step()
		step.Needs, step.Confirm = nil, gate.None
		open.Steps = append(open.Steps, step)
	}
	if made, err = k.App.Gate.Edit(ctx, admin, made.ID, made.Version, open); err != nil {
		return err
	}
	_, err = k.App.Gate.PutInForce(ctx, admin, made.ID, made.Version, nil)
	return err
}
