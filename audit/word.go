package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// word stands for a random label in a template; no origin has the byte.
const word = "\x00"

// fill replaces each word of a template by a random label. The labels depend on the seed and the template alone, so
// that an origin's stay what they are when others come and go.
func fill(template string, seed uint64) string {
	var b strings.Builder
	for i, part := range strings.Split(template, word) {
		if i > 0 {
			b.WriteString(randomLabel(template, seed, uint64(i)))
		}
		b.WriteString(part)
	}
	return b.String()
}

// show replaces each word of a template by a star: the same text whatever the seed.
func show(template string) string { return strings.ReplaceAll(template, word, "*") }

const labelLength = 10

func randomLabel(template string, seed, n uint64) string {
	input := binary.BigEndian.AppendUint64(nil, seed)
	input = binary.BigEndian.AppendUint64(input, n)
	sum := sha256.Sum256(append(input, template...))
	label := make([]byte, labelLength)
	for i := range label {
		label[i] = 'a' + sum[i]%26
	}
	return string(label)
}
