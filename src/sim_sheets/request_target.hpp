// The target of a request, taken apart as Google does: the verb on the raw path, then the decoding.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::sim_sheets {

// `+` is a space only where `is_query`. Broken escapes stay as they are.
std::string percent_decode(std::string_view text, bool is_query);

struct RequestTarget {
  std::vector<std::string> path;  // decoded segments after /v4/spreadsheets
  std::string verb;               // "append" of `…/values/A1:append`; "" for none
  std::vector<std::pair<std::string, std::string>> query;
  bool is_sheets = false;  // below /v4/spreadsheets

  // The last value of that name, "" when there is none.
  std::string_view parameter(std::string_view name) const;
  std::vector<std::string> parameters(std::string_view name) const;
  bool flag(std::string_view name) const;  // "true", "True"
};

RequestTarget parse_target(std::string_view target);

}  // namespace sv::sim_sheets
