package text

// split cuts text into n parts that fit their fields. It counts UTF-16 units,
// as a client does; Slack's own unit is not documented, and no other gives
// fewer characters to a field.
func split(text string, n int) []string {
	parts := make([]string, n)
	for i := range parts {
		end := fits(text, fieldLength)
		if i == n-1 {
			end = len(text) // never cut: whoever fills a form checks the length first
		}
		parts[i], text = text[:end], text[end:]
	}
	return parts
}

// fits returns how many bytes of text are at most units long in UTF-16.
func fits(text string, units int) int {
	for i, r := range text {
		if units -= max(1, utf16Units(r)); units < 0 {
			return i
		}
	}
	return len(text)
}

func utf16Units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// PartsFor says how many fields text needs.
func PartsFor(text string) int {
	n := 1
	for text = text[fits(text, fieldLength):]; text != ""; n++ {
		text = text[fits(text, fieldLength):]
	}
	return n
}
