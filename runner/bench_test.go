package runner_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

const (
	benchJobs     = 16
	benchDistinct = 1000
)

// counter is a Handler that keeps nothing.
type counter struct{ summary report.Summary }

func (c *counter) Start(report.Start) error { return nil }

func (c *counter) Case(*report.Case) error { return nil }

func (c *counter) Finish(f report.Finish) error {
	c.summary = f.Summary
	return nil
}

// benchServer serves answers that take as long.
func benchServer(b *testing.B, takes time.Duration) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(takes)
		allow(w, r)
	}))
	b.Cleanup(s.Close)
	return s
}

// benchCases are n cases over a number of distinct preflights, in the order of a matrix: neighbours share.
func benchCases(url string, n, distinct int) []runner.Case {
	target := &spec.Target{URL: url}
	cases := make([]runner.Case, n)
	for i := range cases {
		cases[i] = preflighted(fmt.Sprintf("%s/%d", url, i*distinct/n))
		cases[i].Target, cases[i].Browsers = target, browsers
	}
	return cases
}

// BenchmarkRun compares the exchanges a second of a run with those of a bare net/http loop of as many workers that
// makes the same ones, side by side: ratio is run/bare. Judging a case costs about as much as an exchange with a server
// on the same cores that answers at once. Where ten cases share an exchange that shows; where the server takes its time
// it matters little.
func BenchmarkRun(b *testing.B) {
	tests := []struct {
		name  string
		cases int
		takes time.Duration
	}{
		{"10000 cases over 1000 exchanges of 5 ms", 10_000, 5 * time.Millisecond},
		{"10000 cases over 1000 exchanges of no time", 10_000, 0},
		{"1000 cases over 1000 exchanges of no time", 1000, 0},
	}
	defer debug.SetGCPercent(debug.SetGCPercent(rareCollection))
	for _, test := range tests {
		b.Run(test.name, func(b *testing.B) {
			s := benchServer(b, test.takes)
			cases := benchCases(s.URL, test.cases, benchDistinct)
			var run, bare time.Duration
			for b.Loop() {
				bare += bareLoop(b, s.URL)
				run += timedRun(b, cases)
			}
			exchanges := float64(b.N * benchDistinct)
			b.ReportMetric(exchanges/run.Seconds(), "run/s")
			b.ReportMetric(exchanges/bare.Seconds(), "bare/s")
			b.ReportMetric(float64(b.N*test.cases)/run.Seconds(), "cases/s")
			b.ReportMetric(bare.Seconds()/run.Seconds(), "ratio")
		})
	}
}

// rareCollection is what the command sets the garbage collector to.
const rareCollection = 400

func timedRun(b *testing.B, cases []runner.Case) time.Duration {
	start := time.Now()
	var c counter
	if _, err := runner.Run(b.Context(), cases, runner.Options{Jobs: benchJobs}, &c); err != nil {
		b.Fatal(err)
	}
	if c.summary.Passed != len(cases) || c.summary.Exchanges != benchDistinct {
		b.Fatalf("%+v", c.summary)
	}
	return time.Since(start)
}

// bareLoop makes the same exchanges as the run, without anything else.
func bareLoop(b *testing.B, url string) time.Duration {
	start := time.Now()
	transport := &http.Transport{MaxIdleConnsPerHost: benchJobs}
	defer transport.CloseIdleConnections()
	paths := make(chan int)
	var workers sync.WaitGroup
	for range benchJobs {
		workers.Go(func() {
			for i := range paths {
				bareExchange(b, transport, fmt.Sprintf("%s/%d", url, i))
			}
		})
	}
	for i := range benchDistinct {
		paths <- i
	}
	close(paths)
	workers.Wait()
	return time.Since(start)
}

func bareExchange(b *testing.B, transport *http.Transport, url string) {
	request, err := http.NewRequest(http.MethodOptions, url, nil)
	if err != nil {
		b.Error(err)
		return
	}
	request.Header.Set("Origin", app)
	request.Header.Set("Access-Control-Request-Method", "PUT")
	response, err := transport.RoundTrip(request)
	if err != nil {
		b.Error(err)
		return
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

// BenchmarkMemoryOf100000Cases reports the largest heap of a run, its cases included, in MB.
func BenchmarkMemoryOf100000Cases(b *testing.B) {
	for _, distinct := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(distinct, " exchanges"), func(b *testing.B) {
			s := benchServer(b, 0)
			for b.Loop() {
				cases := benchCases(s.URL, 100_000, distinct)
				var c counter
				most := watchMemory()
				if _, err := runner.Run(b.Context(), cases, runner.Options{Jobs: benchJobs}, &c); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(most())/(1<<20), "MB")
				if c.summary.Passed != len(cases) || c.summary.Exchanges != distinct {
					b.Fatalf("%+v", c.summary)
				}
			}
		})
	}
}

// watchMemory samples the memory taken from the system for the heap; the function that it returns stops that and
// returns the largest sample.
func watchMemory() func() uint64 {
	stop, result := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapSys-m.HeapReleased)
			select {
			case <-stop:
				result <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-result
	}
}
