package report_test

import (
	"testing"

	"github.com/corsgate/corsgate/report"
)

func TestAFileIsNamedAsSeenFromTheRepository(t *testing.T) {
	unix := report.Folders{Repository: "/home/me/repo", Working: "/home/me/repo/api"}
	windows := report.Folders{Repository: `D:\a\repo`, Working: `d:\a\repo\api`}
	tests := []struct {
		name    string
		folders report.Folders
		file    string
		want    string
	}{
		{"below the working folder", unix, "corsgate.yaml", "api/corsgate.yaml"},
		{"beside the working folder", unix, "../web/./x.cors.yaml", "web/x.cors.yaml"},
		{"absolute", unix, "/home/me/repo/x.yaml", "x.yaml"},
		{"outside", unix, "../../other/x.yaml", "/home/me/other/x.yaml"},
		{"a sibling with the same start", unix, "/home/me/repository/x.yaml", "/home/me/repository/x.yaml"},
		{"the root of the file system", report.Folders{Repository: "/", Working: "/w"}, "x.yaml", "w/x.yaml"},
		{"Windows", windows, `v1\corsgate.yaml`, "api/v1/corsgate.yaml"},
		{"Windows, absolute", windows, `D:\A\Repo\x.yaml`, "x.yaml"},
		{"Windows, another drive", windows, `C:\x.yaml`, "C:/x.yaml"},
		{"unknown folders", report.Folders{}, "./a/../corsgate.yaml", "corsgate.yaml"},
		{"an unknown repository", report.Folders{Working: "/w"}, "x.yaml", "/w/x.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.folders.Relative(tt.file); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
