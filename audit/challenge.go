package audit

import (
	"bytes"
	"fmt"
	"strings"
)

// guard is a firewall or bot check, and what betrays its pages.
type guard struct {
	name   string
	header string // name of a header; empty: any
	value  string // part of its value, in lower case; empty: any
	body   string // part of the page, in lower case; empty: any
}

var guards = []guard{
	{name: "Cloudflare", header: "cf-mitigated", value: "challenge"},
	{name: "Cloudflare", header: "server", value: "cloudflare", body: "challenge-platform"},
	{name: "Cloudflare", header: "server", value: "cloudflare", body: "just a moment"},
	{name: "Cloudflare", header: "server", value: "cloudflare", body: "attention required"},
	{name: "AWS WAF", header: "x-amzn-waf-action"},
	{name: "CloudFront", header: "server", value: "cloudfront", body: "request blocked"},
	{name: "Akamai", header: "server", value: "akamaighost", body: "access denied"},
	{name: "Imperva", header: "x-iinfo"},
	{name: "Imperva", body: "_incapsula_resource"},
	{name: "Sucuri", header: "x-sucuri-block"},
	{name: "Sucuri", body: "sucuri website firewall"},
	{name: "DataDome", header: "x-datadome"},
	{name: "DataDome", body: "captcha-delivery.com"},
	{name: "HUMAN", body: "px-captcha"},
	{name: "Vercel", header: "x-vercel-mitigated"},
	{name: "F5 BIG-IP", body: "the requested url was rejected. please consult with your administrator"},
	{name: "ModSecurity", body: "mod_security"},
	{name: "a captcha", body: "g-recaptcha"},
	{name: "a captcha", body: "hcaptcha.com"},
}

func (g guard) shows(x Exchange) bool {
	if g.body != "" && !bytes.Contains(bytes.ToLower(x.Body), []byte(g.body)) {
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
	switch x.Response.Status {
	case 403, 429, 503:
	default:
		return nil
	}
	kind, _ := value(x.Response, "Content-Type")
	for _, g := range guards {
		if g.shows(x) && (g.header != "" || strings.Contains(strings.ToLower(kind), "html")) {
			return d.causeOf("challenge-page", fmt.Sprintf("%s answers the %s with status %d and a page of its own, before the "+
				"server sees it", g.name, requestWord(x.Request), x.Response.Status), d.evidence(Exchange{}, ""))
		}
	}
	return nil
}
