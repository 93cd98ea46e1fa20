package cli

import "strings"

// Nearest returns the words of a set that a mistyped one may stand for: those within two
// edits of it, or those that it begins or ends.
func Nearest(text string, set []string) []string {
	var near []string
	text = strings.ToLower(text)
	for _, word := range set {
		low := strings.ToLower(word)
		if distance(text, low) <= 2 || len(text) > 2 && (strings.HasPrefix(low, text) || strings.HasSuffix(low, text)) {
			near = append(near, word)
		}
	}
	if len(near) > 6 {
		return nil
	}
	return near
}

// distance is the Levenshtein distance of two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
