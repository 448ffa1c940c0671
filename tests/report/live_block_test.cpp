#include "report/live_block.hpp"

#include "base/text.hpp"
#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
using domain::Language;

domain::Money dollars(std::int64_t cents) {
  return {cents * domain::Money::kPerUnit / 100, domain::Currency()};
}

LiveFigures in_full_swing() {
  LiveFigures figures;
  figures.rows = 10'000;
  figures.done = 4'211;
  figures.rows_per_second = 16.4;
  figures.time_left = 353s;
  figures.in_flight = 64;
  figures.cached = 2'100;
  figures.tokens = 9'432'000;
  figures.prompt_cache_share = 0.6;
  figures.cost.add(dollars(185));
  figures.cost_of_run = dollars(439);
  domain::ProviderLimits main{.provider = "openai",
                              .requests = {.per_minute = 1'000, .last_minute = 970},
                              .tokens = {.per_minute = 2'000'000, .last_minute = 904'000}};
  main.waiting_for(domain::WaitReason::requests) = 41;
  main.in_flight = 64;
  main.in_flight_limit = 64;
  main.oldest_request = 4200ms;
  figures.limits = {main};
  return figures;
}

LiveFigures in_trouble() {
  LiveFigures figures = in_full_swing();
  figures.rate_limited = 18;
  figures.retries = 23;
  figures.unjudged = 3;
  figures.needs_review = 12;
  figures.limits[0].waiting = {};
  figures.limits[0].waiting_for(domain::WaitReason::pause) = 41;
  figures.limits[0].pause = 11'300ms;
  figures.limits.push_back({.provider = "backup", .in_flight = 3, .in_flight_limit = 8});
  figures.limits.push_back({.provider = "old", .state = domain::ProviderState::off});
  figures.limits.push_back({.provider = "local", .state = domain::ProviderState::down});
  return figures;
}

LiveFigures at_the_start() {
  LiveFigures figures;
  figures.rows = 12;
  return figures;
}

LiveFigures stopping() {
  LiveFigures figures = in_full_swing();
  figures.is_stopping = true;
  return figures;
}

LiveFigures in_batches() {
  LiveFigures figures = in_full_swing();
  figures.done = 0;
  figures.in_flight = 0;
  figures.rows_per_second = 0;
  figures.time_left = std::nullopt;
  figures.batches = {.batches = 2, .rows = 1'210};
  return figures;
}

struct State {
  const char* name;
  LiveFigures figures;
};

std::vector<State> states() {
  return {{"at the start", at_the_start()},
          {"in full swing", in_full_swing()},
          {"in trouble", in_trouble()},
          {"stopping", stopping()},
          {"in batches", in_batches()}};
}

std::string gallery(Language language) {
  std::string text;
  for (const std::size_t columns : {20U, 40U, 80U, 120U, 200U}) {
    for (const State& state : states()) {
      text += "--- " + std::to_string(columns) + " columns, " + state.name + "\n";
      for (const std::string& line :
           live_block(state.figures, {.columns = columns - 1, .lines = 6}, false, language))
        text += line + "\n";
    }
  }
  return text;
}

TEST(LiveBlock, reads_as_agreed_at_every_width) {
  support::expect_golden("report/golden/live_block_en.txt", gallery(Language::english));
  support::expect_golden("report/golden/live_block_ru.txt", gallery(Language::russian));
}

TEST(LiveBlock, is_never_wider_than_the_terminal_nor_higher_than_six_lines) {
  for (const Language language : {Language::english, Language::russian}) {
    for (const State& state : states()) {
      for (std::size_t columns = 0; columns <= 220; ++columns) {
        for (std::size_t most = 1; most <= 8; ++most) {
          const auto lines = live_block(state.figures, {.columns = columns, .lines = most}, false, language);
          EXPECT_LE(lines.size(), std::min<std::size_t>(most, 6)) << state.name;
          for (const std::string& line : lines) {
            ASSERT_LE(display_width(line), columns) << state.name << ": " << line;
            ASSERT_FALSE(line.empty());
          }
        }
      }
    }
  }
}

// A value that is cut in its middle is another value.
TEST(LiveBlock, leaves_fields_out_as_a_whole) {
  const LiveFigures figures = in_trouble();
  const std::vector<std::string> whole =
      live_block(figures, {.columns = 400, .lines = 6}, false, Language::english);
  std::string all = "  ";
  for (const std::string& line : whole) all += line + "  ";
  for (std::size_t columns = 60; columns <= 200; ++columns) {
    for (const std::string& line :
         live_block(figures, {.columns = columns, .lines = 4}, false, Language::english)) {
      for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find("  ", at), line.size());
        const std::string field = line.substr(at, end - at);
        if (!field.starts_with("█") && field != "$1.85")
          EXPECT_NE(all.find("  " + field + "  "), std::string::npos) << columns << ": " << field;
        at = end + 2;
      }
    }
  }
}

TEST(LiveBlock, keeps_what_matters_most_where_there_is_one_line) {
  EXPECT_EQ(live_block(stopping(), {.columns = 19, .lines = 1}, false, Language::english),
            (std::vector<std::string>{"4\u202f211/10\u202f000"}));
  EXPECT_EQ(live_block(stopping(), {.columns = 39, .lines = 1}, false, Language::english).front(),
            "4\u202f211/10\u202f000  42.1 %  stopping: 64 left");
}

TEST(LiveBlock, a_name_cannot_do_anything_to_the_terminal_and_stays_short) {
  LiveFigures figures = in_full_swing();
  figures.limits[0].provider = "\x1b[2J" + std::string(100, 'x');
  figures.limits[0].state = domain::ProviderState::down;
  const auto lines = live_block(figures, {.columns = 79, .lines = 6}, false, Language::english);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[3], "\\x1b[2Jxxxxxxxxxxxxxxxx…: does not answer");
}

TEST(LiveBlock, wide_characters_count_twice) {
  LiveFigures figures = in_full_swing();
  figures.limits[0].provider = "模型服务";
  figures.limits[0].state = domain::ProviderState::off;
  for (const std::size_t columns : {18U, 19U, 20U}) {
    for (const std::string& line :
         live_block(figures, {.columns = columns, .lines = 6}, false, Language::english))
      EXPECT_LE(display_width(line), columns) << line;
  }
}

TEST(LiveBlock, colours_are_added_and_change_nothing_else) {
  for (const State& state : states()) {
    const auto plain = live_block(state.figures, {.columns = 79, .lines = 6}, false, Language::english);
    auto colored = live_block(state.figures, {.columns = 79, .lines = 6}, true, Language::english);
    ASSERT_EQ(plain.size(), colored.size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(plain[i].find('\x1b'), std::string::npos);
      std::string& line = colored[i];
      for (std::size_t at = line.find('\x1b'); at != std::string::npos; at = line.find('\x1b'))
        line.erase(at, line.find('m', at) - at + 1);
      EXPECT_EQ(line, plain[i]);
    }
  }
}

TEST(LiveBlock, every_short_wait_fits_twenty_columns) {
  for (const Language language : {Language::english, Language::russian}) {
    for (std::size_t i = 0; i < domain::kWaitReasons; ++i) {
      LiveFigures figures = at_the_start();
      figures.limits = {{.provider = "a"}};
      figures.limits[0].waiting.at(i) = 1;
      const auto lines = live_block(figures, {.columns = 19, .lines = 2}, false, language);
      ASSERT_EQ(lines.size(), 2U);
      EXPECT_NE(lines[0] + lines[1], "0/120 %") << i << ": what the run waits for is left out";
    }
  }
}

}  // namespace
}  // namespace sv::report
