// Any bytes are shown on a terminal and sent in JSON: nothing but harmless text comes out.
#include "base/assert.hpp"
#include "base/text.hpp"
#include "prompt/json_escape.hpp"
#include "tables/safe_cell.hpp"

#include <boost/json/parse.hpp>

#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown = sv::sanitize_for_terminal(text);
  SV_ASSERT(!sv::find_invalid_utf8(shown), "what is shown is UTF-8");
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    SV_ASSERT(byte >= 0x20 || byte == '\n' || byte == '\t', "no control character");
    SV_ASSERT(byte != 0x7F, "no DEL");
    SV_ASSERT(byte != 0xC2 || i + 1 >= shown.size() || static_cast<unsigned char>(shown[i + 1]) >= 0xA0,
              "no C1");
  }
  SV_ASSERT(sv::display_width(sv::shorten(text, 20)) <= 20, "short is short");
  std::size_t letters = 0;
  for (const std::string_view word : sv::words_of(text)) letters += word.size();
  SV_ASSERT(letters <= size, "words are parts of the text");
  if (!sv::find_invalid_utf8(text)) {
    std::string json;
    sv::prompt::append_json_string(json, text);
    const boost::json::value value = boost::json::parse(json);
    SV_ASSERT(value.as_string() == text, "JSON gives it back");
  }
  static_cast<void>(sv::tables::needs_safety_prefix(text));
  return 0;
}
