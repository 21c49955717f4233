# Reads JUnit XML with ActiveSupport's Hash.from_xml on Nokogiri, and walks it as GitLab does.
require "active_support"
require "active_support/core_ext/hash/conversions"
require "active_support/core_ext/object/blank"
require "json"

ActiveSupport::XmlMini.backend = "Nokogiri"
report = Hash.from_xml(File.read(ARGV[0], encoding: "UTF-8"))
cases = []
[report["testsuites"]["testsuite"]].flatten.compact.each do |suite|
  [suite["testcase"]].flatten.compact.each do |tc|
    kind = %w[failure error skipped].find { |k| tc.key?(k) }
    cases << {suite: suite["name"], class: tc["classname"], name: tc["name"], time: tc["time"].to_f, file: tc["file"].to_s,
              status: kind || "passed", body: kind ? tc[kind] : ""}
  end
end
puts JSON.generate({total: report["testsuites"].reject { |k, _| k == "testsuite" }, cases: cases})
