// Files and forms for tests of the Batch API.
#pragma once

#include "question_fixture.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sv::sim::testing {

inline constexpr std::string_view kFormType = "multipart/form-data; boundary=----form7MA4";

// A form with these parts as clients write it.
inline std::string form(std::string_view file, std::string_view purpose = "batch",
                        std::string_view more = "") {
  return fmt::format(
      "------form7MA4\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n{}\r\n{}"
      "------form7MA4\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.jsonl\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n{}\r\n------form7MA4--\r\n",
      purpose, more, file);
}

inline std::string chat_question(std::string_view comment) {
  return chat_body(system_text(kEnglishRules, kEnglishStatuses), user_text("On Track", comment));
}

inline std::string batch_line(std::string_view custom_id, std::string_view body) {
  return fmt::format(R"({{"custom_id":"{}","method":"POST","url":"/v1/chat/completions","body":{}}})"
                     "\n",
                     custom_id, body);
}

// Rows that differ, with the ids row-0, row-1, …
inline std::string batch_file(std::size_t lines) {
  std::string file;
  for (std::size_t i = 0; i < lines; ++i) {
    file += batch_line(fmt::format("row-{}", i), chat_question(fmt::format("Done: {} things.", i)));
  }
  return file;
}

}  // namespace sv::sim::testing
