package app_test

import "github.com/leadrelay/leadrelay/internal/report"

// earlierByHand is the end of 2031-03-10: without 3 and 4, with 44, and 16 has
// 4 and not yet 5.
func earlierByHand() map[string]report.Sum {
	return map[string]report.Sum{
		"leads.new":               yi(4, 4, 4.5), // 1 2 41 44: .5+1+2+1
		"before":                  yi(1, 1, 3),   // 02-01 to 02-10: 5
		"leads.in_talks":          yi(16, 13, 242.4999),
		"leads.live":              yi(36, 31, 372.9999), // 374.9999 − 2 (4) + 1 (44) − 1 (16)
		"stuck":                   yi(10, 9, 33),        // 1 2 5 6 7 8(?) 44 9 13 34: .5+1+3+4+6+1+8+.5+9
		"signed.year":             yi(3, 2, 40),
		"started.year":            yi(2, 2, 14),
		"producing.year":          yi(1, 1, 12),
		"lost.year":               yi(2, 1, 3),
		"band 1":                  yi(5, 5, 14.9999), // 16 is still here
		"band 2":                  yi(3, 3, 18),
		"lead":                    yi(7, 6, 15.5), // 1 2 5 6 7 8(USD) 44: .5+1+3+4+6+1
		"lead amber, red":         {Count: 0, Known: 7},
		"qualified amber, red":    {Count: 0, Known: 1}, // 9: 18 days; 12: 11 days
		"review amber, red":       {Count: 2},           // 23: 24 days, 24: 25 days
		"to_sign amber, red":      {Count: 1},           // 26: 27 days
		"signed amber, red":       {Count: 1},           // 28: 59 days
		"in_talks_at_end 2031-02": yi(7, 7, 21.4999),
	}
}

// februaryByHand is the end of 2031-02-19.
func februaryByHand() map[string]report.Sum {
	return map[string]report.Sum{
		"leads.new": yi(3, 3, 13), // 5 6 7
		"before":    yi(5, 5, 22), // 01-01 to 01-19: 9 to 12, 42
		// 13 14 15 16 in negotiation: .5+1+4.9999+4; 23 24 in review; 26 to sign
		"leads.in_talks":  yi(7, 7, 21.4999),
		"leads.live":      yi(33, 28, 370.4999), // lead 273 + 21.4999 + signed 40 + started 21 + 7 + 8
		"lead":            yi(18, 13, 273),      // 5 6 7 9 10 11 12 17 18 19 20 21? 22$ 25? 27 30 33$ 38?
		"negotiating":     yi(4, 4, 10.4999),
		"signed":          yi(4, 4, 40),    // 28 29 31 32: 10+20+5+5
		"started":         yi(2, 2, 21),    // 34 35
		"stuck":           yi(21, 16, 299), // all 18 leads, 31, 34, 35: 273+5+9+12
		"signed.year":     yi(2, 2, 15),    // 28, and 32 that was not moved back yet
		"started.year":    yi(1, 1, 9),     // 34
		"producing.year":  yi(0, 0, 0),
		"lost.year":       yi(1, 1, 3), // 37
		"lost 2030-12":    yi(1, 1, 1),
		"signed 2031-01":  yi(2, 2, 15),
		"band 1":          yi(5, 5, 14.9999), // 14 15 16 23 24: 1+4.9999+4+2+3
		"band 2":          yi(1, 1, 6),
		"lead amber, red": {Known: 18},
	}
}
