package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/report"
)

func (a *app) mergeCommand() *cobra.Command {
	var f outputFlags
	c := &cobra.Command{
		Use:   "merge [flags] REPORT.json...",
		Short: "Join the JSON reports of all shards of a run",
		Long: "Merge reads the JSON reports of all shards of a run, and tells and writes what one run of the whole plan\n" +
			"would have. A single report of a whole run is told and written again as it is. It exits as that run would\n" +
			"have, and with 2 when a shard is missing, is there twice, or belongs to another plan.",
		RunE: func(_ *cobra.Command, args []string) error { return a.merge(args, &f) },
	}
	c.Flags().SortFlags = false
	f.define(c.Flags())
	return c
}

func (a *app) merge(files []string, f *outputFlags) error {
	const hint = "name the report of each shard once, all of the same run"
	if len(files) == 0 {
		return usage("name the files that --report-json has written", "there is nothing to merge")
	}
	if err := f.check(); err != nil {
		return err
	}
	shards, err := report.ReadShards(files)
	if err != nil {
		return usage(hint, "%s", err)
	}
	out, err := a.openOutputs(f, files)
	if err != nil {
		return err
	}
	summary, err := shards.Replay(out)
	err = errors.Join(err, out.close())
	told := f.writeStepOutputs(summary, exitCode(verdict(summary, err)))
	return verdict(summary, errors.Join(err, told))
}
