// Letters, words, tokens and dates of the simulated judge.
#include "base/text.hpp"
#include "sim/dates.hpp"
#include "sim/letters.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sv::sim {
namespace {

TEST(Letters, folding_lowers_latin_and_cyrillic_letters) {
  EXPECT_EQ(fold_letters("ABCxyz 12 АБВГД Ёлка Щука ЯЯ — «Ъ»"), "abcxyz 12 абвгд ёлка щука яя — «ъ»");
}

RC_GTEST_PROP(Letters, folding_keeps_every_byte_position_and_is_stable, (const std::string& text)) {
  const std::string folded = fold_letters(text);
  RC_ASSERT(folded.size() == text.size());
  RC_ASSERT(fold_letters(folded) == folded);
}

TEST(Letters, words_are_found_whole_and_stems_at_a_word_start) {
  EXPECT_TRUE(has_word("the work is done.", "done"));
  EXPECT_FALSE(has_word("undone work", "done"));
  EXPECT_FALSE(has_word("доделано", "делано"));
  EXPECT_TRUE(has_word("скоро, очень скоро", "скоро"));
  EXPECT_FALSE(has_word("скоростной", "скоро"));
  EXPECT_TRUE(has_word("«скоро»", "скоро"));
  EXPECT_TRUE(has_stem("дата просрочена", "просроч"));
  EXPECT_FALSE(has_stem("непросрочен", "просроч"));
  EXPECT_EQ(find_word("a b a", "a", 1), 4U);
  EXPECT_FALSE(has_word("", "a"));
}

TEST(Letters, counts_are_what_a_reader_counts) {
  EXPECT_EQ(count_characters("Да, 5 €"), 7U);
  EXPECT_EQ(count_words("Сделано: 14 из 18 шаблонов — готовы, half-done."), 8U - 1U);
  EXPECT_EQ(count_sentences("One. Two! 3.5 per cent\nLast"), 4U);
  EXPECT_EQ(count_sentences(""), 0U);
}

RC_GTEST_PROP(Letters, escaped_text_is_read_back_by_a_json_parser, (const std::string& bytes)) {
  std::string text;
  for (const char c : bytes) text += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "ж";
  std::string quoted;
  append_json_string(quoted, text);
  RC_ASSERT(std::string_view(boost::json::parse(quoted).as_string()) == text);
}

std::string day_of(std::string_view text) {
  const auto date = parse_date(text);
  return date ? iso_date(date->day) : "none";
}

TEST(Dates, usual_spellings_in_both_languages_are_read) {
  for (const char* text :
       {"2026-11-25", "25.11.2026", " 25/11/2026 ", "11/25/2026", "25 November 2026", "November 25, 2026",
        "25 Nov 2026", "25 ноября 2026", "25 ноября 2026 г.", "25.11.26", "2026-11-25T00:00:00"}) {
    EXPECT_EQ(day_of(text), "2026-11-25") << text;
  }
  EXPECT_EQ(day_of("November 2026"), "2026-11-30");
  EXPECT_EQ(day_of("май 2026"), "2026-05-31");
  EXPECT_EQ(day_of("март 2026"), "2026-03-31");
  EXPECT_EQ(day_of("Q4 2026"), "2026-12-31");
  EXPECT_EQ(day_of("IV квартал 2026"), "2026-12-31");
  EXPECT_EQ(day_of("1 кв. 2027"), "2027-03-31");
  EXPECT_EQ(parse_date("2026-11-25")->form, DateForm::iso);
  EXPECT_EQ(parse_date("25.11.2026")->form, DateForm::dotted);
}

TEST(Dates, what_is_no_date_is_refused) {
  for (const char* text : {"", "soon", "Reset", "31.02.2026", "31/02/2029", "2026-13-01", "tbd",
                           "after the release of version 2", "20261125",
                           "the work began on 25 November 2026 and goes on", "99.99.9999", "5 кв. 2026"}) {
    EXPECT_EQ(day_of(text), "none") << text;
  }
}

TEST(Dates, mentions_are_noticed_in_running_text) {
  for (const char* text : {"by 12 february", "до 25.11", "by friday", "в марте", "до 3 декабря", "2026-11-25",
                           "in q3", "to 5/12"}) {
    EXPECT_TRUE(mentions_date(text)) << text;
  }
  for (const char* text :
       {"as soon as we can", "version 3.21 is out", "14 of 18 pages", "команда работает"}) {
    EXPECT_FALSE(mentions_date(text)) << text;
  }
}

RC_GTEST_PROP(Dates, every_day_is_read_back_in_two_forms, ()) {
  const int offset = *rc::gen::inRange(-20'000, 60'000);
  const std::chrono::sys_days day{std::chrono::days(offset)};
  RC_ASSERT(parse_date(iso_date(day))->day == day);
  RC_ASSERT(parse_date(dotted_date(day))->day == day);
}

RC_GTEST_PROP(Dates, any_text_is_safe, (const std::string& text)) {
  static_cast<void>(parse_date(text));
  static_cast<void>(mentions_date(text));
}

}  // namespace
}  // namespace sv::sim
