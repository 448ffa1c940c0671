#include "report/row_events.hpp"

#include "base/text.hpp"
#include "report/json_line.hpp"
#include "support/golden.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>

namespace sv::report {
namespace {

domain::Outcome judged_outcome() {
  domain::Outcome outcome;
  outcome.row.number = 12;
  outcome.row.identifier = "Паром \"Волга\"";
  outcome.kind = domain::OutcomeKind::judged;
  outcome.place = 10;
  outcome.verdict.issues = {
      {.message = "Нет даты\nи срока", .rule = "2", .severity = domain::Severity::critical, .quote = "скоро"},
      {.message = "too short",
       .rule = std::nullopt,
       .severity = domain::Severity::minor,
       .quote = std::nullopt}};
  outcome.verdict.rewrite_suggestion = "Готово к [дата]";
  domain::Answer answer;
  answer.model = "small-2026-01-01";
  outcome.answer = std::make_shared<const domain::Answer>(answer);
  return outcome;
}

TEST(RowEvents, lines_of_all_kinds_are_as_agreed) {
  domain::Outcome cached = judged_outcome();
  cached.kind = domain::OutcomeKind::cached;
  cached.verdict = {.is_valid = true, .issues = {}, .rewrite_suggestion = {}};
  domain::Outcome unjudged;
  unjudged.row.number = 13;
  unjudged.row.identifier = "Bridge";
  unjudged.place = 11;
  unjudged.reason = "the provider refused the key (401)";
  domain::Outcome skipped;
  skipped.row.number = 14;
  skipped.kind = domain::OutcomeKind::skipped;
  skipped.reason = "no identifier";
  std::string lines;
  for (const domain::Outcome& outcome : {judged_outcome(), cached, unjudged, skipped}) {
    lines += outcome_json_line(outcome) + "\n";
  }
  support::expect_golden("report/golden/row_events.jsonl", lines);
}

TEST(RowEvents, a_stale_verdict_of_an_unjudged_row_is_not_shown) {
  domain::Outcome outcome = judged_outcome();
  outcome.kind = domain::OutcomeKind::unjudged;
  outcome.verdict.is_valid = true;
  const boost::json::value value = boost::json::parse(outcome_json_line(outcome));
  EXPECT_TRUE(value.at("is_valid").is_null());
  EXPECT_TRUE(value.at("issues").as_array().empty());
  EXPECT_TRUE(value.at("model").is_null());
}

TEST(JsonLine, text_that_could_steer_a_terminal_is_escaped) {
  std::string json;
  append_json_text(json, "a\x1b[2J\x7f\u009b1m\u202egpj\u2028\ufeffж🚀");
  EXPECT_EQ(json, "\"a\\u001b[2J\\u007f\\u009b1m\\u202egpj\\u2028\\ufeffж🚀\"");
}

TEST(JsonLine, numbers_are_plain_and_never_nan) {
  EXPECT_EQ(JsonLine().real("a", 0.5).real("b", 1.0 / 0.0).number("c", std::uint64_t{7}).null("d").finish(),
            R"({"a":0.5000,"b":null,"c":7,"d":null})");
}

RC_GTEST_PROP(JsonLine, any_code_points_survive_the_round_trip_and_none_steers, ()) {
  const auto points = *rc::gen::container<std::vector<int>>(
      rc::gen::oneOf(rc::gen::inRange(0x00, 0x100), rc::gen::inRange(0x2000, 0x2070),
                     rc::gen::inRange(0xFE00, 0xFFFE), rc::gen::inRange(0x1F600, 0x1F610)));
  std::string text;
  for (const int value : points) {
    const auto point = static_cast<unsigned>(value);
    const auto push = [&](unsigned byte) { text.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
      push(point);
    } else if (point < 0x800) {
      push(0xC0U | (point >> 6U));
      push(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
      push(0xE0U | (point >> 12U));
      push(0x80U | ((point >> 6U) & 0x3FU));
      push(0x80U | (point & 0x3FU));
    } else {
      push(0xF0U | (point >> 18U));
      push(0x80U | ((point >> 12U) & 0x3FU));
      push(0x80U | ((point >> 6U) & 0x3FU));
      push(0x80U | (point & 0x3FU));
    }
  }
  std::string json;
  append_json_text(json, text);
  RC_ASSERT(std::string(boost::json::parse(json).as_string()) == text);
  RC_ASSERT(sanitize_for_terminal(json) == json);
}

}  // namespace
}  // namespace sv::report
