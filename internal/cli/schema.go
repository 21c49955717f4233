package cli

import (
	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/spec"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the file, for editors",
		Long: "Schema prints the JSON Schema of corsgate files. With it in corsgate.schema.json, editors complete and check a\n" +
			"file that begins with this line:\n\n" +
			"  # yaml-language-server: $schema=./corsgate.schema.json",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(spec.Schema(spec.Options{Rules: ruleIDs(), Probes: audit.ProbeIDs()}))
			return err
		},
	}
}
