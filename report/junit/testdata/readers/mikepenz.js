// Reads JUnit XML with xml-js, and walks it as mikepenz/action-junit-report does.
const parser = require("xml-js");
const {readFileSync} = require("fs");

const list = (x) => (x === undefined ? [] : Array.isArray(x) ? x : [x]);
const report = JSON.parse(parser.xml2json(readFileSync(process.argv[2], "utf8"), {compact: true}));
const cases = [];
for (const suite of list(report.testsuites.testsuite)) {
  for (const tc of list(suite.testcase)) {
    const kind = ["failure", "error", "skipped"].find((k) => tc[k]);
    const detail = kind ? tc[kind] : {};
    cases.push({
      suite: suite._attributes.name, class: tc._attributes.classname, name: tc._attributes.name,
      time: parseFloat(tc._attributes.time), file: tc._attributes.file ?? "", line: parseInt(tc._attributes.line ?? "0"),
      status: kind ?? "passed", message: detail._attributes?.message ?? "",
      body: list(detail._cdata ?? detail._text).join(""),
    });
  }
}
console.log(JSON.stringify({total: report.testsuites._attributes, cases}));
