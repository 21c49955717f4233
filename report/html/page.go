package html

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.html
var markup string

//go:embed page.css
var style string

//go:embed page.js
var script string

func parse() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"prose": prose}).Parse(markup))
}

// span is a piece of prose.
type span struct {
	Text string
	Code bool
}

// prose splits a text at its `code`.
func prose(s string) []span {
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return []span{{Text: s}}
	}
	spans := make([]span, len(parts))
	for i, p := range parts {
		spans[i] = span{p, i%2 == 1}
	}
	return spans
}

// writeTop writes the page up to its contents. Nothing but the style and the script that stand here may act, whatever
// a server put into the rest: https://www.w3.org/TR/CSP3/
func writeTop(out *bufio.Writer, title string) {
	fmt.Fprintf(out, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '%s'; script-src '%s'; `+
		`base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>%s</style>
</head>
<body>
`, hash(style), hash(script), template.HTMLEscapeString(title), style)
}

func writeBottom(out *bufio.Writer) {
	fmt.Fprintf(out, "</main>\n<script>%s</script>\n</body>\n</html>\n", script)
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
