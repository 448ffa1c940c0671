// The body of a chat-completions request. Everything but the row is the same for all requests of a run, so it
// is escaped once: 0.5 µs a request instead of 14.5 µs for building a JSON tree and dumping it.
//
//   {"model":…,"messages":[{system},{"role":"user","content":"   head, made once
//   the row's question, escaped                                  per request
//   "}],"max_tokens":                                            middle
//   1024                                                         per request (a truncated reply is asked with
//   more)
//   ,"service_tier":"flex"                                       per request, where it is wanted
//   ,"temperature":0,"response_format":{…},…                     tail
//   ,"prompt_cache_key":"…-7"                                    per request, where the provider takes it
//   }
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
  std::string prompt_cache_key;  // what all keys of the run begin with
  std::optional<double> temperature;
};

class RequestBody {
 public:
  RequestBody(const BodyParameters& parameters, const Capabilities& capabilities);

  // `user_text` is raw UTF-8; `cache_key` is the number at the end of the prompt_cache_key.
  std::string build(std::string_view user_text, std::uint64_t completion_cap, std::uint32_t cache_key,
                    bool is_flex = false) const;

  // Everything before the row: the same bytes in every body, which build() asserts.
  const std::string& prefix() const { return head_; }

 private:
  std::string head_;
  std::string middle_;
  std::string tail_;
  bool has_cache_key_ = false;
};

}  // namespace sv::llm
