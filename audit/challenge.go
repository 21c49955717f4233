package audit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// guard is a firewall or bot check, and what betrays its pages.
type guard struct {
	name   string
	header string // name of a header; empty: any
	value  string // part of its value, in lower case; empty: any
	body   string // part of the page, in lower case; empty: any
	status []int  // nil: those of refusals
	html   bool   // a mark that stands on what the vendor lets through, too, but APIs send no pages
}

// refusals are the statuses of pages that stand between a client and the server.
var refusals = []int{403, 429, 503}

var guards = []guard{
	{name: "Cloudflare", header: "cf-mitigated", value: "challenge"},
	{name: "Cloudflare", body: "cdn-cgi/challenge-platform"},
	{name: "Cloudflare", body: "attention required! | cloudflare"},
	{name: "Cloudflare", header: "server", value: "cloudflare", body: "just a moment"},
	{name: "Cloudflare", header: "server", value: "cloudflare", body: "error code: 10"},
	{name: "Cloudflare", header: "server", value: "cloudflare", body: "cf-error-details"},
	{name: "AWS WAF", header: "x-amzn-waf-action", status: []int{202, 403, 405}},
	{name: "CloudFront", header: "server", value: "cloudfront", body: "request blocked"},
	{name: "Akamai", header: "server", value: "akamai", body: "access denied"},
	{name: "Imperva", body: "_incapsula_resource"},
	{name: "Imperva", body: "incapsula incident id"},
	{name: "Imperva", header: "x-iinfo", html: true},
	{name: "Sucuri", header: "x-sucuri-block"},
	{name: "Sucuri", body: "sucuri website firewall"},
	{name: "DataDome", body: "captcha-delivery.com"},
	{name: "DataDome", header: "x-datadome", html: true},
	{name: "HUMAN", body: "px-captcha"},
	{name: "Vercel", header: "x-vercel-mitigated"},
	{name: "F5 BIG-IP", body: "the requested url was rejected. please consult with your administrator"},
	{name: "ModSecurity", body: "mod_security"},
	{name: "a captcha", body: "g-recaptcha"},
	{name: "a captcha", body: "hcaptcha.com"},
}

func (g guard) shows(x Exchange) bool {
	statuses := g.status
	if statuses == nil {
		statuses = refusals
	}
	if !slices.Contains(statuses, x.Response.Status) || !bytes.Contains(bytes.ToLower(x.Body), []byte(g.body)) {
		return false
	}
	if kind, _ := value(x.Response, "Content-Type"); g.html && !strings.Contains(strings.ToLower(kind), "html") {
		return false
	}
	if g.header == "" {
		return true
	}
	v, ok := value(x.Response, g.header)
	return ok && strings.Contains(strings.ToLower(v), g.value)
}

// challengePage suspects a bot check or a firewall in front of the server.
func challengePage(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	i := slices.IndexFunc(guards, func(g guard) bool { return g.shows(x) })
	if i < 0 {
		return nil
	}
	return d.causeOf("challenge-page", fmt.Sprintf("%s answers the %s with status %d and a page of its own, before the server "+
		"sees it", guards[i].name, requestWord(x.Request), x.Response.Status), d.evidence(Exchange{}, ""))
}
