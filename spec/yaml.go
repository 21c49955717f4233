package spec

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxExpanded is how many nodes the aliases of a file may stand for.
const maxExpanded = 100_000

// parseTree parses the file's only document. It reports what is wrong; ok says that there is a tree to decode.
func (d *decoder) parseTree() (root *node, ok bool) {
	document, next, err := parseYAML(strings.NewReader(d.source.text))
	switch {
	case err == io.EOF || err == nil && isNull(document):
		d.report(Pos{1, 1}, mistake{"empty-file", "the file is empty", "a file begins with `version: 1`"})
		return nil, false
	case err != nil:
		d.report(d.source.syntaxError(err.Error()))
		return nil, false
	case next != nil:
		d.report(Pos{next.Line, next.Column}, mistake{"second-document", "a second document begins here",
			"a file holds one document; put the other into a file of its own"})
	}
	t := treeMaker{decoder: d, open: map[*yaml.Node]bool{}, used: map[*yaml.Node]bool{}}
	root = t.node(document.Content[0])
	t.reportUnused()
	return root, true
}

// parseYAML parses the first document and tells of a second one. It turns a panic of the parser into an error.
func parseYAML(r io.Reader) (document, next *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: the parser gives up: %v", p)
		}
	}()
	decoder := yaml.NewDecoder(r)
	document = new(yaml.Node)
	if err := decoder.Decode(document); err != nil {
		return nil, nil, err
	}
	next = new(yaml.Node)
	switch err := decoder.Decode(next); {
	case err == io.EOF:
		next = nil
	case err != nil:
		return nil, nil, err
	}
	return document, next, nil
}

func isNull(document *yaml.Node) bool {
	n := document.Content[0]
	return n.Kind == yaml.ScalarNode && n.Style == 0 && (n.Value == "" || n.Value == "~") && n.Anchor == ""
}

// dripReader hands out one character at a time, so that what has been read when the parser fails tells where it was.
type dripReader struct {
	text string
	read int
}

func (r *dripReader) Read(p []byte) (int, error) {
	if r.read == len(r.text) {
		return 0, io.EOF
	}
	_, size := utf8.DecodeRuneInString(r.text[r.read:])
	n := copy(p, r.text[r.read:r.read+size])
	r.read += n
	return n, nil
}

// failureOffset returns how far the parser has looked when it fails; a few characters beyond the cause.
func failureOffset(text string) int {
	r := &dripReader{text: text}
	if _, _, err := parseYAML(r); err == nil || errors.Is(err, io.EOF) {
		return len(text)
	}
	return r.read
}

// treeMaker makes nodes of YAML's, with aliases expanded and merge keys applied.
type treeMaker struct {
	*decoder
	anchors  []*yaml.Node
	used     map[*yaml.Node]bool // anchored nodes with an alias
	open     map[*yaml.Node]bool // anchored nodes that are being made: an alias to one is a cycle
	aliases  int                 // how deep in aliases
	expanded int                 // nodes made in aliases
	bombed   bool
}

func (t *treeMaker) node(y *yaml.Node) *node {
	n := &node{pos: Pos{y.Line, y.Column}}
	if y.Kind == yaml.AliasNode {
		return t.alias(y, n.pos)
	}
	if t.aliases > 0 {
		t.expanded++
	}
	if y.Anchor != "" {
		if t.aliases == 0 {
			t.anchors = append(t.anchors, y)
		}
		t.open[y] = true
		defer delete(t.open, y)
	}
	if y.Style&yaml.TaggedStyle != 0 && (y.Kind != yaml.ScalarNode || y.ShortTag() != "!!str") {
		t.report(n.pos, mistake{"unknown-tag", "the tag " + quote(y.Tag) + " means nothing here",
			"leave it out, or quote the value when it begins with an exclamation mark"})
		return n
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.kind, n.text = scalar, y.Value
		n.plain = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	case yaml.SequenceNode:
		n.kind = sequence
		for _, item := range y.Content {
			n.items = append(n.items, t.node(item))
		}
	case yaml.MappingNode:
		n.kind = mapping
		t.fill(n, y)
	}
	return n
}

// alias makes a copy of what an alias stands for, placed where the alias is.
func (t *treeMaker) alias(y *yaml.Node, pos Pos) *node {
	t.used[y.Alias] = true
	switch {
	case t.open[y.Alias]:
		t.report(pos, mistake{"alias-cycle", "the alias *" + y.Value + " stands within what it refers to", ""})
		return &node{pos: pos}
	case t.expanded >= maxExpanded:
		if !t.bombed {
			t.reportf(pos, "alias-bomb", "the aliases of this file stand for more than %d values", maxExpanded)
		}
		t.bombed = true
		return &node{pos: pos}
	}
	t.aliases++
	defer func() { t.aliases-- }()
	n := t.node(y.Alias)
	n.pos = pos
	return n
}

// fill makes a mapping's entries.
func (t *treeMaker) fill(n *node, y *yaml.Node) {
	index := make(map[string]int, len(y.Content)/2)
	var merges []*node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		pos := Pos{key.Line, key.Column}
		if key.Kind != yaml.ScalarNode || key.Style == 0 && key.Value == "" || key.Style&yaml.TaggedStyle != 0 {
			t.report(pos, mistake{"invalid-key", "a key is plain text", "quote it when it begins with {, [, * or !"})
			continue
		}
		if key.Anchor != "" {
			t.anchors = append(t.anchors, key)
		}
		if first, twice := index[key.Value]; twice {
			t.report(pos, mistake{"duplicate-key", "the key " + quote(key.Value) + " stands here twice",
				fmt.Sprintf("its first place is line %d", n.entries[first].pos.Line)})
			continue
		}
		value := t.node(y.Content[i+1])
		if key.Tag == "!!merge" {
			merges = append(merges, t.mergeSources(value)...)
			continue
		}
		index[key.Value] = len(n.entries)
		n.entries = append(n.entries, entry{name: key.Value, pos: pos, value: value})
	}
	merge(n, merges, index)
}

// mergeSources returns the mappings that a merge key names.
func (t *treeMaker) mergeSources(value *node) (sources []*node) {
	items := []*node{value}
	if value.kind == sequence {
		items = value.items
	}
	for _, item := range items {
		switch item.kind {
		case mapping:
			sources = append(sources, item)
		case scalar, sequence:
			t.report(item.pos, mistake{"invalid-merge", "the merge key << takes a mapping or a list of mappings",
				"name an anchor, as in <<: *name"})
		}
	}
	return sources
}

// merge adds the entries that n lacks; the first source that has a key wins, as https://yaml.org/type/merge.html says.
func merge(n *node, sources []*node, index map[string]int) {
	for _, source := range sources {
		for _, e := range source.entries {
			if _, ok := index[e.name]; ok {
				continue
			}
			e.merged = true
			index[e.name] = len(n.entries)
			n.entries = append(n.entries, e)
		}
	}
}

// reportUnused tells of anchors that nothing refers to: `name: &co today` loses a part of what its author wrote.
func (t *treeMaker) reportUnused() {
	for _, y := range t.anchors {
		if !t.used[y] {
			t.report(Pos{y.Line, y.Column}, mistake{"unused-anchor", "nothing refers to the anchor &" + y.Anchor,
				"quote the value when it begins with &, or remove the anchor"})
		}
	}
}
