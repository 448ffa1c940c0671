#include "report/outcome_list.hpp"

#include "base/text.hpp"
#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sv::report {
namespace {

domain::Outcome outcome(domain::OutcomeKind kind, std::uint64_t number, std::string identifier,
                        std::string reason) {
  domain::Outcome result;
  result.kind = kind;
  result.row.number = number;
  result.row.identifier = std::move(identifier);
  result.reason = std::move(reason);
  return result;
}

// 55 unjudged rows in a scrambled order and one skipped row.
OutcomeList long_list() {
  OutcomeList list;
  for (std::uint64_t i = 0; i < 55; ++i) {
    const std::uint64_t number = 2 + (i * 23) % 55;
    list.on_row_finished(outcome(domain::OutcomeKind::unjudged, number, "Project " + std::to_string(number),
                                 "all providers are rate-limited"));
  }
  list.on_row_finished(outcome(domain::OutcomeKind::skipped, 60, "", "no identifier"));
  list.on_row_finished(outcome(domain::OutcomeKind::judged, 61, "fine", ""));
  return list;
}

TEST(OutcomeList, is_empty_when_every_row_has_a_verdict) {
  OutcomeList list;
  list.on_row_finished(outcome(domain::OutcomeKind::judged, 2, "a", ""));
  list.on_row_finished(outcome(domain::OutcomeKind::cached, 3, "b", ""));
  EXPECT_EQ(list.render(words::phrasebook_of(domain::Language::english), 80), "");
}

TEST(OutcomeList, shows_the_first_twenty_by_number_and_counts_the_others) {
  const OutcomeList list = long_list();
  support::expect_golden("report/golden/outcome_list_en.txt",
                         list.render(words::phrasebook_of(domain::Language::english), 80));
  support::expect_golden("report/golden/outcome_list_ru.txt",
                         list.render(words::phrasebook_of(domain::Language::russian), 80));
  EXPECT_EQ(list.unjudged(), 55U);
  EXPECT_EQ(list.skipped(), 1U);
}

TEST(OutcomeList, makes_names_and_reasons_safe_and_one_line) {
  OutcomeList list;
  list.on_row_finished(
      outcome(domain::OutcomeKind::unjudged, 9, " evil\x1b]0;title\a\nname ", "first\nsecond"));
  list.on_row_finished(outcome(domain::OutcomeKind::unjudged, 7, std::string(500, 'x'), ""));
  EXPECT_EQ(list.render(words::phrasebook_of(domain::Language::english), 0),
            "2 rows could not be judged:\n"
            "  row 7  " +
                std::string(39, 'x') +
                "…  no reason given\n"
                "  row 9  evil\\x1b]0;title\\x07 name" +
                std::string(15, ' ') + "  first second\n");
}

TEST(OutcomeList, keeps_to_the_width) {
  const std::string text = long_list().render(words::phrasebook_of(domain::Language::english), 20);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(display_width(std::string_view(text).substr(at, end - at)), 20U);
    at = end + 1;
  }
}

}  // namespace
}  // namespace sv::report
