// The body of a chat-completions request. Everything but the row is the same for all requests of a run, so it
// is escaped once: 0.5 µs a request instead of 14.5 µs for building a JSON tree and dumping it.
//
//   {"model":…,"messages":[{system},{"role":"user","content":"   head, made once
//   the row's question, escaped                                  per request
//   "}],"max_tokens":                                            middle
//   1024                                                         per request (a truncated reply is asked with
//   more)
//   ,"temperature":0,"response_format":{…},…}                    tail
#pragma once

#include "llm/capabilities.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

struct BodyParameters {
  std::string model;
  std::string system_text;
  std::string prompt_cache_key;
  std::optional<double> temperature;
};

class RequestBody {
 public:
  RequestBody(const BodyParameters& parameters, const Capabilities& capabilities);

  // `user_text` is raw UTF-8.
  std::string build(std::string_view user_text, std::uint64_t completion_cap) const;

 private:
  std::string head_;
  std::string middle_;
  std::string tail_;
};

}  // namespace sv::llm
