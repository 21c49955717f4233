"""Reads JUnit XML with junitparser, which EnricoMi/publish-unit-test-result-action uses."""
import json
import sys

from junitparser import Error, Failure, JUnitXml, Skipped

KINDS = {Failure: "failure", Error: "error", Skipped: "skipped"}
report = JUnitXml.fromfile(sys.argv[1])
cases = []
for suite in report:
    for case in suite:
        detail = case.result[0] if case.result else None
        cases.append({
            "suite": suite.name, "class": case.classname, "name": case.name, "time": case.time,
            "file": case._elem.attrib.get("file", ""), "line": int(case._elem.attrib.get("line", "0")),
            "status": KINDS[type(detail)] if detail else "passed",
            "message": (detail.message if detail else None) or "", "body": (detail.text if detail else None) or "",
        })
total = {name: str(getattr(report, name)) for name in ("tests", "failures", "errors", "skipped")}
print(json.dumps({"total": total, "cases": cases}))
