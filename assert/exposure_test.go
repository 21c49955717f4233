package assert_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
)

// reading is an outcome whose script reads the headers of those names.
func reading(names ...string) cors.Outcome {
	o := allowed
	for _, n := range names {
		o.Readable = append(o.Readable, cors.Header{Name: n, Value: "1"})
	}
	return o
}

func TestWhatAPolicyExposes(t *testing.T) {
	exposes := func(credentials bool) *assert.Response {
		return &assert.Response{Readable: []string{"X-Request-Id"}, MayLack: true, Credentials: credentials}
	}
	only := func(names ...string) *assert.Response {
		return &assert.Response{ReadableOnly: append([]string{}, names...)}
	}
	star := &assert.Response{Never: []assert.Header{
		{Field: "response.allow-origin", Name: "Access-Control-Allow-Origin", Matcher: assert.Matcher{Equals: pointer("*")}},
		{Field: "response.allow-credentials", Name: "Access-Control-Allow-Credentials",
			Matcher: assert.Matcher{Equals: pointer("true")}},
	}}
	tests := []struct {
		name     string
		expect   *assert.Response
		outcome  cors.Outcome
		response *cors.Response
		want     string
	}{
		{"a header that is there and read", exposes(false), reading("x-request-id"), head(200, "X-Request-Id: 1"), ""},
		{"a header that is there and hidden", exposes(false), allowed, head(200, "X-Request-Id: 1"),
			"X-Request-Id should be readable, but is not in chromium: Access-Control-Expose-Headers does not let the script see it"},
		{"a header that is not there and named", exposes(true), allowed,
			head(200, "Access-Control-Expose-Headers: x-request-id, X-B"), ""},
		{"a header that is not there nor named", exposes(false), allowed, head(200, "Access-Control-Expose-Headers: X-B"),
			"X-Request-Id should be readable, but Access-Control-Expose-Headers does not name it"},
		{"a star names every header", exposes(false), allowed, head(200, "Access-Control-Expose-Headers: *"), ""},
		{"a star is a name with credentials", exposes(true), allowed, head(200, "Access-Control-Expose-Headers: *"),
			"X-Request-Id should be readable, but Access-Control-Expose-Headers does not name it"},
		{"without MayLack a header must be there", &assert.Response{Readable: []string{"X-A"}}, allowed,
			head(200, "Access-Control-Expose-Headers: X-A"),
			"X-A should be readable, but is not in chromium: the response does not have it"},
		{"no other header is read", only("X-A"), reading("x-a", "Content-Type", "expires"), head(200), ""},
		{"another header is read", only("X-A"), reading("X-A", "X-C", "X-B"), head(200),
			"a script should read X-A beside what every page can read, but it reads X-B and X-C in chromium"},
		{"nothing is to be read", only(), reading("X-B"), head(200),
			"a script should read nothing beside what every page can read, but it reads X-B in chromium"},
		{"one of two conditions", star, blocked, head(200, "Access-Control-Allow-Origin: *"), ""},
		{"the other of two conditions", star, blocked, head(200, "Access-Control-Allow-Credentials: true"), ""},
		{"both conditions", star, blocked, head(200, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"),
			"the response should not have Access-Control-Allow-Origin: * and Access-Control-Allow-Credentials: true, but it has"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := result(t, assert.Expectation{Response: tt.expect},
				assert.Observation{Browsers: one(tt.outcome), Response: tt.response})
			if diff := cmp.Diff(tt.want, got.Message); diff != "" || got.OK != (tt.want == "") {
				t.Errorf("%t %s", got.OK, diff)
			}
		})
	}
}

func TestWhatAPolicyExposesDoesNotHoldUnseen(t *testing.T) {
	for _, e := range []*assert.Response{
		{Readable: []string{"X-A"}, MayLack: true}, {ReadableOnly: []string{}},
		{Never: []assert.Header{{Field: "response.allow-origin", Name: "Access-Control-Allow-Origin", Matcher: assert.Matcher{Absent: true}}}},
	} {
		got := result(t, assert.Expectation{Response: e}, assert.Observation{Browsers: one(allowed), Partial: true})
		if got.OK || got.Got != "not seen" || got.Message == "" {
			t.Errorf("got %+v", got)
		}
	}
}
