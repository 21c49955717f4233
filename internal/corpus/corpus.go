// Package corpus holds recorded verdicts of real browsers for tests: thousands of fetches, each with the plan of a
// server's answers and with what Chromium, Firefox and WebKit made of them. It replays them through the Flow, compares,
// and serves the plans over sockets.
package corpus

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/corsgate/corsgate/cors"
)

//go:embed testdata
var testdata embed.FS

// Case is one recorded fetch, and the plan of the server's answers.
type Case struct {
	ID         string
	Group      string
	Note       string
	PageOrigin string `json:"page_origin"`
	Frame      string // how a page came by the origin null: sandbox or data; empty: by no frame
	Request    Fetch
	CookiesSet bool `json:"cookies_set"`
	Then       []Later
	Plan       Plan
}

// Fetch is the arguments of one call of fetch(). A character of a header's value below U+0100 is one byte.
type Fetch struct {
	URL         string
	Method      string
	Headers     [][2]string
	Body        *string
	Mode        cors.Mode
	Credentials cors.CredentialsMode
	Redirect    cors.RedirectMode
}

// Later is a further fetch of the same page.
type Later struct {
	WaitMS     int64  `json:"wait_ms"`
	PageOrigin string `json:"page_origin"` // empty: the case's
	Request    Fetch
}

// Plan is what the server answers at the request's own path, and at paths below it. Nil means 404.
type Plan struct {
	Preflight, Actual *Answer
	Hops              []Hop
}

// Hop is the answers at one path below the request's own.
type Hop struct {
	Path              string
	Preflight, Actual *Answer
}

// Answer is one planned answer.
type Answer struct {
	Status  int
	Headers [][2]string
}

// Result is what one browser made of a case.
type Result struct {
	ID           string
	Outcome      string // a verdict, or throws-before-send
	ResponseType string `json:"response_type"`
	Status       int
	Redirected   bool
	Readable     []string `json:"readable_headers"`
	CORSError    string   `json:"cors_error"`
	NetError     string   `json:"net_error"`
	Console      string
	Seen         []Seen
	Then         []LaterResult
}

// Seen is a request as the server received it: names canonical, lines of one name joined by " | ".
type Seen struct {
	Kind    string // preflight or actual
	Method  string
	URL     string
	Headers map[string]string
}

// LaterResult is what came of a later fetch.
type LaterResult struct {
	Outcome      string
	ResponseType string `json:"response_type"`
	Status       int
	Readable     []string `json:"readable_headers"`
}

// Cases returns all recorded cases, in the order of their recording.
func Cases() ([]Case, error) { return Lines[Case]("cases.jsonl.gz") }

// Results returns what a browser made of the cases, by their ids.
func Results(engine string) (map[string]*Result, error) {
	lines, err := Lines[Result]("results-" + engine + ".jsonl.gz")
	byID := make(map[string]*Result, len(lines))
	for i := range lines {
		byID[lines[i].ID] = &lines[i]
	}
	return byID, err
}

// Lines decodes one of the files of JSON lines.
func Lines[T any](name string) ([]T, error) {
	file, err := testdata.Open("testdata/" + name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var lines []T
	for decoder := json.NewDecoder(unzipped); ; {
		var line T
		switch err := decoder.Decode(&line); {
		case errors.Is(err, io.EOF):
			return lines, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		lines = append(lines, line)
	}
}
