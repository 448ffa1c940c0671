#include "tables/byte_scan.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

namespace sv::tables {
namespace {

// Pieces that are whole characters, or not.
rc::Gen<std::string> pieces() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                          "a", "plain words ", "ж", "Проект", "€", "😀", "\xED\x9F\xBF", "\xED\xA0\x80",
                          "\xC0\xAF", "\xE0\x9F\xBF", "\xF4\x90\x80\x80", "\xF0\x8F\xBF\xBF",
                          "\xF4\x8F\xBF\xBF", "\xC2", "\x80", "\xFF", "\xEF\xBF\xBE", std::string(1, '\0'))),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& part : parts) text += part;
                        return text;
                      });
}

RC_GTEST_PROP(ByteScan, bad_bytes_are_those_that_the_slow_check_finds_and_nul, ()) {
  const std::string text = *pieces();
  const std::size_t nul = text.find('\0');
  std::optional<std::size_t> expected = find_invalid_utf8(text);
  if (nul != std::string::npos && (!expected || nul < *expected)) expected = nul;
  RC_ASSERT(find_bad_byte(text) == expected);
}

RC_GTEST_PROP(ByteScan, one_changed_byte_in_a_cyrillic_word_is_found_wherever_it_stands, ()) {
  std::string text = "переделка конвейера выполнения";
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  const std::size_t nul = text.find('\0');
  std::optional<std::size_t> expected = find_invalid_utf8(text);
  if (nul != std::string::npos && (!expected || nul < *expected)) expected = nul;
  RC_ASSERT(find_bad_byte(text) == expected);
}

RC_GTEST_PROP(ByteScan, any_bytes_are_judged_as_by_the_slow_check, (const std::string& bytes)) {
  const std::size_t nul = bytes.find('\0');
  std::optional<std::size_t> expected = find_invalid_utf8(bytes);
  if (nul != std::string::npos && (!expected || nul < *expected)) expected = nul;
  RC_ASSERT(find_bad_byte(bytes) == expected);
}

RC_GTEST_PROP(ByteScan, the_first_stop_byte_is_found_from_every_start, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element(';', '"', '\n', '\r', 'a', '\x01', '\x80', '\xFF', '\0'));
  const std::size_t from = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
  const StopBytes stops(';', '"', '\n', '\r');
  const std::size_t expected = std::min(text.find_first_of(";\"\n\r", from), text.size());
  RC_ASSERT(stops.find(text.data(), from, text.size()) == expected);
}

TEST(ByteScan, a_line_break_is_lf_crlf_or_cr_alone) {
  EXPECT_EQ(count_line_breaks(""), 0U);
  EXPECT_EQ(count_line_breaks("a\nb\r\nc\rd\r"), 4U);
  EXPECT_EQ(count_line_breaks("\r\r\n\n"), 3U);
}

}  // namespace
}  // namespace sv::tables
