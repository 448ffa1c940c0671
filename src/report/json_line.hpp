// One JSON object on one line, written member by member in a fixed order.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::report {

// Appends `text` as a JSON string. UTF-8 stays as it is, but what could steer a terminal or make a line read
// differently (control characters, DEL, C1, bidi controls, line separators) is written as \uXXXX: the same
// JSON value, and safe to print.
void append_json_text(std::string& out, std::string_view text);

class JsonLine {
 public:
  JsonLine& text(std::string_view name, std::string_view value);
  JsonLine& boolean(std::string_view name, bool value);
  JsonLine& null(std::string_view name);
  JsonLine& number(std::string_view name, std::unsigned_integral auto value) {
    return raw(name, std::to_string(value));
  }
  // With four digits after the point; what is not finite becomes null.
  JsonLine& real(std::string_view name, double value);
  // `json` must be JSON without line breaks.
  JsonLine& raw(std::string_view name, std::string_view json);

  // The object; the builder is empty afterwards.
  std::string finish();

 private:
  std::string line_ = "{";
};

}  // namespace sv::report
