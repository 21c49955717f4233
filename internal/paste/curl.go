package paste

import (
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// curl is a curl command while it is read.
type curl struct {
	source
	request Request
	url     word // text is empty until there is one
	method  word
	headers []curlHeader
	data    []string
	query   []string
	get     bool // -G
	head    bool // -I
	hasData bool
	form    bool // -F
}

// curlHeader is the value of a -H.
type curlHeader struct {
	cors.Header
	at int
}

// option is what an option of curl means here.
type option struct {
	arg bool
	set func(*curl, word) error // nil: nothing; of an option without argument, the word is the option itself
}

func parseCurl(s source, start int) (*Request, error) {
	split := shellWords
	if isWindows.MatchString(string(s[start:])) {
		split = windowsWords
	}
	words, err := split(s, start)
	if err != nil {
		return nil, err
	}
	c := &curl{source: s}
	if err := c.read(words[1:]); err != nil {
		return nil, err
	}
	return c.finish(start)
}

func (c *curl) read(words []word) error {
	for i := 0; i < len(words); i++ {
		w := words[i]
		var err error
		switch {
		case strings.HasPrefix(w.text, "--") && len(w.text) > 2:
			i, err = c.long(words, i)
		case strings.HasPrefix(w.text, "-") && len(w.text) > 1 && w.text != "--":
			i, err = c.short(words, i)
		case w.text == "--" || w.text == "":
		default:
			err = c.setURL(w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *curl) long(words []word, i int) (int, error) {
	w := words[i]
	o, known := curlOptions[w.text[2:]]
	if !known {
		return i, c.unknown(w, w.text)
	}
	if !o.arg {
		return i, o.apply(c, w)
	}
	if i+1 >= len(words) {
		return i, c.mistake(w.at, w.text+" needs a value", "")
	}
	return i + 1, o.apply(c, words[i+1])
}

// short reads a word of short options such as -sSX, whose last one may have its value glued to it: -XPUT.
func (c *curl) short(words []word, i int) (int, error) {
	w := words[i]
	for n := 1; n < len(w.text); n++ {
		o, known := curlOptions[curlLetters[w.text[n]]]
		switch {
		case !known:
			return i, c.unknown(w, "-"+firstRunes(w.text[n:], 1))
		case !o.arg:
			if err := o.apply(c, w); err != nil {
				return i, err
			}
			continue
		case n+1 < len(w.text):
			return i, o.apply(c, word{w.text[n+1:], w.at})
		case i+1 >= len(words):
			return i, c.mistake(w.at, w.text+" needs a value", "")
		}
		return i + 1, o.apply(c, words[i+1])
	}
	return i, nil
}

func (c *curl) unknown(w word, name string) error {
	return c.mistake(w.at, "what "+name+" means for a browser is not known", "leave it out")
}

func (o option) apply(c *curl, w word) error {
	if o.set == nil {
		return nil
	}
	return o.set(c, w)
}

func (c *curl) setURL(w word) error {
	if c.url.text != "" {
		return c.mistake(w.at, "a second URL", "one request is explained at a time; quote a URL with spaces")
	}
	c.url = w
	return nil
}

func (c *curl) setMethod(w word) error {
	c.method = w
	return nil
}

func (c *curl) setHeader(w word) error {
	name, value, ok := strings.Cut(w.text, ":")
	value = strings.Trim(value, " \t")
	switch {
	case strings.HasPrefix(w.text, "@"):
		return c.file(w)
	case !ok && strings.HasSuffix(name, ";"):
		name = strings.TrimSuffix(name, ";")
	case !ok || value == "": // curl sends no such header; a browser decides by itself
		return nil
	}
	bytes, ok := cors.ByteString(value)
	if !ok || !cors.ValidHeaderName(name) || !cors.ValidHeaderValue(bytes) {
		return c.mistake(w.at, "that is no header", "write it as 'Name: value'")
	}
	c.headers = append(c.headers, curlHeader{cors.Header{Name: name, Value: bytes}, w.at})
	return nil
}

func (c *curl) file(w word) error {
	return c.mistake(w.at, "files are not read", "write the value in the place of "+w.text)
}

func (c *curl) setData(w word) error {
	if strings.HasPrefix(w.text, "@") {
		return c.file(w)
	}
	return c.setRawData(w)
}

func (c *curl) setRawData(w word) error {
	c.data, c.hasData = append(c.data, w.text), true
	return nil
}

// setEncodedData is --data-urlencode: name=content or content.
func (c *curl) setEncodedData(w word) error {
	name, content, named := strings.Cut(w.text, "=")
	if strings.Contains(w.text, "@") && !named {
		return c.file(w)
	}
	if !named {
		name, content = "", w.text
	}
	if name != "" {
		name += "="
	}
	return c.setRawData(word{name + formEscape(content), w.at})
}

func (c *curl) setJSON(w word) error {
	c.request.note("--json sets Content-Type and Accept to application/json")
	c.headers = append(c.headers,
		curlHeader{cors.Header{Name: "Content-Type", Value: "application/json"}, w.at},
		curlHeader{cors.Header{Name: "Accept", Value: "application/json"}, w.at})
	return c.setData(w)
}

func (c *curl) setUser(w word) error {
	if !strings.Contains(w.text, ":") {
		return c.mistake(w.at, "the password is missing", "write it as -u user:password")
	}
	c.request.note("-u becomes an Authorization header; a page can't make the browser use its own dialog")
	c.headers = append(c.headers, curlHeader{cors.Header{Name: "Authorization", Value: basic(w.text)}, w.at})
	return nil
}

func (c *curl) setCookie(w word) error {
	if !strings.Contains(w.text, "=") {
		return c.mistake(w.at, "a file of cookies is not read", "write them as -b 'name=value; other=value'")
	}
	c.headers = append(c.headers, curlHeader{cors.Header{Name: "Cookie", Value: w.text}, w.at})
	return nil
}
