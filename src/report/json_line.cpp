#include "report/json_line.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace sv::report {

namespace {

// The character at `at` when it must not reach a terminal as it is; 0 for all others.
unsigned deceptive_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) == 0x7F) return 0x7F;
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) return byte(1);  // C1
  if (byte(0) != 0xE2 && byte(0) != 0xEF) return 0;
  const unsigned point = ((byte(0) & 0xFU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
  const bool deceptive = (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
                         (point >= 0x2060 && point <= 0x2069) || point == 0xFEFF;
  return deceptive ? point : 0;
}

std::size_t utf8_length(unsigned point) {
  if (point < 0x80) return 1;
  return point < 0x800 ? 2 : 3;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  const std::string json = boost::json::serialize(boost::json::string_view(text.data(), text.size()));
  std::size_t run = 0;
  for (std::size_t at = 0; at < json.size();) {
    const unsigned point = deceptive_at(json, at);
    if (point == 0) {
      ++at;
      continue;
    }
    out.append(json, run, at - run);
    out += fmt::format("\\u{:04x}", point);
    at += utf8_length(point);
    run = at;
  }
  out.append(json, run);
}

JsonLine& JsonLine::raw(std::string_view name, std::string_view json) {
  if (line_.size() > 1) line_ += ',';
  append_json_text(line_, name);
  line_ += ':';
  line_ += json;
  return *this;
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  raw(name, "");
  append_json_text(line_, value);
  return *this;
}

JsonLine& JsonLine::boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonLine& JsonLine::null(std::string_view name) { return raw(name, "null"); }

JsonLine& JsonLine::real(std::string_view name, double value) {
  return std::isfinite(value) ? raw(name, fmt::format("{:.4f}", value)) : null(name);
}

std::string JsonLine::finish() { return std::exchange(line_, "{") + "}"; }

}  // namespace sv::report
