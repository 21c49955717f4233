// Reads JUnit XML with xml2js, and walks it as dorny/test-reporter does.
const {parseStringPromise} = require("xml2js");
const {readFileSync} = require("fs");

(async () => {
  const report = await parseStringPromise(readFileSync(process.argv[2], "utf8"));
  const cases = [];
  for (const suite of report.testsuites.testsuite ?? []) {
    for (const tc of suite.testcase ?? []) {
      const kind = ["failure", "error", "skipped"].find((k) => tc[k]);
      const detail = kind ? tc[kind][0] : {};
      cases.push({
        suite: suite.$.name, class: tc.$.classname, name: tc.$.name, time: parseFloat(tc.$.time), status: kind ?? "passed",
        message: detail.$?.message ?? "", body: (typeof detail === "string" ? detail : detail._) ?? "",
      });
    }
  }
  console.log(JSON.stringify({total: {...report.testsuites.$}, cases}));
})();
