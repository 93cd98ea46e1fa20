package report

import (
	"fmt"
	"io"
	"strings"
)

// Explain is the body of `explain` in JSON.
type Explain struct {
	// Name is what the page explains.
	Name string `json:"name,omitempty"`
	// Page is the text, in Markdown; URL is where it is on the web.
	Page string `json:"page,omitempty"`
	URL  string `json:"url,omitempty"`
	// Names lists all that can be explained, where no name was given.
	Names []string `json:"names,omitempty"`
}

// ExplainDocument returns a page as an answer.
func ExplainDocument(page, file string) Document {
	lines := strings.SplitN(page, "\n", 4)
	name := strings.TrimPrefix(lines[0], "# ")
	return Document{
		Kind: "Explain", Body: Explain{Name: name, Page: page, URL: pageURL(file)}, Short: name + ": " + lines[2],
		Text: func(w io.Writer, _ Style) error {
			_, err := fmt.Fprintf(w, "%s\nOn the web: %s\n", page, pageURL(file))
			return err
		},
	}
}

// ExplainListDocument returns the list of all that can be explained.
func ExplainListDocument(names []string) Document {
	return Document{
		Kind: "Explain", Body: Explain{Names: names}, Short: strings.Join(names, " "),
		Text: func(w io.Writer, _ Style) error {
			_, err := fmt.Fprintln(w, strings.Join(names, "\n"))
			return err
		},
	}
}

// pageURL returns the address of a page in docs/checks.
func pageURL(file string) string {
	return "https://github.com/plegctl/plegctl/blob/main/docs/checks/" + file
}

// codeURL returns the address of the page of a code.
func codeURL(code string) string {
	if strings.HasPrefix(code, "PLEG-") {
		return pageURL(code + ".md")
	}
	return pageURL("problems.md#" + strings.ToLower(code))
}
