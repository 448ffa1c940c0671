#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace sv {
namespace {

TEST(Text, finds_the_first_byte_that_is_not_utf8) {
  EXPECT_EQ(find_invalid_utf8("plain, Сделано, 完了, 🙂"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("ab\xFF"), 2U);
  EXPECT_EQ(find_invalid_utf8("a\xC0\xAF"), 1U) << "overlong";
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0U) << "surrogate";
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0U) << "above U+10FFFF";
  EXPECT_EQ(find_invalid_utf8("я\xD0"), 2U) << "cut off";
}

TEST(Text, trims_what_looks_empty) {
  EXPECT_EQ(trim(" \t\xC2\xA0 a b \r\n"), "a b");
  EXPECT_EQ(trim("\xEF\xBB\xBFя"), "я");
  EXPECT_TRUE(is_blank(" \xC2\xA0\n"));
  EXPECT_FALSE(is_blank("."));
}

TEST(Text, names_are_compared_by_unicode_rules) {
  EXPECT_EQ(fold_case("  ПроЕкт "), "проект");
  EXPECT_EQ(fold_case("STRASSE"), fold_case("Straße"));
  EXPECT_EQ(fold_case("e\xCC\x81"), fold_case("\xC3\x89")) << "composed and decomposed";
  EXPECT_NE(fold_case("A"), fold_case("А")) << "Latin and Cyrillic are different letters";
}

TEST(Text, words_of_protocols_are_lowered_byte_by_byte) {
  EXPECT_EQ(lower_ascii("Retry-After: 5 Ж"), "retry-after: 5 Ж");
  EXPECT_EQ(lower_ascii('Z'), 'z');
  EXPECT_EQ(lower_ascii('['), '[');
}

TEST(Text, a_number_is_found_behind_the_first_word_that_has_one) {
  EXPECT_EQ(number_after("Limit reached: Limit 30000, Requested 12", "Limit "), 30'000U);
  EXPECT_EQ(number_after(R"({\"quotaValue\": \"15\"})", "quotaValue"), 15U);
  EXPECT_EQ(number_after("limit 0, used 3", "limit "), 0U);
  EXPECT_EQ(number_after("limit none", "limit "), std::nullopt);
  EXPECT_EQ(number_after("limit ", "limit "), std::nullopt);
  EXPECT_EQ(number_after("limit 99999999999999999999", "limit "), std::nullopt) << "too large";
  EXPECT_EQ(number_after("", "limit "), std::nullopt);
}

TEST(Text, what_could_deceive_a_terminal_becomes_visible) {
  EXPECT_EQ(sanitize_for_terminal("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(sanitize_for_terminal("\xC2\x9B"), "\\x9b");
  EXPECT_EQ(sanitize_for_terminal("\xE2\x80\xAE"), "\\u202e");
  EXPECT_EQ(sanitize_for_terminal("x\rq"), "x\\x0dq");
  EXPECT_EQ(sanitize_for_terminal("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(sanitize_for_terminal("строка\n\tещё"), "строка\n\tещё");
}

TEST(Text, shortens_to_columns) {
  EXPECT_EQ(shorten("hello", 5), "hello");
  EXPECT_EQ(shorten("hello!", 5), "hell…");
  EXPECT_EQ(shorten("a\nb", 5), "a b");
  EXPECT_EQ(shorten("完了完了", 5), "完了…");
  EXPECT_EQ(shorten("x", 0), "");
}

TEST(Text, counts_slips_of_the_finger) {
  EXPECT_EQ(edit_distance("workers", "worker"), 1U);
  EXPECT_EQ(edit_distance("wrokers", "workers"), 1U) << "two neighbours swapped are one slip";
  EXPECT_EQ(edit_distance("статус", "статуз"), 1U) << "by letters, not bytes";
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

RC_GTEST_PROP(TextProperty, sanitized_text_is_valid_and_without_controls, (const std::string& bytes)) {
  const std::string safe = sanitize_for_terminal(bytes);
  RC_ASSERT(find_invalid_utf8(safe) == std::nullopt);
  for (const char c : safe) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  RC_ASSERT(sanitize_for_terminal(safe) == safe);
}

RC_GTEST_PROP(TextProperty, shortened_text_fits, (const std::string& bytes)) {
  const auto columns = *rc::gen::inRange<std::size_t>(0, 40);
  RC_ASSERT(display_width(shorten(sanitize_for_terminal(bytes), columns)) <= columns);
}

RC_GTEST_PROP(TextProperty, distance_is_symmetric_and_zero_only_for_equals,
              (const std::string& a, const std::string& b)) {
  const std::string x = sanitize_for_terminal(a);
  const std::string y = sanitize_for_terminal(b);
  RC_ASSERT(edit_distance(x, y) == edit_distance(y, x));
  RC_ASSERT((edit_distance(x, y) == 0) == (x == y));
}

}  // namespace
}  // namespace sv
