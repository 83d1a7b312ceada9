package org

// exceptions lists phrases that a dictionary of single characters misreads.
// The first reading is the official one; a second one is what people type.
func exceptions() map[string][][]string {
	one := func(syllables ...string) [][]string { return [][]string{syllables} }
	return map[string][][]string{
		"重庆":  one("chong", "qing"),
		"曾":   one("zeng"),
		"长三角": one("chang", "san", "jiao"),
		"长江":  one("chang", "jiang"),
		"长沙":  one("chang", "sha"),
		"长春":  one("chang", "chun"),
		"长安":  one("chang", "an"),
		"长洲":  one("chang", "zhou"),
		"厦门":  one("xia", "men"),
		"番禺":  one("pan", "yu"),
		"六安":  one("lu", "an"),
		"银行":  one("yin", "hang"),
		"音乐":  one("yin", "yue"),
		"调度":  one("diao", "du"),
		"会计":  one("kuai", "ji"),
		"重点":  one("zhong", "dian"),
		"单":   one("dan"),
		// A creek in Cantonese place names: chōng officially, yǒng on many keyboards.
		"大涌": {{"da", "chong"}, {"da", "yong"}},
		"涌口": {{"chong", "kou"}, {"yong", "kou"}},
	}
}
