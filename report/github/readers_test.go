//go:build readers

package github_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/corsgate/corsgate/report"
)

// render makes HTML of Markdown as GitHub does, by its own library.
func render(t *testing.T, markdown string) *html.Node {
	t.Helper()
	c := exec.Command("cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist")
	c.Stdin = strings.NewReader(markdown)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// elements are all that a summary uses.
var elements = strings.Fields("html head body h2 h3 p br strong code pre sub ul li table thead tbody tr th td details summary")

func TestGitHubShowsWhatAServerSentAsText(t *testing.T) {
	markdown := write(t, summary, hostileCase(report.Failed), hostileCase(report.Errored))
	var text strings.Builder
	for n := range render(t, markdown).Descendants() {
		switch n.Type {
		case html.ElementNode:
			if !slices.Contains(elements, n.Data) {
				t.Errorf("there is a %s: %v", n.Data, n.Attr)
			}
			if n.Data == "tr" {
				cells := 0
				for c := range n.ChildNodes() {
					if c.Type == html.ElementNode {
						cells++
					}
				}
				if cells != 4 && cells != 6 && cells != 7 {
					t.Errorf("a row has %d cells", cells)
				}
			}
		case html.CommentNode:
			t.Errorf("there is a comment: %q", n.Data)
		case html.TextNode:
			text.WriteString(n.Data)
		}
	}
	shown := report.Visible(hostile, report.TerminalLimit)
	if n := strings.Count(text.String(), shown); n < 20 {
		t.Errorf("the server's text is shown as it is %d times in\n%s", n, text.String())
	}
	if strings.Contains(text.String(), `\_`) || strings.Contains(text.String(), `\:`) {
		t.Error("an escape is shown")
	}
}

func TestTheSampleHasItsTablesAndBlocks(t *testing.T) {
	count := map[string]int{}
	for n := range render(t, replay(t, summary)).Descendants() {
		if n.Type == html.ElementNode {
			count[n.Data]++
		}
	}
	if count["table"] != 3 || count["details"] != 6 || count["summary"] != 6 || count["pre"] < 12 {
		t.Errorf("got %v", count)
	}
}
