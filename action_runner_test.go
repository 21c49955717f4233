package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"
)

// action is action.yml, as far as a runner of GitHub Actions needs it.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	Name, ID, If, Uses, Shell, Run string
	WorkingDirectory               string `yaml:"working-directory"`
	With, Env                      map[string]string
}

// workflowRun executes an action's steps as GitHub's runner does, but for the actions that it uses itself.
type workflowRun struct {
	t         *testing.T
	action    action
	source    string // the action's own checkout
	workspace string
	temp      string
	inputs    map[string]string
	contexts  map[string]string // expressions and their values
	used      []string          // the actions that were used
	log       bytes.Buffer
	summary   string // file
}

func readAction(t *testing.T) action {
	t.Helper()
	text, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// checkout is a workspace with a space in its path, and the file that most tests run.
func checkout(t *testing.T, inputs map[string]string) *workflowRun {
	t.Helper()
	source, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "a work space")
	w := &workflowRun{
		t: t, action: readAction(t), source: source, inputs: inputs,
		workspace: filepath.Join(root, "repo"), temp: filepath.Join(root, "temp"), summary: filepath.Join(root, "summary"),
	}
	for _, folder := range []string{w.workspace, w.temp} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	w.contexts = map[string]string{
		"github.action_path": w.source, "github.workspace": w.workspace, "github.server_url": "file:///nowhere",
		"runner.temp": w.temp, "runner.os": "Linux",
	}
	for name, input := range w.action.Inputs {
		w.contexts["inputs."+name] = strings.TrimSuffix(input.Default, "\n")
	}
	for name, value := range inputs {
		if _, known := w.action.Inputs[name]; !known {
			t.Fatalf("the action has no input %s", name)
		}
		w.contexts["inputs."+name] = value
	}
	w.write("corsgate.yaml", gate)
	return w
}

const gate = `
version: 1
target: demo
scenarios:
  - name: passes
    paths: [/users, /users/1]
    origins: [https://app.example.com]
    expect: allowed
  - name: fails
    paths: /users
    origins: [https://evil.example]
    expect: allowed
    tags: [wrong]
`

func (w *workflowRun) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.workspace, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workflowRun) read(path string) string {
	w.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// run executes the steps until one fails, and reports the exit code of the last one and the action's outputs.
func (w *workflowRun) run() (code int, outputs map[string]string) {
	w.t.Helper()
	if w.action.Runs.Using != "composite" {
		w.t.Fatal("the action is not composite")
	}
	for _, step := range w.action.Runs.Steps {
		if !w.condition(step.If) {
			continue
		}
		if step.Uses != "" {
			w.use(step)
			continue
		}
		if code = w.shell(step); code != 0 {
			break
		}
	}
	outputs = map[string]string{}
	for name, output := range w.action.Outputs {
		outputs[name] = w.expand(output.Value)
	}
	return code, outputs
}

// use stands in for another action: nothing is in the cache, unless the test has put it there, and Go is there.
func (w *workflowRun) use(step actionStep) {
	w.used = append(w.used, step.Uses)
	for name, value := range step.With {
		step.With[name] = w.expand(value)
	}
	if strings.HasPrefix(step.Uses, "actions/setup-go@") {
		w.read(step.With["go-version-file"])
	}
	if strings.HasPrefix(step.Uses, "actions/cache@") {
		if _, err := os.Stat(step.With["path"]); err == nil {
			w.contexts["steps."+step.ID+".outputs.cache-hit"] = "true"
		}
	}
}

// shell runs a step's script as `shell: bash` says:
// https://docs.github.com/en/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell
func (w *workflowRun) shell(step actionStep) int {
	w.t.Helper()
	if step.Shell != "bash" {
		w.t.Fatalf("step %s has the shell %q", step.Name, step.Shell)
	}
	script := filepath.Join(w.temp, "script.sh")
	output := filepath.Join(w.temp, "output")
	for file, text := range map[string]string{script: w.expand(step.Run), output: ""} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			w.t.Fatal(err)
		}
	}
	c := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	c.Dir = filepath.Join(w.workspace, w.expand(step.WorkingDirectory))
	c.Stdout, c.Stderr = &w.log, &w.log
	c.Env = append(os.Environ(), "CI=true", "GITHUB_ACTIONS=true", "GITHUB_OUTPUT="+output, "RUNNER_TEMP="+w.temp,
		"GITHUB_STEP_SUMMARY="+w.summary, "GITHUB_WORKSPACE="+w.workspace, "RUNNER_ARCH=X64",
		"RUNNER_OS="+w.contexts["runner.os"])
	for name, value := range step.Env {
		c.Env = append(c.Env, name+"="+w.expand(value))
	}
	if err := c.Run(); c.ProcessState == nil {
		w.t.Fatal(err)
	}
	w.keepOutputs(step.ID, w.read(output))
	return c.ProcessState.ExitCode()
}

// keepOutputs reads what a step has written to $GITHUB_OUTPUT: NAME=VALUE, or NAME<<END and lines up to END.
func (w *workflowRun) keepOutputs(id, text string) {
	w.t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines) && text != ""; i++ {
		if name, end, ok := strings.Cut(lines[i], "<<"); ok {
			var value []string
			for i++; i < len(lines) && lines[i] != end; i++ {
				value = append(value, lines[i])
			}
			w.contexts["steps."+id+".outputs."+name] = strings.Join(value, "\n")
			continue
		}
		name, value, ok := strings.Cut(lines[i], "=")
		if !ok {
			w.t.Errorf("step %s has written the output %q", id, lines[i])
		}
		w.contexts["steps."+id+".outputs."+name] = value
	}
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z_.-]+) *\}\}`)

// expand replaces the expressions of a text, of which the action has plain names only. An output that is not there is
// empty.
func (w *workflowRun) expand(text string) string {
	text = expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		value, known := w.contexts[name]
		if !known && !strings.HasPrefix(name, "steps.") {
			w.t.Errorf("nobody knows %s", name)
		}
		return value
	})
	if strings.Contains(text, "${{ ") {
		w.t.Errorf("an expression is left in %q", text)
	}
	return text
}

// condition evaluates comparisons with a literal, joined by &&.
func (w *workflowRun) condition(text string) bool {
	w.t.Helper()
	if text == "" {
		return true
	}
	for _, part := range strings.Split(text, " && ") {
		m := regexp.MustCompile(`^([a-z_.-]+) (==|!=) '([^']*)'$`).FindStringSubmatch(part)
		if m == nil {
			w.t.Fatalf("can't evaluate %q", part)
		}
		if (w.contexts[m[1]] == m[3]) != (m[2] == "==") {
			return false
		}
	}
	return true
}

// built is the command, built once for all tests of the action but one, which builds it as the action does.
var built = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "corsgate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "corsgate")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(file)
})

// cached puts the command where the action looks for what an earlier run has built of its checkout, here an empty one.
func (w *workflowRun) cached() *workflowRun {
	w.t.Helper()
	if w.contexts["inputs.version"] == "" {
		w.source = w.t.TempDir()
		w.contexts["github.action_path"] = w.source
	}
	binary, err := built()
	if err != nil {
		w.t.Fatal(err)
	}
	if code := w.shell(w.action.Runs.Steps[0]); code != 0 {
		w.t.Fatalf("exit code %d: %s", code, w.log.String())
	}
	folder := filepath.Join(w.temp, "corsgate-action", w.contexts["steps.which.outputs.key"])
	if err := os.MkdirAll(folder, 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "corsgate"), binary, 0o777); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// release makes the action's checkout one that knows the checksum of an asset, which it can download.
func (w *workflowRun) release(asset string, binary []byte, checksum string) {
	w.t.Helper()
	w.source = filepath.Join(filepath.Dir(w.workspace), "action")
	w.contexts["github.action_path"] = w.source
	releases := filepath.Join(w.temp, "server", "corsgate", "corsgate", "releases", "download", w.contexts["inputs.version"])
	w.contexts["github.server_url"] = "file://" + strings.ReplaceAll(filepath.Join(w.temp, "server"), " ", "%20")
	for file, text := range map[string]string{
		filepath.Join(w.source, ".github", "checksums.txt"): "# a comment\n" + checksum + "  " + asset + "\n",
		filepath.Join(releases, asset):                      string(binary),
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			w.t.Fatal(err)
		}
	}
}
