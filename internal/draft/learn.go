package draft

import (
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
)

// Learn makes a file of what was found: who reads, and the results of Writes.
func (p *Probe) Learn(r Readers, writes []report.Case) *File {
	f := p.file(p.reading(r))
	f.Notes = []string{
		"What the server allowed when this file was written. Where that is not what you intend, change the file, and let " +
			"the server follow.",
	}
	if s, ok := p.writing(r, writes); ok {
		f.Scenarios = append(f.Scenarios, s)
	}
	if s, ok := p.strangers(r); ok {
		f.Scenarios = append(f.Scenarios, s)
	}
	return f
}

func (p *Probe) reading(r Readers) Scenario {
	s := Scenario{
		Name: "our front ends read", Paths: []string{p.path}, Origins: r.Origins,
		Credentials: []string{r.Credentials}, Expect: "allowed",
	}
	switch {
	case r.Everybody && r.Credentials == "include":
		s.Notes = []string{
			"Careful: any page gets through, with the cookies of its visitors. Let the server name your origins only.",
		}
		if !p.own {
			s.Origins = s.Origins[:1]
		}
	case r.Everybody:
		s.Name, s.Origins = "every page reads", []string{stranger}
		s.Notes = []string{"Pages of any origin may read, without credentials, as it is right for public data."}
		if r.Null {
			s.Origins = append(s.Origins, "null")
		}
	case !p.own:
		s.Notes = []string{"Origins that were guessed, and got through. Put those of your front ends here."}
	}
	if r.Null && !r.Everybody {
		s.Notes = append(s.Notes,
			"Careful: the origin null gets through too, which every page can have in a sandboxed frame.")
	}
	return s
}

// writing is what of the preflights passed; false when none did.
func (p *Probe) writing(r Readers, results []report.Case) (Scenario, bool) {
	s := Scenario{
		Name: "they write, too", Paths: []string{p.path}, Origins: p.reading(r).Origins, Credentials: []string{r.Credentials},
		Expect: "allowed", Notes: []string{"Of these requests only the preflight is sent: nothing is changed."}, Never: true,
	}
	for _, c := range results {
		switch {
		case c.Outcome != "allowed":
		case c.Scenario == whoWrites:
			s.Methods = append(s.Methods, c.Request.Method)
		case c.Scenario == whoSigns:
			s.Headers = append(s.Headers, authorization)
		}
	}
	if len(s.Methods) == 0 {
		s.Methods = []string{"GET"}
		return s, len(s.Headers) > 0
	}
	s.Headers = append([]cors.Header{jsonType}, s.Headers...)
	return s, true
}

// strangers are those who don't get in; false when all do.
func (p *Probe) strangers(r Readers) (Scenario, bool) {
	s := Scenario{Name: "nobody else does", Paths: []string{p.path}, Credentials: []string{r.Credentials}, Expect: "blocked"}
	if !r.Everybody {
		s.Origins = append(s.Origins, stranger)
	}
	if !r.Null {
		s.Origins = append(s.Origins, "null")
	}
	return s, len(s.Origins) > 0
}

// Lower lets the file pass where only findings fail its cases, and keeps them in sight: each rule becomes a warning. It
// reports whether that helps: whether there are failed cases, and nothing else is wrong with them.
func (f *File) Lower(results []report.Case) bool {
	lowered := false
	for _, c := range results {
		if c.Status == report.Errored || c.Status == report.Failed && len(c.Mismatch) > 0 {
			return false
		}
		for _, found := range c.Findings {
			if found.Severity == "error" && !f.lowers(found.Rule) {
				f.Rules = append(f.Rules, Rule{found.Rule, "an error, if you ask corsgate: " + found.Message})
				lowered = true
			}
		}
	}
	return lowered
}

func (f *File) lowers(rule string) bool {
	for _, r := range f.Rules {
		if r.ID == rule {
			return true
		}
	}
	return false
}
