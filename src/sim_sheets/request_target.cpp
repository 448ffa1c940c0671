#include "sim_sheets/request_target.hpp"

#include <algorithm>
#include <array>

namespace sv::sim_sheets {

namespace {

constexpr std::string_view kRoot = "/v4/spreadsheets";
constexpr std::array<std::string_view, 11> kVerbs = {"append",
                                                     "clear",
                                                     "batchUpdate",
                                                     "batchGet",
                                                     "batchClear",
                                                     "batchGetByDataFilter",
                                                     "batchUpdateByDataFilter",
                                                     "batchClearByDataFilter",
                                                     "getByDataFilter",
                                                     "search",
                                                     "copyTo"};

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = c | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

std::string percent_decode(std::string_view text, bool is_query) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape =
        text[at] == '%' && at + 2 < text.size() && hex(text[at + 1]) >= 0 && hex(text[at + 2]) >= 0;
    if (is_escape) {
      decoded += static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2]));
      at += 2;
    } else {
      decoded += is_query && text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

std::string_view RequestTarget::parameter(std::string_view name) const {
  std::string_view found;
  for (const auto& [key, value] : query) {
    if (key == name) found = value;
  }
  return found;
}

std::vector<std::string> RequestTarget::parameters(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : query) {
    if (key == name) found.push_back(value);
  }
  return found;
}

bool RequestTarget::flag(std::string_view name) const {
  const std::string_view value = parameter(name);
  return value == "true" || value == "True" || value == "1";
}

RequestTarget parse_target(std::string_view target) {
  RequestTarget parsed;
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  for (std::string_view rest = target.substr(std::min(question + 1, target.size())); !rest.empty();) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    parsed.query.emplace_back(percent_decode(pair.substr(0, equals), true),
                              percent_decode(pair.substr(std::min(equals + 1, pair.size())), true));
    rest = rest.substr(std::min(end + 1, rest.size()));
  }
  if (!path.starts_with(kRoot)) return parsed;
  path = path.substr(kRoot.size());
  if (!path.empty() && path.front() != '/') return parsed;
  parsed.is_sheets = true;
  // Only a known verb is one: `values/A1:B2`, sent without escapes, ends in a corner.
  const std::size_t colon = path.rfind(':');
  if (colon != std::string_view::npos && std::ranges::find(kVerbs, path.substr(colon + 1)) != kVerbs.end()) {
    parsed.verb = std::string(path.substr(colon + 1));
    path = path.substr(0, colon);
  }
  while (!path.empty()) {
    path = path.substr(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    parsed.path.push_back(percent_decode(path.substr(0, end), false));
    path = path.substr(end);
  }
  // google-spreadsheet asks for `…/ID/`, and Google answers it.
  if (parsed.path.size() > 1 && parsed.path.back().empty()) parsed.path.pop_back();
  return parsed;
}

}  // namespace sv::sim_sheets
