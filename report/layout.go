package report

// layout indents compact JSON so that it reads and diffs well: one line for each member, but a list that holds no list
// or object, such as a header's name and value, stays in one, and so does a short object. Lines after the first start
// with indent.
func layout(compact []byte, indent string) []byte {
	l := layouter{in: compact, out: make([]byte, 0, 2*len(compact)), indent: "\n" + indent}
	for l.at < len(l.in) {
		l.token()
	}
	return l.out
}

type layouter struct {
	in, out []byte
	at      int
	depth   int
	indent  string
}

// token copies one token of the input, with the white space that belongs around it.
func (l *layouter) token() {
	switch c := l.in[l.at]; c {
	case '"':
		l.copy(stringLen(l.in[l.at:]))
	case '[', '{':
		if n := flatLen(l.in[l.at:]); n > 0 {
			l.flat(n)
			return
		}
		l.copy(1)
		l.depth++
		l.line()
	case ']', '}':
		l.depth--
		l.line()
		l.copy(1)
	case ',':
		l.copy(1)
		l.line()
	case ':':
		l.copy(1)
		l.out = append(l.out, ' ')
	default:
		l.copy(1)
	}
}

func (l *layouter) copy(n int) {
	l.out = append(l.out, l.in[l.at:l.at+n]...)
	l.at += n
}

func (l *layouter) line() {
	l.out = append(l.out, l.indent...)
	for range l.depth {
		l.out = append(l.out, "  "...)
	}
}

// flat copies a list or object of n bytes into the current line.
func (l *layouter) flat(n int) {
	for end := l.at + n; l.at < end; {
		switch c := l.in[l.at]; c {
		case '"':
			l.copy(stringLen(l.in[l.at:]))
		case ',', ':':
			l.copy(1)
			l.out = append(l.out, ' ')
		default:
			l.copy(1)
		}
	}
}

// shortObject is how many bytes an object may have to stay in one line.
const shortObject = 80

// flatLen returns the length of what starts b if it belongs into one line, otherwise 0.
func flatLen(b []byte) int {
	n := leafLen(b)
	if b[0] == '{' && n > shortObject {
		return 0
	}
	return n
}

// leafLen returns the length of the list or object that starts b if it holds no other, otherwise 0.
func leafLen(b []byte) int {
	for i := 1; i < len(b); {
		switch b[i] {
		case '"':
			i += stringLen(b[i:])
		case '[', '{':
			return 0
		case ']', '}':
			return i + 1
		default:
			i++
		}
	}
	return 0
}

// stringLen returns the length of the JSON string at the start of b, quotes included.
func stringLen(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}
