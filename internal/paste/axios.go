package paste

import (
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// axiosCall is axios(config), axios(url, config), axios.get(url, config), axios.post(url, data, config) and the like.
func (c *call) axiosCall(verb string, args []value) error {
	c.request.Client = ClientAxios
	urlFirst, dataSecond := true, false
	switch method := strings.TrimSuffix(verb, "Form"); method {
	case "", "request":
		urlFirst = len(args) > 0 && args[0].kind == kindString
	case "get", "delete", "head", "options":
		c.request.Fetch.Method = strings.ToUpper(method)
	case "post", "put", "patch":
		c.request.Fetch.Method, dataSecond = strings.ToUpper(method), true
	default:
		return c.mistake(c.place, "axios."+verb+" is not read", "paste the call that makes the request")
	}
	if urlFirst {
		if len(args) == 0 || args[0].kind != kindString {
			return c.missingURL(args)
		}
		c.request.Fetch.URL, args = args[0].text, args[1:]
	}
	return c.axiosRest(verb, dataSecond, args)
}

func (c *call) axiosRest(verb string, dataFirst bool, args []value) error {
	var data value
	if dataFirst && len(args) > 0 {
		data, args = args[0], args[1:]
	}
	a := axiosConfig{call: c, data: data}
	if len(args) > 0 {
		for _, m := range args[0].members {
			if err := a.option(m); err != nil {
				return err
			}
		}
	}
	if strings.HasSuffix(verb, "Form") {
		a.data.kind = kindForm
	}
	return a.finish()
}

// axiosConfig is https://axios-http.com/docs/req_config while it is read.
type axiosConfig struct {
	*call
	data    value
	base    string
	query   string
	user    string
	hasUser bool
}

func (a *axiosConfig) option(m member) (err error) {
	f := &a.request.Fetch
	switch m.key {
	case "url":
		f.URL, err = a.textOf(m)
	case "method":
		f.Method, err = a.textOf(m)
	case "baseURL":
		a.base, err = a.textOf(m)
	case "headers":
		f.Headers, err = a.headersOf(sentByAxios(m.value))
	case "params":
		a.query = m.value.query()
		if m.value.kind == kindParams {
			a.query = m.value.text
		}
	case "data":
		a.data = m.value
	case "auth":
		a.setUser(m.value)
	case "withCredentials":
		f.Credentials = cors.CredentialsSameOrigin
		if m.value.text == "true" {
			f.Credentials = cors.CredentialsInclude
		}
	case "credentials", "mode":
		a.request.note("axios does not know the option " + m.key + "; withCredentials: true sends cookies")
	}
	return err
}

// sentByAxios leaves out the headers that axios leaves out: those without a value.
func sentByAxios(headers value) value {
	kept := value{kind: headers.kind, at: headers.at}
	for _, m := range headers.members {
		if m.value.kind != kindUndefined && m.value.kind != kindNull && m.value.text != "false" {
			kept.members = append(kept.members, m)
		}
	}
	return kept
}

func (a *axiosConfig) setUser(v value) {
	var name, password string
	for _, m := range v.members {
		switch m.key {
		case "username":
			name = m.value.text
		case "password":
			password = m.value.text
		}
	}
	a.user, a.hasUser = name+":"+password, true
}

func (a *axiosConfig) finish() error {
	r := &a.request
	if r.Fetch.URL == "" && a.base == "" {
		return a.mistake(a.place, "the URL is missing here", `write it as url: "https://api.example.com/..."`)
	}
	if a.base != "" && !strings.Contains(r.Fetch.URL, "://") {
		r.Fetch.URL = strings.TrimRight(a.base, "/") + "/" + strings.TrimLeft(r.Fetch.URL, "/")
	}
	r.Fetch.URL = withQuery(r.Fetch.URL, a.query)
	if a.hasUser {
		r.Fetch.Headers = append(r.Fetch.Headers, cors.Header{Name: "Authorization", Value: basic(a.user)})
	}
	a.setData()
	return nil
}

// setData is the serialisation of lib/defaults/index.js.
func (a *axiosConfig) setData() {
	r := &a.request
	written, _ := r.header("Content-Type")
	switch text := a.data.text; a.data.kind {
	case kindUndefined, kindNull:
	case kindParams:
		r.Fetch.Body = &text
		r.setDefault("Content-Type", formType+";charset=utf-8")
	case kindForm:
		r.note("the parts of the form are left out: only its Content-Type matters")
		r.Fetch.Body = new(string)
		r.setDefault("Content-Type", "multipart/form-data; boundary=corsgate")
	case kindObject, kindArray:
		text = a.data.json()
		if r.Object = !strings.Contains(written, formType); !r.Object {
			text = a.data.query()
		}
		r.Fetch.Body = &text
	default:
		r.Fetch.Body = &text
	}
}
