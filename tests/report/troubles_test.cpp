#include "report/troubles.hpp"

#include <gtest/gtest.h>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

domain::Outcome row(std::uint64_t number, domain::OutcomeKind kind, std::string reason = {}) {
  domain::Outcome outcome;
  outcome.row.number = number;
  outcome.row.identifier = "Ferry\x1b[31m";
  outcome.kind = kind;
  outcome.reason = std::move(reason);
  return outcome;
}

std::vector<std::string> texts_of(Troubles& troubles, TimePoint now = kStart) {
  std::vector<std::string> texts;
  for (const TroubleLine& line : troubles.take(now)) texts.push_back(line.text);
  return texts;
}

TEST(Troubles, are_rows_that_need_a_person_and_not_invalid_ones) {
  Troubles troubles(domain::Language::english);
  troubles.note_row(row(7, domain::OutcomeKind::unjudged, "refused\nby the model"));
  troubles.note_row(row(8, domain::OutcomeKind::judged));
  domain::Outcome suspicious = row(9, domain::OutcomeKind::judged);
  suspicious.verdict.needs_review = true;
  suspicious.verdict.issues = {{.message = "the text speaks to the checker", .rule = {}, .quote = {}}};
  troubles.note_row(suspicious);
  domain::Outcome unreached = row(10, domain::OutcomeKind::unjudged, "stopped");
  unreached.is_unreached = true;
  troubles.note_row(unreached);
  EXPECT_EQ(texts_of(troubles),
            (std::vector<std::string>{"row 7  Ferry\\x1b[31m  refused by the model",
                                      "row 9  Ferry\\x1b[31m  to look at: the text speaks to the checker"}));
  EXPECT_TRUE(texts_of(troubles).empty()) << "each once";
}

TEST(Troubles, a_run_in_which_everything_fails_stays_readable) {
  Troubles troubles(domain::Language::russian);
  for (std::uint64_t i = 0; i < 10'000; ++i) troubles.note_row(row(i, domain::OutcomeKind::unjudged));
  const auto lines = texts_of(troubles);
  ASSERT_EQ(lines.size(), Troubles::kMostRows + 1);
  EXPECT_EQ(lines.front(), "строка 0  Ferry\\x1b[31m  причина не указана");
  EXPECT_EQ(lines.back(), "дальше такие строки только считаются");
}

TEST(Troubles, a_storm_of_retries_is_told_once_until_it_is_over) {
  Troubles troubles(domain::Language::english);
  std::vector<std::string> told;
  const auto play_second = [&](int second, int requests, int retries) {
    for (int i = 0; i < requests; ++i) troubles.note_request_finished();
    for (int i = 0; i < retries; ++i) troubles.note_retry(ErrorKind::rate_limited);
    for (std::string& text : texts_of(troubles, kStart + second * 1s)) told.push_back(std::move(text));
  };
  for (int second = 0; second < 20; ++second) play_second(second, 10, 1);
  EXPECT_TRUE(told.empty()) << "a tenth is no storm";
  for (int second = 20; second < 40; ++second) play_second(second, 10, 9);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front(), "many requests are sent again: 58 of 100 in 10 s (mostly: rate_limited)");
  for (int second = 40; second < 60; ++second) play_second(second, 10, 0);
  for (int second = 60; second < 80; ++second) play_second(second, 10, 10);
  EXPECT_EQ(told.size(), 2U) << "another one";
}

}  // namespace
}  // namespace sv::report
