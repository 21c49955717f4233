package cli

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// duration is the value of a flag that is a time above zero; whole numbers alone count seconds, as in the file.
type duration time.Duration

func (d *duration) Set(s string) error {
	if _, err := strconv.ParseUint(s, 10, 32); err == nil {
		s += "s"
	}
	parsed, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return errors.New("write a duration such as 500ms, 5s or 2m")
	case parsed <= 0:
		return errors.New("must be more than 0")
	}
	*d = duration(parsed)
	return nil
}

func (d *duration) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

func (d *duration) Type() string { return "DURATION" }

// rate is the value of --rate, in exchanges a second.
type rate float64

func (r *rate) Set(s string) error {
	number, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(number, 64)
	seconds := map[string]float64{"": 1, "s": 1, "m": 60}[unit]
	if err != nil || seconds == 0 || !(n > 0 && n <= 1e9) {
		return errors.New("write exchanges a second or minute, such as 50/s or 30/m")
	}
	*r = rate(n / seconds)
	return nil
}

func (r *rate) String() string { return "" }
func (r *rate) Type() string   { return "N/s" }

// number is the value of a flag that counts something, at least least.
type number struct {
	n     *int
	least int
}

func (c number) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < c.least {
		return fmt.Errorf("write a whole number, %d or more", c.least)
	}
	*c.n = n
	return nil
}

func (c number) String() string {
	if c.n == nil || *c.n == 0 {
		return ""
	}
	return strconv.Itoa(*c.n)
}

func (c number) Type() string { return "N" }

// seed is the value of --seed. It is not random unless one asks for that: the shards of a run must have the same plan,
// and two runs be comparable.
type seed struct {
	n      uint64
	chosen bool
}

const defaultSeed = 1

func (s *seed) Set(text string) error {
	if text == "random" {
		text = strconv.FormatUint(rand.Uint64N(1_000_000), 10)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return errors.New("write a whole number, 0 or more, or random")
	}
	*s = seed{n, true}
	return nil
}

func (s *seed) value() uint64 {
	if s.chosen {
		return s.n
	}
	return defaultSeed
}

func (s *seed) String() string { return "" }
func (s *seed) Type() string   { return "N" }

// protocol is the value of --http.
type protocol string

func (p *protocol) Set(s string) error {
	if s != "1.1" && s != "2" {
		return errors.New("there are 1.1 and 2")
	}
	*p = protocol(s)
	return nil
}

func (p *protocol) String() string { return string(*p) }
func (p *protocol) Type() string   { return "1.1|2" }
