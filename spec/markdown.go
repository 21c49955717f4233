package spec

import (
	_ "embed" // for the text around the reference
	"fmt"
	"slices"
	"strings"
)

//go:embed format.md
var formatText string

// Markdown returns the description of the language: its keys from the table that files are decoded by, with the text
// around them.
func Markdown() []byte {
	w := &markdown{}
	w.collect(fileTable(Options{}).shape())
	for _, s := range w.objects {
		w.object(s)
	}
	return []byte(strings.Replace(formatText, "{{objects}}\n", w.String(), 1))
}

// markdown collects the objects of the language, each once, those that stand in others after them.
type markdown struct {
	strings.Builder
	objects []shape
}

func (w *markdown) collect(root shape) {
	for level := []shape{root}; len(level) > 0; {
		var next []shape
		for _, s := range level {
			if s.form == formObject && !w.knows(s) {
				w.objects = append(w.objects, s)
				for _, k := range s.keys {
					next = append(next, k.shape.parts()...)
				}
			}
		}
		level = next
	}
}

func (w *markdown) knows(s shape) bool {
	return slices.ContainsFunc(w.objects, func(known shape) bool { return known.what == s.what })
}

// parts returns the objects that stand in a value of the shape, without what stands in them.
func (s shape) parts() (all []shape) {
	if s.form == formObject {
		return []shape{s}
	}
	for _, e := range s.either {
		all = append(all, e.parts()...)
	}
	if s.of != nil {
		all = append(all, s.of.parts()...)
	}
	return all
}

// object writes the section of one object: its keys, or of which object it has all but a few.
func (w *markdown) object(s shape) {
	fmt.Fprintf(w, "## %s\n\n", heading(s.what))
	if of, lacks := w.partOf(s); of != nil {
		fmt.Fprintf(w, "Every key of [%s](#%s)%s.\n\n", of.what, anchor(of.what), lacks)
		return
	}
	w.WriteString("| key | value | |\n|---|---|---|\n")
	for _, k := range s.keys {
		name := "`" + k.name + "`"
		if k.required {
			name = "**" + name + "**"
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", name, cell(values(k.shape)), cell(code(k.about)))
	}
	w.WriteString("\n")
}

// partOf finds a later object that has all keys of a large one, and a few more.
func (w *markdown) partOf(s shape) (of *shape, lacks string) {
	for i := range w.objects {
		var missing []string
		has := 0
		for _, k := range w.objects[i].keys {
			if hasKey(s, k) {
				has++
			} else {
				missing = append(missing, "`"+k.name+"`")
			}
		}
		if w.objects[i].what != s.what && has == len(s.keys) && has > 8 {
			return &w.objects[i], " but " + strings.Join(missing, " and ")
		}
	}
	return nil, ""
}

func hasKey(s shape, k keyInfo) bool {
	for _, other := range s.keys {
		if other.name == k.name && other.about == k.about {
			return true
		}
	}
	return false
}

// values says what a key takes.
func values(s shape) string {
	switch s.form {
	case formWords:
		return oneOf(s.words)
	case formObject:
		return fmt.Sprintf("[%s](#%s)", s.what, anchor(s.what))
	case formEither:
		var parts []string
		for _, e := range s.either {
			parts = append(parts, values(e))
		}
		return strings.Join(parts, ", or ")
	case formMapping:
		return "a mapping of names to: " + values(*s.of)
	case formList:
		if s.one {
			return values(*s.of) + ", or a list of such"
		}
		return "a list of: " + values(*s.of)
	}
	return s.what
}

func oneOf(words []string) string {
	if len(words) == 0 {
		return "a word"
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

// code marks the words of a sentence that are typed as they stand: * alone.
func code(sentence string) string { return strings.ReplaceAll(sentence, " * ", " `*` ") }

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// heading is what an object is, without its article.
func heading(what string) string {
	noun := withoutArticle(what)
	return strings.ToUpper(noun[:1]) + noun[1:]
}

func withoutArticle(what string) string {
	for _, article := range []string{"a ", "an ", "the "} {
		if noun, ok := strings.CutPrefix(what, article); ok {
			return noun
		}
	}
	return what
}

// anchor is the fragment that GitHub and others make of a heading.
func anchor(what string) string {
	text := strings.ToLower(heading(what))
	return strings.ReplaceAll(strings.ReplaceAll(text, "'", ""), " ", "-")
}
