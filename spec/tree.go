package spec

// kind is the kind of a node.
type kind int

const (
	broken kind = iota // a mistake that has been reported; it decodes to nothing
	scalar
	sequence
	mapping
)

// node is a value of the file with its place, free of YAML's types: a scalar is its text.
type node struct {
	kind    kind
	pos     Pos
	text    string  // of a scalar
	plain   bool    // a scalar without quotes
	items   []*node // of a sequence
	entries []entry // of a mapping; no two keys are equal
}

// entry is a key of a mapping and its value.
type entry struct {
	name   string
	pos    Pos // of the key
	value  *node
	merged bool // it came by a merge key
}

// missing reports whether n stands for no value: nothing at all, or a plain ~. The word null is text like any other.
func (n *node) missing() bool {
	return n.kind == scalar && n.plain && (n.text == "" || n.text == "~")
}

// says names what n is, for messages.
func (n *node) says() string {
	switch {
	case n.missing():
		return "nothing"
	case n.kind == sequence:
		return "a list"
	case n.kind == mapping:
		return "a mapping"
	}
	return quote(n.text)
}

// item is the i-th of a list that may be written as its only item.
func (n *node) item(i int) *node {
	if n.kind == sequence {
		return n.items[i]
	}
	return n
}
