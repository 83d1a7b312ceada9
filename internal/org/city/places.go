package city

import "fmt"

// Place is about where a unit has its seat, in degrees of WGS84: good enough
// for a schematic map, for nothing else.
type Place struct{ Lat, Lon float64 }

// Places returns the places of towns and platforms by their slugs.
func Places() (map[string]Place, error) {
	var f file
	if err := decode(organisation, &f); err != nil {
		return nil, fmt.Errorf("read zhongshan.yaml: %w", err)
	}
	out := map[string]Place{}
	for _, list := range [][]entry{f.Towns, f.Platforms} {
		for _, e := range list {
			if e.Lat != nil && e.Lon != nil {
				out[e.Slug] = Place{Lat: *e.Lat, Lon: *e.Lon}
			}
		}
	}
	return out, nil
}
