// What the output and the error file of a batch say about its lines. Both have the same form; their order is
// none.
//
//   {"id":"…","custom_id":"…","response":{"status_code":200,"request_id":"…","body":{…}},"error":null}
//   {"id":"…","custom_id":"…","response":null,"error":{"code":"batch_expired","message":"…"}}
#pragma once

#include "domain/answer.hpp"
#include "ports/http_transport.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

struct BatchLineResult {
  std::string custom_id;
  // As if it had come over HTTP, for read_chat_reply(); nothing: the line was not worked on.
  std::optional<ports::HttpResponse> response;
  std::string error_code;  // "batch_expired"; empty: none
};

// Calls `take` with each line that can be read, one at a time: nothing but the file itself is held. Gives how
// many lines could not be read; everything in the file is untrusted.
std::size_t read_batch_results(std::string_view file, const std::function<void(BatchLineResult)>& take);

// The question that a line is about, whose key in hexadecimal is its custom_id; nothing: it is none of ours.
std::optional<domain::AnswerKey> key_of_line(std::string_view custom_id);

}  // namespace sv::llm
