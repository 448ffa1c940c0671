// The file that a batch is made of: one JSON object a line,
//   {"custom_id":"…","method":"POST","url":"/v1/chat/completions","body":{…}}
// checked as a whole before any line is worked on (reference/openai-api.md section 10).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

// An entry of a batch's `errors`. The codes other than token_limit_exceeded are ours: the real ones are not
// documented.
struct BatchMistake {
  std::string_view code;
  std::string message;
  std::string_view param = {};                       // empty: null
  std::optional<std::uint64_t> line = std::nullopt;  // from 1
};

struct BatchInput {
  struct Line {
    std::uint32_t at;
    std::uint32_t size;
  };
  std::vector<Line> lines;
  std::string model;
  // What it takes of the limit on enqueued tokens: a fourth of the characters of all messages.
  std::uint64_t prompt_tokens = 0;
  std::vector<BatchMistake> mistakes;  // at most 20; empty: all is well
};

// Precondition: content is below 4 GiB.
BatchInput read_batch_input(std::string_view content, std::string_view endpoint, std::size_t max_lines);

struct BatchLine {
  std::string custom_id;
  std::string body;  // JSON
};
// Precondition: a line that read_batch_input() found well.
BatchLine read_batch_line(std::string_view line);

}  // namespace sv::sim
