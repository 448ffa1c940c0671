#include "report/summary.hpp"

#include "base/text.hpp"
#include "report/sample_summary.hpp"
#include "support/golden.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <string>

namespace sv::report {
namespace {

using namespace std::chrono_literals;

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    widest = std::max(widest, display_width(text.substr(at, end - at)));
    at = end + 1;
  }
  return widest;
}

TEST(Summary, english_block_is_as_agreed) {
  support::expect_golden("report/golden/summary_en.txt",
                         render_summary(sample_summary(), domain::Language::english, {}));
}

TEST(Summary, russian_block_is_as_agreed) {
  support::expect_golden("report/golden/summary_ru.txt",
                         render_summary(sample_summary(), domain::Language::russian, {}));
}

TEST(Summary, coloured_block_for_80_columns_is_as_agreed) {
  support::expect_golden(
      "report/golden/summary_color_80.txt",
      render_summary(sample_summary(), domain::Language::english, {.color = true, .columns = 80}));
}

TEST(Summary, of_a_fully_cached_run_is_short) {
  metrics::RunSummary summary;
  summary.rows = summary.cached = summary.valid = 666;
  summary.wall_time = 15ms;
  summary.rows_per_second = 44'400;
  summary.cache_hit_rate = 1.0;
  support::expect_golden("report/golden/summary_cached.txt",
                         render_summary(summary, domain::Language::english, {}));
}

TEST(Summary, of_an_interrupted_run_says_what_was_not_reached) {
  metrics::RunSummary summary;
  summary.rows = 100;
  summary.judged = 40;
  const std::string text = render_summary(summary, domain::Language::english, {});
  EXPECT_NE(text.find("not reached   60"), std::string::npos) << text;
}

TEST(Summary, is_never_wider_than_asked_and_never_escapes_without_colour) {
  for (const std::size_t columns : {1U, 20U, 40U, 80U, 200U}) {
    for (const domain::Language language : {domain::Language::english, domain::Language::russian}) {
      const std::string text =
          render_summary(sample_summary(), language, {.color = false, .columns = columns});
      EXPECT_LE(widest_line(text), columns);
      EXPECT_EQ(text.find('\x1b'), std::string::npos);
    }
  }
}

TEST(SummaryJson, is_one_line_of_valid_json_as_agreed) {
  const std::string line = summary_json(sample_summary());
  support::expect_golden("report/golden/summary.json", line + "\n");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const boost::json::value value = boost::json::parse(line);
  EXPECT_EQ(value.at("type").as_string(), "summary");
  EXPECT_EQ(value.at("latency_ms").at("p95").as_int64(), 2140);
  EXPECT_EQ(value.at("retries").at("rate_limited").as_int64(), 18);
  EXPECT_EQ(value.at("providers").as_array().size(), 3U);
  EXPECT_TRUE(value.at("providers").at(0).at("disabled_because").is_null());
}

TEST(SummaryJson, has_the_same_members_when_nothing_happened) {
  const boost::json::value empty = boost::json::parse(summary_json({}));
  const boost::json::value full = boost::json::parse(summary_json(sample_summary()));
  ASSERT_EQ(empty.as_object().size(), full.as_object().size());
  for (const auto& member : full.as_object())
    EXPECT_TRUE(empty.as_object().contains(member.key())) << member.key();
}

}  // namespace
}  // namespace sv::report
