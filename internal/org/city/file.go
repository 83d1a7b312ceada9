package city

// file is zhongshan.yaml as it is written.
type file struct {
	Meta             meta              `yaml:"meta"`
	Sources          map[string]string `yaml:"sources"`
	SourcesZH        map[string]string `yaml:"sources_zh"`
	Towns            []entry           `yaml:"towns"`
	Platforms        []entry           `yaml:"platforms"`
	Bodies           []entry           `yaml:"lead_bodies"`
	Departments      []entry           `yaml:"departments"`
	Others           []entry           `yaml:"other_units"`
	Groups           []entry           `yaml:"working_groups"`
	Chains           []entry           `yaml:"industry_chains"`
	ThemeParks       []entry           `yaml:"theme_parks"`
	ProvincialParks  []entry           `yaml:"provincial_parks"`
	SpecialisedParks []entry           `yaml:"specialised_parks"`
	MegaParks        megaParks         `yaml:"mega_parks"`
	Rules            []ruleEntry       `yaml:"rules"`
}

type meta struct {
	City struct {
		Code       string  `yaml:"code"`
		NameZH     string  `yaml:"name_zh"`
		NameEN     string  `yaml:"name_en"`
		ProvinceZH string  `yaml:"province_zh"`
		Lat        float64 `yaml:"lat"`
		Lon        float64 `yaml:"lon"`
		Source     string  `yaml:"source"`
	} `yaml:"city"`
	AsOf       string `yaml:"as_of"`
	AsOfSource string `yaml:"as_of_source"`
}

type megaParks struct {
	TotalAreaMu int64   `yaml:"total_area_mu"`
	Source      string  `yaml:"source"`
	Items       []entry `yaml:"items"`
}

type ruleEntry struct {
	Key    string `yaml:"key"`
	Value  int64  `yaml:"value"`
	Source string `yaml:"source"`
	Note   string `yaml:"note"`
	NoteZH string `yaml:"note_zh"`
}

// entry is one line of any list: units, chains and parks share most names.
type entry struct {
	Slug             string    `yaml:"slug"`
	NameZH           string    `yaml:"name_zh"`
	ShortZH          string    `yaml:"short_zh"`
	NameFullZH       string    `yaml:"name_full_zh"`
	NameEN           string    `yaml:"name_en"`
	Aliases          []string  `yaml:"aliases"`
	Kind             string    `yaml:"kind"`
	Role             string    `yaml:"role"`
	Code             string    `yaml:"code"`
	FormerCodes      []string  `yaml:"former_codes"`
	CodeChangedOn    string    `yaml:"code_changed_on"`
	ClosedOn         string    `yaml:"closed_on"`
	ClosedSource     string    `yaml:"closed_source"`
	Lat              *float64  `yaml:"lat"`
	Lon              *float64  `yaml:"lon"`
	Platform         string    `yaml:"platform"`
	PlatformSource   string    `yaml:"platform_source"`
	CoordinatesTowns []string  `yaml:"coordinates_towns"`
	Partner          string    `yaml:"partner"`
	PartnerSource    string    `yaml:"partner_source"`
	AdmissionPower   bool      `yaml:"admission_power"`
	AdmissionSource  string    `yaml:"admission_source"`
	In17             string    `yaml:"in17"`
	Region           string    `yaml:"region"`
	RegionSource     string    `yaml:"region_source"`
	Tier             string    `yaml:"tier"`
	TierSource       string    `yaml:"tier_source"`
	NameSource       string    `yaml:"name_source"`
	LeadDepartment   string    `yaml:"lead_department"`
	Host             []string  `yaml:"host"`
	FocusZH          []string  `yaml:"focus_zh"`
	Level            string    `yaml:"level"`
	Since            int       `yaml:"since"`
	AreaMu           *float64  `yaml:"area_mu"`
	AreaHa           *float64  `yaml:"area_ha"`
	PlotsHa          []float64 `yaml:"plots_ha"`
	PilotAreaMu      *float64  `yaml:"pilot_area_mu"`
	Source           string    `yaml:"source"`
	DetailSource     string    `yaml:"detail_source"`
	Confirmed        *bool     `yaml:"confirmed"`
	Note             string    `yaml:"note"`
	NoteZH           string    `yaml:"note_zh"`
}

// confirmed tells whether the entry stands on a source: an assumption must
// be checked with the bureau whether or not the line says so.
func (e entry) confirmed() bool {
	if e.Confirmed != nil {
		return *e.Confirmed
	}
	return e.Source != "assumption"
}
