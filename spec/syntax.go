package spec

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// trap is a mistake that YAML's parser tells in its own terms. at finds it in a line; its first group is the place.
type trap struct {
	says    string // which messages of the parser it explains; empty: any
	at      *regexp.Regexp
	message string
	hint    string
}

var traps = []trap{
	{at: regexp.MustCompile(`^ *(\t)`), message: "a tab in the indentation", hint: "indent with spaces"},
	{at: regexp.MustCompile(`(?:[:,\[-][ \t]+|[\[,{])(\*)(?:[^A-Za-z0-9]|$)`),
		message: "an unquoted * begins an alias in YAML", hint: `quote it, as in "*" or "*.example.com"`},
	{at: regexp.MustCompile("(?:[:,\\[-][ \t]+|[\\[,{])([@`%])"),
		message: "YAML lets no value begin with this character", hint: "quote the value"},
	{says: "did not find expected", at: regexp.MustCompile(`[\[,{][ \t]*(\$\{)`),
		message: "the braces of ${…} are YAML's own in a list or mapping in brackets", hint: `quote it, as in ["${name}"]`},
	{says: "did not find expected", at: regexp.MustCompile(`[\[,{][ \t]*([A-Za-z]+://\[)`),
		message: "the brackets of an IPv6 address are YAML's own in a list in brackets", hint: "quote the value"},
	{says: "mapping values", at: regexp.MustCompile(`:[ \t]+[^\s'"\[{|>&*!#][^#]*?(:)(?:[ \t]|$)`),
		message: "a second colon in the value", hint: "quote the value"},
	{says: "mapping values", at: regexp.MustCompile(`^([^\s#])?[ \t]+([^\s#-])`),
		message: "this key is indented more than the ones before it", hint: "begin it in the column of the key above"},
	{says: "did not find expected", at: regexp.MustCompile(`(?:'[^']*'|"(?:[^"\\]|\\.)*")([^\s'",:\]}#])`),
		message: "text after a closing quote", hint: "write '' for a quote within single quotes, \\\" within double quotes"},
	{says: "escape", at: regexp.MustCompile(`(\\[^0abtnvfre "/\\N_LPxuU\t])`),
		message: "an unknown escape in double quotes", hint: `write \\ for a backslash, or use single quotes`},
	{says: "unexpected end of stream", at: regexp.MustCompile(`["']`),
		message: "this quote is never closed", hint: "close it"},
	{says: "expected ',' or ']'", at: regexp.MustCompile(`^[^#]*(\[)[^\]]*$`),
		message: "this list is not closed", hint: "close it with ]"},
	{says: "expected ',' or '}'", at: regexp.MustCompile(`^[^#]*(\{)[^}]*$`),
		message: "this mapping is not closed", hint: "close it with }"},
	{says: "expected node content", at: regexp.MustCompile(`(?:[:,\[-][ \t]+|[\[,{])([\]},])`),
		message: "a value was expected here", hint: "quote it when it begins with a bracket, a brace or a comma"},
	{says: "expected '-' indicator", at: regexp.MustCompile(`^[ \t]*([^\s#-])`),
		message: "this line is indented like the items of a list, but is none", hint: "indent it like the key above"},
	{says: "expected key", at: regexp.MustCompile(`^[ \t]*(-)[ \t]`),
		message: "a list item among keys", hint: "indent it below the key that it belongs to"},
	{says: "could not find expected ':'", at: regexp.MustCompile(`^[ \t]*(?:- )*([^\s#][^:]*)$`),
		message: "a key without a colon", hint: "write key: value"},
}

var (
	parserLine    = regexp.MustCompile(`^yaml: line ([0-9]+): `)
	unknownAnchor = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
	fromGrammar   = regexp.MustCompile(`did not find expected (key|node content|'-' indicator|',' or|<)`)
)

// syntaxError makes a placed mistake of an error of the YAML parser, which knows no column and not always the line. The
// parser had looked at most a few characters beyond the cause when it gave up; from there back to the line that it
// names, the first known trap is taken for the cause.
func (s *source) syntaxError(text string) (Pos, mistake) {
	if match := unknownAnchor.FindStringSubmatch(text); match != nil {
		return s.find("*" + match[1]), mistake{"yaml-syntax", "unknown alias *" + match[1],
			"quote the value when it begins with *"}
	}
	first, named := 1, false
	if match := parserLine.FindStringSubmatch(text); match != nil {
		first, _ = strconv.Atoi(match[1])
		named = true
	}
	message := strings.TrimPrefix(parserLine.ReplaceAllString(text, ""), "yaml: ")
	last := s.pos(failureOffset(s.text)).Line
	if fromGrammar.MatchString(message) && named {
		first++ // its lines count from 0
	}
	first, last = min(first, len(s.ends)), min(last, len(s.ends))
	if pos, m, ok := s.trapped(message, first, last); ok {
		return pos, m
	}
	line := first
	if fromGrammar.MatchString(message) {
		line = s.lastLineWithText(last)
	}
	return s.firstText(line), mistake{"yaml-syntax", "not YAML: " + message,
		"check the indentation and the quotes around here"}
}

// trapped looks for a trap in the lines that the parser had in view, the last ones first, then in the first.
func (s *source) trapped(message string, first, last int) (Pos, mistake, bool) {
	lines := []int{}
	for line := last; line > max(first, last-3); line-- {
		lines = append(lines, line)
	}
	for _, line := range append(lines, first) {
		content := s.line(line)
		if len(content) > maxRedacted {
			continue
		}
		for _, t := range traps {
			if !strings.Contains(message, t.says) {
				continue
			}
			if at := t.at.FindStringSubmatchIndex(content); at != nil {
				column := 1 + utf8.RuneCountInString(content[:at[len(at)-2]])
				return Pos{line, column}, mistake{"yaml-syntax", t.message, t.hint}, true
			}
		}
	}
	return Pos{}, mistake{}, false
}

// find is the place of the first occurrence of a word outside comments.
func (s *source) find(word string) Pos {
	for line := range s.ends {
		content := s.line(line + 1)
		if i := strings.Index(content, word); i >= 0 && !strings.HasPrefix(strings.TrimSpace(content), "#") {
			return Pos{line + 1, 1 + utf8.RuneCountInString(content[:i])}
		}
	}
	return Pos{1, 1}
}

func (s *source) lastLineWithText(line int) int {
	for line > 1 && strings.TrimSpace(s.line(line)) == "" {
		line--
	}
	return line
}

// firstText is the place of the first character of a line that is no blank.
func (s *source) firstText(line int) Pos {
	content := s.line(line)
	return Pos{line, 1 + len(content) - len(strings.TrimLeft(content, " \t"))}
}
