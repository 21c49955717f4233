package audit

import "testing"

func TestALoginIsKnownByItsAddress(t *testing.T) {
	for _, c := range []struct {
		location, from string
		want           bool
	}{
		{"/login", "https://api.example.com/users", true},
		{"/login.php?next=/users", "https://api.example.com/users", true},
		{"https://example.com/users/sign_in", "https://api.example.com/users", true},
		{"https://login.example.com/", "https://api.example.com/users", true},
		{"https://id.example.com/realms/x/protocol/openid-connect/auth?client_id=1", "https://api.example.com/users", true},
		{"https://sso.example.com/saml2/idp", "https://api.example.com/users", true},
		{"/users/", "https://api.example.com/users", false},
		{"/lessons/", "https://api.example.com/lessons", false},
		{"/author/1", "https://api.example.com/users", false},
		{"https://www.example.com/auth/me", "https://example.com/auth/me", false},
		{"https://api.example.com/users?from=login", "http://api.example.com/users", false},
		{"", "https://api.example.com/users", false},
	} {
		if got := isLogin(c.location, c.from); got != c.want {
			t.Errorf("%s from %s: %t", c.location, c.from, got)
		}
	}
}

func TestARedirectIsNamedByWhatItChanges(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"http://a.example/x", "https://a.example/x", "from http to https (https://a.example/x)"},
		{"http://a.example:8080/x", "https://a.example/x", "from http to https (https://a.example/x)"},
		{"https://a.example/x", "https://www.a.example/x", "from the bare domain to www (https://www.a.example/x)"},
		{"https://www.a.example/x", "https://a.example/x", "from www to the bare domain (https://a.example/x)"},
		{"https://a.example/x", "https://a.example/x/", "to the address with a slash at its end (https://a.example/x/)"},
		{"https://a.example/x?q=1", "/x/?q=1", "to the address with a slash at its end (/x/?q=1)"},
		{"https://a.example/x/", "/x", "to the address without the slash at its end (/x)"},
		{"https://a.example/x", "https://b.example/y", "to https://b.example/y"},
		{"https://a.example/x", "", "without saying where"},
	} {
		if got := redirectKind(c.from, c.to); got != c.want {
			t.Errorf("%s to %q: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestALocationIsReadWhereThatTakesNoGuess(t *testing.T) {
	const base = "https://a.example/x/y?q=1"
	for location, want := range map[string]string{
		"/z": "https://a.example/z", "https://b.example/": "https://b.example/", "//b.example/": "", "z": "", "": "",
	} {
		if got := resolve(base, location); got != want {
			t.Errorf("%q: %q, want %q", location, got, want)
		}
	}
}

func TestParentsOfAnAddress(t *testing.T) {
	for url, want := range map[string]int{
		"https://a.example": 0, "https://a.example/": 0, "https://a.example/x": 1, "https://a.example/x/y?z=/": 2,
	} {
		if got := parents(url); len(got) != want || want > 0 && got[want-1] != "https://a.example/" {
			t.Errorf("%s: %q", url, got)
		}
	}
}
