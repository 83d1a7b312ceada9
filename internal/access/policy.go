package access

// Policy is the table compiled from the Casbin model and policy: immutable,
// safe for concurrent use, swapped as a whole.
type Policy struct {
	parts   map[Role]map[Permission][]Part
	classes map[Role]map[Class][]Part
}

// Parts returns the parts that a unit must play in a row for the role to
// hold the permission; empty when the role does not hold it at all.
func (p *Policy) Parts(r Role, perm Permission) []Part {
	if p == nil {
		return nil
	}
	return p.parts[r][perm]
}

// ClassParts returns the parts under which the role sees fields of a class.
func (p *Policy) ClassParts(r Role, c Class) []Part {
	if p == nil {
		return nil
	}
	return p.classes[r][c]
}
