package audit_test

import (
	"testing"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
)

func TestChallengesAreToldFromRefusals(t *testing.T) {
	page := func(status int, body string, headers ...string) audit.Answer {
		x := reply(status, headers...)
		x.Body = []byte(body)
		return x
	}
	const html = "Content-Type: text/html; charset=UTF-8"
	for _, c := range []struct {
		name   string
		answer audit.Answer
		want   string
	}{
		{"Cloudflare's challenge", page(403, "<title>Just a moment...</title>", html, "Server: cloudflare"), "challenge-page"},
		{"Cloudflare's block", page(403, "<title>Attention Required! | Cloudflare</title>", html, "Server: cloudflare"), "challenge-page"},
		{"Cloudflare's mark alone", page(503, "", "Cf-Mitigated: challenge"), "challenge-page"},
		{"AWS WAF's challenge", page(202, "", "X-Amzn-Waf-Action: challenge"), "challenge-page"},
		{"AWS WAF's captcha", page(405, "", html, "X-Amzn-Waf-Action: captcha"), "challenge-page"},
		{"CloudFront's block", page(403, "<H1>403 ERROR</H1> Request blocked.", html, "Server: CloudFront"), "challenge-page"},
		{"Akamai's block", page(403, "<H1>Access Denied</H1>", html, "Server: AkamaiGHost"), "challenge-page"},
		{"Imperva's block", page(403, `<iframe src="/_Incapsula_Resource?x=1">`, html), "challenge-page"},
		{"DataDome's JSON", page(403, `{"url":"https://geo.captcha-delivery.com/captcha/"}`, "Content-Type: application/json"),
			"challenge-page"},
		{"F5's block", page(503, "The requested URL was rejected. Please consult with your administrator.", html), "challenge-page"},
		{"DataDome's page", page(403, "", html, "X-Datadome: protected"), "challenge-page"},
		{"an API behind Cloudflare", page(403, `{"error":"forbidden"}`, "Server: cloudflare", "Cf-Ray: 1-FRA"), "cors-not-configured"},
		{"an API behind Imperva", page(403, `{"error":"forbidden"}`, "X-Iinfo: 1-2-3"), "cors-not-configured"},
		{"an API behind DataDome", page(403, `{"error":"forbidden"}`, "X-Datadome: protected"), "cors-not-configured"},
		{"a page of the server's own", page(403, "<h1>Forbidden</h1>", html, "Server: nginx"), "cors-not-configured"},
		{"an API that is busy", page(503, "", "Retry-After: 5"), "cors-not-configured"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := cors.Fetch{Origin: origin(t, app), URL: api}
			cause, _ := diagnose(t, f, audit.Intended{}, nil, func(audit.Ask) audit.Answer { return c.answer })
			if cause.ID != c.want {
				t.Errorf("%s: %s", cause.ID, cause.Message)
			}
		})
	}
}
