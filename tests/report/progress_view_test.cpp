#include "report/progress_view.hpp"

#include "report/terminal_model.hpp"
#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};
constexpr TerminalMode kTerminal = {.color = false, .animation = true};

// Escapes as text, one write to a line: golden files stay readable.
std::string visible(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\x1b') {
      text += "\\e";
    } else {
      text += c;
    }
  }
  return text;
}

class ProgressViewTest : public ::testing::Test {
 protected:
  ProgressView make(TerminalMode mode, domain::Language language = domain::Language::english) {
    return ProgressView([this](std::string_view bytes) { writes_.emplace_back(bytes); },
                        {.mode = mode,
                         .language = language,
                         .size = [this] { return TerminalSize{.columns = columns_, .rows = 24}; },
                         .limits = [this] { return limits_; }});
  }

  // One request that judges one row.
  static void judge_row(ProgressView& view) {
    view.on_request_started("a");
    view.on_request_finished({.provider = "a",
                              .model = "m",
                              .error = std::nullopt,
                              .http_status = 200,
                              .latency = 1s,
                              .usage = {.input = 800, .output = 100}});
    domain::Outcome outcome;
    outcome.kind = domain::OutcomeKind::judged;
    view.on_row_finished(outcome);
  }

  static void finish_row(ProgressView& view, domain::OutcomeKind kind) {
    domain::Outcome outcome;
    outcome.kind = kind;
    view.on_row_finished(outcome);
  }

  // 40 rows in 8 s, with a log message, a retry, cached rows and an unjudged one.
  void play(ProgressView& view) {
    view.on_run_started(40);
    view.tick(kStart);
    for (int i = 0; i < 10; ++i) finish_row(view, domain::OutcomeKind::cached);
    for (int i = 0; i < 30; ++i) view.on_row_queued();
    view.on_request_started("a");
    view.on_request_started("a");
    view.tick(kStart + 1s);
    for (int i = 0; i < 10; ++i) judge_row(view);
    view.on_retry(ErrorKind::rate_limited, 2s);
    view.write(LogLevel::warning, "the provider asks for a pause of 2 s");
    view.tick(kStart + 3s);
    finish_row(view, domain::OutcomeKind::unjudged);
    for (int i = 0; i < 19; ++i) judge_row(view);
    view.tick(kStart + 8s);
    view.finish();
    view.write(LogLevel::info, "done");
  }

  std::string all_writes() const {
    std::string text;
    for (const std::string& bytes : writes_) text += visible(bytes) + "\n";
    return text;
  }

  std::size_t columns_ = 120;
  std::vector<domain::ProviderLimits> limits_;
  std::vector<std::string> writes_;
};

TEST_F(ProgressViewTest, byte_stream_on_a_terminal_is_as_agreed) {
  ProgressView view = make(kTerminal);
  play(view);
  support::expect_golden("report/golden/progress_terminal_en.txt", all_writes());
}

TEST_F(ProgressViewTest, byte_stream_on_a_russian_narrow_coloured_terminal_is_as_agreed) {
  columns_ = 60;
  ProgressView view = make({.color = true, .animation = true}, domain::Language::russian);
  play(view);
  support::expect_golden("report/golden/progress_terminal_ru.txt", all_writes());
}

// What stands on the screen while a run goes on whose terminal is made narrower and wider.
TEST_F(ProgressViewTest, nothing_is_left_behind_when_the_window_changes_and_what_scrolled_up_stays) {
  for (const bool reflows : {true, false}) {
    writes_.clear();
    std::string above = "$ status-validator\n";
    TerminalModel screen(120, 10, reflows);
    screen.write(above);
    std::size_t taken = 0;
    const auto show = [&] {
      for (; taken < writes_.size(); ++taken) screen.write(writes_[taken]);
    };
    ProgressView view([this](std::string_view bytes) { writes_.emplace_back(bytes); },
                      {.mode = kTerminal,
                       .size = [this] { return TerminalSize{.columns = columns_, .rows = 10}; },
                       .limits = [this] { return limits_; }});
    view.on_run_started(1'000);
    TimePoint now = kStart;
    int message = 0;
    for (const std::size_t columns : {120U, 80U, 40U, 20U, 33U, 200U, 21U, 120U}) {
      columns_ = columns;
      screen.resize(columns, 10);
      for (int i = 0; i < 3; ++i) {
        judge_row(view);
        view.tick(now += 1s);
        show();
        const std::string text = screen.text();
        // A terminal that cuts has cut what stood above too.
        if (reflows) {
          ASSERT_TRUE(text.starts_with(above)) << columns << ":\n" << text;
        }
        std::size_t blocks = 0;
        for (std::size_t at = text.find("/1\u202f000"); at != std::string::npos;
             at = text.find("/1\u202f000", at + 1))
          ++blocks;
        EXPECT_EQ(blocks, 1U) << columns << ":\n" << text;
        const std::string said = "m" + std::to_string(++message);
        view.write(LogLevel::info, said);
        above += "status-validator: " + said + "\n";
      }
    }
    finish_row(view, domain::OutcomeKind::unjudged);
    view.tick(now + 1s);
    view.finish();
    show();
    above += "row 0  no reason given\n";
    if (reflows) {
      EXPECT_EQ(screen.text(), above);
    } else {
      EXPECT_TRUE(screen.text().ends_with("status-validator: m24\nrow 0  no reason given\n"));
    }
  }
}

TEST_F(ProgressViewTest, the_block_never_wraps_and_fits_a_low_window) {
  for (const std::size_t rows : {1U, 2U, 3U, 5U, 50U}) {
    writes_.clear();
    TerminalModel screen(60, rows);
    ProgressView view(
        [&screen](std::string_view bytes) { screen.write(bytes); },
        {.mode = kTerminal, .size = [rows] { return TerminalSize{.columns = 60, .rows = rows}; }});
    view.on_run_started(1'000);
    for (int i = 0; i < 5; ++i) {
      judge_row(view);
      view.tick(kStart + i * 1s);
    }
    EXPECT_FALSE(screen.has_wrapped());
    const std::string text = screen.text();
    EXPECT_LE(std::ranges::count(text, '\n') + 1,
              std::max<std::ptrdiff_t>(2, static_cast<std::ptrdiff_t>(rows)));
    view.finish();
    EXPECT_EQ(screen.text(), "");
  }
}

TEST_F(ProgressViewTest, lines_elsewhere_are_as_agreed_without_any_escape) {
  ProgressView view = make({.color = false, .animation = false});
  play(view);
  support::expect_golden("report/golden/progress_plain_en.txt", all_writes());
  for (const std::string& bytes : writes_) {
    EXPECT_EQ(bytes.find_first_of("\r\x1b"), std::string::npos);
    EXPECT_TRUE(bytes.ends_with('\n'));
  }
}

TEST_F(ProgressViewTest, tells_the_limit_that_is_used_most_and_what_most_rows_wait_for) {
  domain::ProviderLimits first{.provider = "a",
                               .requests = {.per_minute = 500, .last_minute = 485},
                               .tokens = {.per_minute = 200'000, .last_minute = 20'000}};
  first.waiting_for(domain::WaitReason::requests) = 3;
  domain::ProviderLimits second{.provider = "b", .requests = {.per_minute = 100, .last_minute = 5}};
  second.waiting_for(domain::WaitReason::pause) = 2;
  second.waiting_for(domain::WaitReason::requests) = 1;
  limits_ = {first, second};
  ProgressView view = make({.color = false, .animation = false});
  view.on_run_started(40);
  view.tick(kStart);
  EXPECT_NE(all_writes().find("  RPM 97.0 %  TPM 10.0 %  waits for RPM  "), std::string::npos)
      << all_writes();
}

TEST_F(ProgressViewTest, tells_that_answers_are_waited_for_only_while_rows_are_left_for_the_slots) {
  limits_ = {{.provider = "a", .is_full = true}};
  ProgressView view = make({.color = false, .animation = false});
  view.on_run_started(2);
  view.on_request_started("a");
  view.tick(kStart);
  EXPECT_NE(all_writes().find("waits for answers"), std::string::npos) << all_writes();
  writes_.clear();
  judge_row(view);
  view.tick(kStart + 60s);
  EXPECT_EQ(all_writes().find("waits for"), std::string::npos) << all_writes();
}

TEST_F(ProgressViewTest, is_drawn_at_most_ten_times_a_second) {
  ProgressView view = make(kTerminal);
  view.on_run_started(1'000);
  for (int millisecond = 0; millisecond < 1'000; ++millisecond) {
    judge_row(view);
    view.tick(kStart + millisecond * 1ms);
  }
  EXPECT_EQ(writes_.size(), 10U);
}

TEST_F(ProgressViewTest, is_not_drawn_when_nothing_changed) {
  ProgressView view = make(kTerminal);
  view.on_run_started(10);
  for (int second = 0; second < 60; ++second) view.tick(kStart + second * 1s);
  EXPECT_EQ(writes_.size(), 1U);
}

TEST_F(ProgressViewTest, nothing_is_shown_before_the_run_starts) {
  ProgressView view = make(kTerminal);
  view.tick(kStart);
  view.finish();
  EXPECT_TRUE(writes_.empty());
}

TEST_F(ProgressViewTest, plain_lines_wait_for_half_a_minute_and_a_tenth_of_the_rows) {
  ProgressView view = make({.color = false, .animation = false});
  view.on_run_started(100);
  std::vector<int> printed_at;
  for (int second = 0; second <= 120; ++second) {
    writes_.clear();
    // Fast until a minute has passed, then slow: 100 rows in all.
    for (int row = 0; row < (second <= 60 ? 1 : 0); ++row) judge_row(view);
    if (second > 60 && second % 2 == 0) judge_row(view);
    view.tick(kStart + second * 1s);
    if (!writes_.empty()) printed_at.push_back(second);
  }
  // After 60 the tenth is reached soon, but half a minute is not.
  EXPECT_EQ(printed_at, (std::vector<int>{0, 30, 60, 90, 120}));

  ProgressView slow = make({.color = false, .animation = false});
  slow.on_run_started(100);
  printed_at.clear();
  for (int second = 0; second <= 120; ++second) {
    writes_.clear();
    if (second % 5 == 4) judge_row(slow);
    slow.tick(kStart + second * 1s);
    if (!writes_.empty()) printed_at.push_back(second);
  }
  EXPECT_EQ(printed_at, (std::vector<int>{0, 49, 99}));
}

TEST_F(ProgressViewTest, log_messages_from_other_threads_leave_whole_lines) {
  ProgressView view = make(kTerminal);
  view.on_run_started(1'000);
  std::thread other([&] {
    for (int i = 0; i < 500; ++i) view.write(LogLevel::info, "from the store");
  });
  for (int i = 0; i < 500; ++i) {
    judge_row(view);
    view.tick(kStart + i * 100ms);
  }
  other.join();
  std::size_t messages = 0;
  for (const std::string& bytes : writes_) {
    if (bytes.find("status-validator: from the store\n") != std::string::npos) ++messages;
  }
  EXPECT_EQ(messages, 500U);
}

}  // namespace
}  // namespace sv::report
