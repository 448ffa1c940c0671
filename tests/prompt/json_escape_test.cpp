#include "prompt/json_escape.hpp"

#include "base/text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace sv::prompt {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

// What a reader of the JSON gets back.
std::string read_back(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return std::string(boost::json::parse(json).as_string());
}

TEST(JsonEscape, leaves_cyrillic_emoji_and_slashes_as_they_are) {
  EXPECT_EQ(escaped("Сделано: 50 % / план 🚀 naïve 中文"), "Сделано: 50 % / план 🚀 naïve 中文");
}

TEST(JsonEscape, escapes_quotes_backslashes_and_control_characters_only) {
  EXPECT_EQ(escaped("a\"b\\c"), R"(a\"b\\c)");
  EXPECT_EQ(escaped("1\n2\r\n3\t4"), R"(1\n2\r\n3\t4)");
  EXPECT_EQ(escaped(std::string_view("\0\x01\x1b\x1f\x7f", 5)), R"(\u0000\u0001\u001b\u001f\u007f)");
}

TEST(JsonEscape, replaces_each_byte_that_is_not_utf8) {
  EXPECT_EQ(escaped("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(escaped("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");  // overlong slash
  EXPECT_EQ(escaped("\xED\xA0\x80").size(), 9U);               // a surrogate
  EXPECT_EQ(escaped("\xF4\x90\x80\x80").size(), 12U);          // above U+10FFFF
  EXPECT_EQ(escaped("\xD1\"x"), "\xEF\xBF\xBD\\\"x");          // a cut letter does not swallow the quote
  EXPECT_EQ(escaped("\xF0\x9F\x9A"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(JsonEscape, keeps_every_code_point_at_the_edges_of_the_sequence_lengths) {
  for (const std::string_view text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                      "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(escaped(text), text);
  }
}

TEST(JsonEscape, appends_to_what_is_there) {
  std::string out = "x";
  append_json_string(out, "y\"");
  EXPECT_EQ(out, "x\"y\\\"\"");
}

RC_GTEST_PROP(JsonEscape, any_bytes_become_one_line_of_valid_json_and_utf8, (const std::string& bytes)) {
  std::string json;
  append_json_string(json, bytes);
  RC_ASSERT(!find_invalid_utf8(json));
  RC_ASSERT(json.find('\n') == std::string::npos);
  boost::json::error_code code;
  const boost::json::value value = boost::json::parse(json, code);
  RC_ASSERT(!code);
  RC_ASSERT(value.is_string());
}

// Bytes near the edges of UTF-8 come up often, so that valid sequences, cut ones and wrong ones mix.
RC_GTEST_PROP(JsonEscape, valid_text_survives_the_round_trip_and_agrees_with_the_base_check, ()) {
  const auto bytes = *rc::gen::container<std::vector<unsigned char>>(rc::gen::elementOf(
      std::vector<unsigned char>{'a',  '"',  '\\', '\n', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                 0xBF, 0xC2, 0xD0, 0xD1, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5}));
  const std::string text(bytes.begin(), bytes.end());
  const std::string back = read_back(text);
  RC_ASSERT((back == text) == !find_invalid_utf8(text).has_value());
}

TEST(JsonEscape, overlong_surrogate_and_too_high_sequences_are_replaced) {
  for (const char* bad : {"\xF0\x80\x80\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC0\x80",
                          "\xF5\x80\x80\x80", "\xF0\x90\x80"}) {
    std::string out;
    append_json_string(out, bad);
    EXPECT_NE(out.find("\xEF\xBF\xBD"), std::string::npos) << out;
    EXPECT_EQ(out.find(bad), std::string::npos);
  }
}

}  // namespace
}  // namespace sv::prompt
