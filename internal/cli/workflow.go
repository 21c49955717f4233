package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/github"
)

// inWorkflow reports whether the command runs in a step of GitHub Actions.
func inWorkflow() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// workflowHandlers are what a step of GitHub Actions gets besides the reports: annotations in its log, and a summary.
func (f *outputFlags) workflowHandlers(console io.Writer, out *outputs) []report.Handler {
	if !inWorkflow() {
		return nil
	}
	var handlers []report.Handler
	if !f.noAnnotations {
		handlers = append(handlers, github.NewAnnotations(console, folders()))
	}
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" && !f.noJobSummary {
		o := jobSummary(path)
		out.files = append(out.files, o)
		handlers = append(handlers, o)
	}
	return handlers
}

// jobSummary is appended to what the step has written before; both together must fit.
func jobSummary(path string) *output {
	limit := github.SummaryLimit
	if info, err := os.Stat(path); err == nil {
		limit = max(1, limit-int(info.Size()))
	}
	var text bytes.Buffer
	return &output{
		name: "GITHUB_STEP_SUMMARY", handler: github.NewSummary(&text, github.SummaryOptions{Limit: limit}),
		commit:  func() error { return appendTo(path, text.Bytes()) },
		discard: func() error { return nil },
	}
}

// writeStepOutputs tells the next steps how the run ended and where its reports are, as seen from the repository.
func (f *outputFlags) writeStepOutputs(s report.Summary, code int) error {
	path := os.Getenv("GITHUB_OUTPUT")
	if !inWorkflow() || path == "" {
		return nil
	}
	outputs := []github.Output{
		{Name: "exit-code", Value: strconv.Itoa(code)}, {Name: "cases", Value: strconv.Itoa(s.Cases)},
		{Name: "passed", Value: strconv.Itoa(s.Passed)}, {Name: "failed", Value: strconv.Itoa(s.Failed)},
		{Name: "errors", Value: strconv.Itoa(s.Errors)}, {Name: "skipped", Value: strconv.Itoa(s.Skipped)},
	}
	for _, r := range f.reports() {
		if r.path != "-" {
			outputs = append(outputs, github.Output{Name: r.flag[len("--"):], Value: folders().Relative(r.path)})
		}
	}
	var text bytes.Buffer
	return errors.Join(github.WriteOutputs(&text, outputs), appendTo(path, text.Bytes()))
}

func appendTo(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("tell the workflow: %w", err)
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// folders tell where files lie. Dashboards name a file as seen from the root of its repository.
func folders() report.Folders {
	working, err := os.Getwd()
	if err != nil {
		return report.Folders{}
	}
	working = followed(working)
	return report.Folders{Repository: repository(working), Working: working}
}

// repository returns the workspace of a workflow, else the nearest folder above that Git looks after, else the
// working folder.
func repository(working string) string {
	if root := os.Getenv("GITHUB_WORKSPACE"); inWorkflow() && root != "" {
		return followed(root)
	}
	for folder := working; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
			return folder
		}
		if folder == filepath.Dir(folder) {
			return working
		}
	}
}

// followed returns path without symbolic links, where that can be found out.
func followed(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
