// The input file of the Batch API, built straight as the form in which it is uploaded: a file of 200 MB is
// held once.
//
//   {"custom_id":"<id>","method":"POST","url":"/v1/chat/completions","body":{…}}     a line
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sv::llm {

class BatchFile {
 public:
  // OpenAI's bounds (openai-api.md section 10).
  struct Limits {
    std::size_t max_lines = 50'000;
    std::size_t max_bytes = 209'715'200;
  };
  explicit BatchFile(Limits limits, std::string_view filename);

  // False: there is no room, and nothing was added. `custom_id` needs no escaping; `body` is one JSON object.
  bool add(std::string_view custom_id, std::string_view body);

  std::size_t lines() const { return lines_; }
  std::size_t bytes() const { return form_.size() - file_begin_; }
  // The value of the Content-Type header.
  std::string content_type() const;
  // The whole form. The file is spent.
  std::string take_form();

 private:
  Limits limits_;
  std::string boundary_;
  std::string form_;
  std::size_t file_begin_ = 0;
  std::size_t lines_ = 0;
};

}  // namespace sv::llm
