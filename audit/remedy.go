package audit

// Fix is a kind of change that cures something.
type Fix string

// The kinds of change.
const (
	FixAllow          Fix = "allow"          // list what is allowed, and answer with it
	FixErrors         Fix = "errors"         // send the headers with errors too
	FixExpose         Fix = "expose"         // let scripts read a response header
	FixPreflight      Fix = "preflight"      // answer OPTIONS early
	FixAuth           Fix = "auth"           // answer OPTIONS before authentication
	FixDouble         Fix = "double"         // let one place alone add the headers
	FixCache          Fix = "cache"          // keep answers apart by Origin
	FixOrigin         Fix = "origin"         // forward Origin
	FixRedirect       Fix = "redirect"       // do without the redirect
	FixInfrastructure Fix = "infrastructure" // change what stands before the server
	FixCookie         Fix = "cookie"         // set a cookie that comes back
	FixPolicy         Fix = "policy"         // Cross-Origin-Resource-Policy
	FixTarget         Fix = "target"         // call another address
)
