package audit

import "github.com/corsgate/corsgate/cors"

// specialCharacter is a character that may stand in a host where a careless pattern takes it for the host's end.
type specialCharacter struct {
	char    string
	engines []string // that send it in an Origin
}

// specialCharacters were put into the host of a page whose script then called another host; the engines are those
// whose request arrived with the character in its Origin. Chromium 156 takes all that are not
// https://url.spec.whatwg.org/#forbidden-host-code-point but sends * as %2A; Firefox 153 looks up only hosts of
// letters, digits and . - _ + $; WebKit follows the URL standard. No engine takes ^ or | any more, so that these two
// of the published tables are not here.
func specialCharacters() []specialCharacter {
	all := everyEngine()
	standard, chromium, webkit := cors.Standard.Name, cors.Chromium.Name, cors.WebKit.Name
	list := []specialCharacter{
		{"_", all}, {"-", all}, {"$", all}, {"+", all}, {"*", []string{standard, webkit}},
	}
	for _, c := range "`~!&'(),;={}\"" {
		list = append(list, specialCharacter{string(c), []string{standard, chromium, webkit}})
	}
	return list
}

// everyEngine returns the names of all engines.
func everyEngine() []string {
	var names []string
	for _, e := range cors.Engines() {
		names = append(names, e.Name)
	}
	return names
}
