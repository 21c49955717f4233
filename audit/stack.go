package audit

import (
	"bytes"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Stack is the software that answers, as far as a remedy differs by it.
type Stack string

// The stacks that remedies are written for.
const (
	StackAny        Stack = "any" // not known: a remedy names headers, not software
	StackNginx      Stack = "nginx"
	StackApache     Stack = "apache"
	StackHAProxy    Stack = "haproxy"
	StackExpress    Stack = "express"
	StackFastify    Stack = "fastify"
	StackSpring     Stack = "spring"
	StackDjango     Stack = "django"
	StackFlask      Stack = "flask"
	StackGo         Stack = "go"
	StackASPNET     Stack = "aspnet"
	StackLaravel    Stack = "laravel"
	StackAPIGateway Stack = "api-gateway"
	StackCloudFront Stack = "cloudfront"
	StackCloudflare Stack = "cloudflare"
)

// Stacks returns all stacks, StackAny last.
func Stacks() []Stack {
	return []Stack{
		StackNginx, StackApache, StackHAProxy, StackExpress, StackFastify, StackSpring, StackDjango, StackFlask, StackGo,
		StackASPNET, StackLaravel, StackAPIGateway, StackCloudFront, StackCloudflare, StackAny,
	}
}

// Title returns the name that people know the stack by.
func (s Stack) Title() string {
	switch s {
	case StackApache:
		return "Apache"
	case StackHAProxy:
		return "HAProxy"
	case StackASPNET:
		return "ASP.NET Core"
	case StackAPIGateway:
		return "API Gateway"
	case StackCloudFront:
		return "CloudFront"
	case StackNginx:
		return "nginx"
	case StackAny:
		return "any server"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// sign is something in an answer that betrays a stack.
type sign struct {
	stack  Stack
	header string // name of a header; empty: any
	value  string // beginning of an element of its value, in lower case; empty: any
	body   string // part of the body, in lower case; empty: any
}

// signs betray stacks, the nearest to the application first: that is where CORS is best put right.
var signs = []sign{
	{stack: StackExpress, header: "X-Powered-By", value: "express"},
	{stack: StackExpress, body: "<pre>cannot options /"},
	{stack: StackExpress, body: "<pre>cannot get /"},
	{stack: StackFastify, header: "X-Powered-By", value: "fastify"},
	{stack: StackFastify, body: `not found","error":"not found","statuscode":404}`},
	{stack: StackSpring, header: "X-Application-Context"},
	{stack: StackSpring, header: "Server", value: "apache-coyote"},
	{stack: StackSpring, header: "Set-Cookie", value: "jsessionid="},
	{stack: StackSpring, body: "whitelabel error page"},
	{stack: StackSpring, body: "invalid cors request"},
	{stack: StackDjango, header: "Set-Cookie", value: "csrftoken="},
	{stack: StackDjango, header: "Set-Cookie", value: "sessionid="},
	{stack: StackDjango, header: "Server", value: "wsgiserver"},
	{stack: StackDjango, body: "csrfmiddlewaretoken"},
	{stack: StackFlask, header: "Server", value: "werkzeug"},
	{stack: StackLaravel, header: "Set-Cookie", value: "laravel_session="},
	{stack: StackLaravel, header: "Set-Cookie", value: "xsrf-token="},
	{stack: StackASPNET, header: "X-AspNet-Version"},
	{stack: StackASPNET, header: "X-AspNetMvc-Version"},
	{stack: StackASPNET, header: "X-Powered-By", value: "asp.net"},
	{stack: StackASPNET, header: "Server", value: "kestrel"},
	{stack: StackASPNET, header: "Server", value: "microsoft-iis"},
	{stack: StackGo, header: "Server", value: "fasthttp"},
	{stack: StackGo, header: "X-Content-Type-Options", value: "nosniff", body: "404 page not found\n"},
	{stack: StackGo, header: "X-Content-Type-Options", value: "nosniff", body: "method not allowed\n"},
	{stack: StackAPIGateway, header: "X-Amz-Apigw-Id"},
	{stack: StackAPIGateway, header: "Apigw-Requestid"},
	{stack: StackAPIGateway, header: "X-Amzn-ErrorType"},
	{stack: StackHAProxy, header: "Server", value: "haproxy"},
	{stack: StackHAProxy, body: "no server is available to handle this request"},
	{stack: StackNginx, header: "Server", value: "nginx"},
	{stack: StackNginx, header: "Server", value: "openresty"},
	{stack: StackNginx, body: "<center>nginx"},
	{stack: StackApache, header: "Server", value: "apache"},
	{stack: StackCloudFront, header: "X-Amz-Cf-Id"},
	{stack: StackCloudFront, header: "Server", value: "cloudfront"},
	{stack: StackCloudflare, header: "CF-Ray"},
	{stack: StackCloudflare, header: "Server", value: "cloudflare"},
	{stack: StackHAProxy, header: "Via", value: "1.1 haproxy"},
}

// DetectStack returns the stack that an answer betrays, the nearest to the application where it betrays several;
// StackAny when it betrays none. body may be cut off.
func DetectStack(headers []cors.Header, body []byte) Stack {
	text := bytes.ToLower(body)
	for _, s := range signs {
		if s.body != "" && !bytes.Contains(text, []byte(s.body)) {
			continue
		}
		if s.header == "" || s.in(lines(headers, s.header)) {
			return s.stack
		}
	}
	return StackAny
}

func (s sign) in(values []string) bool {
	for _, v := range values {
		for element := range strings.SplitSeq(v, ",") {
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(element)), s.value) {
				return true
			}
		}
	}
	return false
}
