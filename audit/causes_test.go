package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
)

func TestDiagnosisNamesTheCause(t *testing.T) {
	put := cors.Fetch{Origin: origin(t, app), URL: api, Method: "PUT", Headers: []cors.Header{
		{Name: "Content-Type", Value: "application/json"}, {Name: "Authorization", Value: "Bearer x"},
	}}
	get := cors.Fetch{Origin: origin(t, app), URL: api}
	with := func(f cors.Fetch, change func(*cors.Fetch)) cors.Fetch {
		change(&f)
		return f
	}
	evil := func(f *cors.Fetch) { f.Origin = origin(t, "https://other.example") }
	include := func(f *cors.Fetch) { f.Credentials = cors.CredentialsInclude }
	custom := func(f *cors.Fetch) { f.Headers = append(f.Headers, cors.Header{Name: "X-Trace", Value: "1"}) }
	intended := audit.Intended{
		Origins: []cors.Origin{origin(t, app), origin(t, admin)}, Methods: []string{"PUT", "GET"},
		URLs: []string{api, "https://api.example.net/good"}, Authorization: []string{"Bearer x"},
	}
	onOptions := func(a audit.Answer) server {
		return func(ask audit.Ask) audit.Answer {
			if ask.Request.Method == "OPTIONS" {
				return a
			}
			return right.answer(ask)
		}
	}
	constant := func(a audit.Answer) server { return func(audit.Ask) audit.Answer { return a } }
	turns, cached := 0, cachingServer()
	for _, c := range []struct {
		name   string
		fetch  cors.Fetch
		want   string
		serve  server
		others []string
	}{
		{"nothing is configured", put, "cors-not-configured", constant(reply(200)), nil},
		{"a bare 404 for everything", get, "cors-not-configured", constant(reply(404)), nil},
		{"another origin is on the list", with(put, evil), "origin-not-allowed", right.answer, nil},
		{"a strict server and another origin", with(put, evil), "origin-not-allowed", right.strict, nil},
		{"another origin, simple request", with(get, evil), "origin-not-allowed", right.answer, nil},
		{"a constant other origin", get, "origin-not-allowed", constant(reply(200, "Access-Control-Allow-Origin: https://x.example")), nil},
		{"www is on the list", with(get, func(f *cors.Fetch) { f.Origin = origin(t, "https://www.app.example.com") }),
			"origin-differs-by", right.answer, nil},
		{"http is on the list", with(put, func(f *cors.Fetch) { f.Origin = origin(t, "http://app.example.com") }),
			"origin-differs-by", right.strict, nil},
		{"a port too many", with(get, func(f *cors.Fetch) { f.Origin = origin(t, "https://app.example.com:8443") }),
			"origin-differs-by", right.answer, nil},
		{"a method that is not listed", with(put, func(f *cors.Fetch) { f.Method = "DELETE" }), "method-not-allowed", right.answer, nil},
		{"a strict server and a method", with(put, func(f *cors.Fetch) { f.Method = "DELETE" }), "method-not-allowed", right.strict, nil},
		{"a method in lower case", with(put, func(f *cors.Fetch) { f.Method = "patch" }), "method-case", right.answer, nil},
		{"a header that is not listed", with(put, custom), "header-not-allowed", right.answer, nil},
		{"a strict server and a header", with(put, custom), "header-not-allowed", right.strict, nil},
		{"no credentials", with(get, include), "credentials-not-allowed", config{origins: right.origins}.answer, nil},
		{"a wildcard with credentials", with(get, include), "wildcard-with-credentials",
			constant(reply(200, "Access-Control-Allow-Origin: *")), nil},
		{"a wildcard list of headers with credentials", with(put, include), "wildcard-with-credentials",
			config{origins: right.origins, methods: right.methods, headers: []string{"*"}, credentials: true}.answer, nil},
		{"a doubled header", get, "duplicate-cors-headers",
			constant(reply(200, "Access-Control-Allow-Origin: "+app, "Access-Control-Allow-Origin: "+app)), nil},
		{"a doubled wildcard and origin", get, "duplicate-cors-headers",
			constant(reply(200, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: "+app)), nil},
		{"a doubled value", get, "duplicate-cors-headers",
			constant(reply(200, "Access-Control-Allow-Origin: "+app+", "+app)), nil},
		{"a list of origins", get, "malformed-allow-origin",
			constant(reply(200, "Access-Control-Allow-Origin: "+app+", "+admin)), nil},
		{"a slash at the end", get, "malformed-allow-origin", constant(reply(200, "Access-Control-Allow-Origin: "+app+"/")), nil},
		{"undefined", get, "malformed-allow-origin", constant(reply(200, "Access-Control-Allow-Origin: undefined")), nil},
		{"a pattern", get, "malformed-allow-origin", constant(reply(200, "Access-Control-Allow-Origin: https://*.example.com")), nil},
		{"401 to the preflight", put, "preflight-requires-auth", onOptions(reply(401, "WWW-Authenticate: Bearer")), nil},
		{"403 until credentials come", put, "preflight-requires-auth", func(a audit.Ask) audit.Answer {
			if field(a.Request, "Authorization") == "" {
				return reply(403)
			}
			return right.answer(a)
		}, nil},
		{"a login page", put, "preflight-requires-auth", onOptions(reply(302, "Location: /login?next=x")), nil},
		{"a slash", put, "preflight-redirected", onOptions(reply(301, "Location: "+api+"/")), nil},
		{"405", put, "options-not-handled", onOptions(reply(405, "Allow: GET")), nil},
		{"404", put, "options-not-handled", onOptions(reply(404)), nil},
		{"a page for OPTIONS", put, "options-not-handled", onOptions(reply(200, "Content-Type: text/html")), nil},
		{"the answer itself forgotten", get, "response-lacks-cors", func(a audit.Ask) audit.Answer {
			if a.Request.Method == "OPTIONS" {
				return right.answer(a)
			}
			return reply(200)
		}, nil},
		{"errors forgotten", get, "errors-lack-cors", func(a audit.Ask) audit.Answer {
			if a.Request.URL == api {
				return reply(404)
			}
			return right.answer(a)
		}, nil},
		{"a challenge", get, "challenge-page", constant(reply(403, "cf-mitigated: challenge")), nil},
		{"a list written otherwise", put, "preflight-header-parsing", func(a audit.Ask) audit.Answer {
			if list := field(a.Request, "Access-Control-Request-Headers"); list == strings.ToLower(list) && list != "" {
				return reply(403, "Vary: Origin")
			}
			return right.answer(a)
		}, nil},
		{"one node of two", get, "node-disagrees", func(a audit.Ask) audit.Answer {
			if a.Fresh > 0 {
				turns++
			}
			if turns%2 == 1 {
				return right.answer(a)
			}
			return reply(200)
		}, nil},
		{"HEAD passes", get, "protocol-differs", func(a audit.Ask) audit.Answer {
			if a.Request.Method == "GET" {
				return reply(200)
			}
			return right.answer(a)
		}, nil},
		{"the edge drops a header", get, "edge-differs", func(a audit.Ask) audit.Answer {
			x := right.answer(a)
			if a.Target == "" {
				return reply(200, "Vary: Origin")
			}
			return x
		}, []string{"origin"}},
		{"a cache", get, "cache-ignores-origin", cachingServer(), nil},
		{"a redirect's target", get, "redirect-target-lacks-cors", func(a audit.Ask) audit.Answer {
			if a.Request.URL == api {
				x := right.answer(a)
				x.Response.Status = 302
				x.Response.Headers = append(x.Response.Headers, cors.Header{Name: "Location", Value: "https://cdn.example/x"})
				return x
			}
			return reply(200, "Access-Control-Allow-Origin: "+app)
		}, nil},
		{"a password in a redirect", get, "redirect-with-credentials-in-url", func(a audit.Ask) audit.Answer {
			x := right.answer(a)
			x.Response.Status = 302
			x.Response.Headers = append(x.Response.Headers, cors.Header{Name: "Location", Value: "https://u:p@api.example.net/"})
			return x
		}, nil},
		{"OPTIONS dropped", put, "options-dropped", onOptions(audit.Answer{Error: "timeout"}), nil},
		{"405 with all headers", put, "options-not-handled", func(a audit.Ask) audit.Answer {
			x := right.answer(a)
			if a.Request.Method == "OPTIONS" {
				x.Response.Status = 405
			}
			return x
		}, nil},
		{"the next node handles OPTIONS", put, "node-disagrees", func(a audit.Ask) audit.Answer {
			if a.Fresh == 2 {
				return right.answer(a)
			}
			return onOptions(reply(404))(a)
		}, nil},
		{"the edge loses Origin", get, "origin-stripped", func(a audit.Ask) audit.Answer {
			if a.Target == "" {
				a.Request.Headers = nil
			}
			return careful(a)
		}, []string{"origin"}},
		{"the edge loses Origin of preflights", put, "origin-stripped", func(a audit.Ask) audit.Answer {
			if a.Target == "" {
				a.Request.Headers = nil
			}
			x := careful(a)
			x.Response.Status = 200
			return x
		}, []string{"origin"}},
		{"the edge drops every CORS header", get, "edge-differs", func(a audit.Ask) audit.Answer {
			x := careful(a)
			if a.Target == "" {
				x.Response.Headers = nil
			}
			return x
		}, []string{"origin"}},
		{"the edge changes the origin", get, "edge-differs", func(a audit.Ask) audit.Answer {
			if a.Target == "" {
				return reply(200, "Access-Control-Allow-Origin: "+admin)
			}
			return right.answer(a)
		}, []string{"origin"}},
		{"a strict server, a header and a method", with(with(put, custom), func(f *cors.Fetch) { f.Method = "DELETE" }),
			"header-not-allowed", right.strict, nil},
		{"a strict server, an origin, a header and a method",
			with(with(with(put, custom), evil), func(f *cors.Fetch) { f.Method = "DELETE" }), "origin-not-allowed", right.strict, nil},
		{"a list of headers that is none", put, "header-not-allowed",
			config{origins: right.origins, methods: right.methods, headers: []string{"content-type authorization"}}.answer, nil},
		{"a list of methods that is none", put, "method-not-allowed",
			config{origins: right.origins, methods: []string{"GET PUT"}, headers: right.headers}.answer, nil},
		{"an error page that others cached", get, "cache-ignores-origin", func(a audit.Ask) audit.Answer {
			x := cached(a)
			if a.Request.URL == api {
				return reply(404, "Age: 12")
			}
			return x
		}, nil},
		{"a page whose errors lack them where all pages do", get, "response-lacks-cors", func(a audit.Ask) audit.Answer {
			switch {
			case a.Request.Method == "OPTIONS":
				return right.answer(a)
			case a.Request.URL == api:
				return reply(404)
			}
			return reply(200)
		}, nil},
		{"401 for pages that send no token", get, "errors-lack-cors", func(a audit.Ask) audit.Answer {
			if field(a.Request, "Authorization") == "" {
				return reply(401)
			}
			return right.answer(a)
		}, nil},
		{"a redirect without the headers", get, "response-lacks-cors", func(a audit.Ask) audit.Answer {
			if a.Request.Method != "OPTIONS" && a.Request.URL == api {
				return reply(301, "Location: "+api+"/")
			}
			return right.answer(a)
		}, nil},
		{"a preflight behind a redirect", with(put, func(f *cors.Fetch) { f.Method = "GET" }), "redirect-target-lacks-cors",
			func(a audit.Ask) audit.Answer {
				x := right.answer(a)
				switch {
				case a.Request.URL != api:
					return reply(404)
				case a.Request.Method == "GET":
					x.Response.Status = 307
					x.Response.Headers = append(x.Response.Headers, cors.Header{Name: "Location", Value: "https://cdn.example/x"})
				}
				return x
			}, nil},
		{"upper case on the list", get, "origin-differs-by", lists("https://App.Example.com"), nil},
		{"another port on the list", put, "origin-differs-by", lists(app + ":8443"), nil},
		{"True for true", with(get, include), "credentials-not-allowed",
			constant(reply(200, "Access-Control-Allow-Origin: "+app, "Access-Control-Allow-Credentials: True")), nil},
		{"a resource policy", with(get, func(f *cors.Fetch) { f.Mode = cors.ModeNoCORS }), "",
			constant(reply(200, "Cross-Origin-Resource-Policy: same-origin")), nil},
		{"a redirect that the page does not want", with(get, func(f *cors.Fetch) { f.Redirect = cors.RedirectError }), "",
			constant(reply(302, "Location: /login", "Access-Control-Allow-Origin: "+app)), nil},
		{"redirects without an end", get, "", constant(reply(302, "Location: "+api, "Access-Control-Allow-Origin: "+app)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cause, asked := diagnose(t, c.fetch, intended, c.others, c.serve)
			if cause.ID != c.want {
				t.Errorf("got %q (%s) after %d requests, want %q", cause.ID, cause.Message, asked, c.want)
			}
			if len(cause.Evidence) == 0 && c.want != "" {
				t.Error("no evidence")
			}
		})
	}
}

// careful is right, and answers OPTIONS without Origin as it answers any request that it does not know.
func careful(a audit.Ask) audit.Answer {
	if a.Request.Method == "OPTIONS" && field(a.Request, "Origin") == "" {
		return reply(405, "Allow: GET")
	}
	return right.answer(a)
}

// lists is right but for its only origin.
func lists(origin string) server {
	return config{origins: []string{origin}, methods: right.methods, headers: right.headers}.exactly
}

// exactly compares origins byte for byte.
func (c config) exactly(a audit.Ask) audit.Answer {
	if !slices.Contains(c.origins, field(a.Request, "Origin")) {
		c.origins = nil
	}
	return c.answer(a)
}

// cachingServer keeps the first answer to each address for everybody; somebody asked before.
func cachingServer() server {
	kept := map[string]audit.Answer{api: reply(200, "Age: 12")}
	return func(a audit.Ask) audit.Answer {
		if a.Request.Method != "GET" {
			return reply(405)
		}
		if x, ok := kept[a.Request.URL]; ok {
			return x
		}
		kept[a.Request.URL] = right.answer(a)
		return kept[a.Request.URL]
	}
}
