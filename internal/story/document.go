package story

import (
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
)

// Document is a story as JSON; report.EncodeJSON writes it.
type Document struct {
	Version        int                    `json:"version"`
	Classification ClassificationDocument `json:"classification"`
	Notes          []string               `json:"notes"`
	Case           *report.Case           `json:"case"` // as in the report of a run, with the engine standard too
	Curl           []string               `json:"curl"`
	Fetch          string                 `json:"fetch"` // the call of fetch() that asks for the same
}

// ClassificationDocument is what browsers make of the call before anything is sent.
type ClassificationDocument struct {
	Site      string           `json:"site"` // same-origin, same-site or cross-site
	Method    string           `json:"method"`
	Headers   []HeaderDocument `json:"headers"`
	Preflight []string         `json:"preflight"`         // the engines that send one
	Refused   string           `json:"refused,omitempty"` // the reason why nothing is sent
}

// HeaderDocument is what becomes of a header.
type HeaderDocument struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Class    string `json:"class"` // safelisted, unsafe, forbidden or no-cors
	Problem  string `json:"problem,omitempty"`
	FromBody bool   `json:"from_body,omitempty"`
}

// Document returns the story for JSON.
func (s *Story) Document() Document {
	c := s.classification()
	return Document{
		Version: report.Version, Notes: append([]string{}, s.Notes...), Case: report.JSONCase(s.Case),
		Curl: s.curlLines(), Fetch: s.script(),
		Classification: ClassificationDocument{
			Site: c.Site, Method: c.Method, Headers: documentHeaders(c.Headers), Preflight: s.preflighters(),
			Refused: string(c.Refused),
		},
	}
}

func documentHeaders(headers []cors.ClassifiedHeader) []HeaderDocument {
	list := []HeaderDocument{}
	for _, h := range headers {
		list = append(list, HeaderDocument{h.Name, latin1(h.Value), string(h.Class), string(h.Problem), h.FromBody})
	}
	return list
}
