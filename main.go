// Command corsgate tests, as browsers would, what web pages may do with a server.
package main

import (
	"os"

	"github.com/corsgate/corsgate/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
