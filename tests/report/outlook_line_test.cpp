#include "report/outlook_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
using domain::Language;
using Lines = std::vector<std::string>;

Outlook usual() {
  return {.rows = 666,
          .skipped = 0,
          .cached = 400,
          .decided = 0,
          .duplicates = 47,
          .to_ask = 219,
          .mode = AskMode::online,
          .model = "gpt-4o-mini",
          .cost = domain::Money(165'000'000'000, {}),
          .time = 95s,
          .history = 500};
}

TEST(OutlookLine, tells_what_will_be_asked_and_what_it_takes) {
  EXPECT_EQ(
      render_outlook(usual(), words::phrasebook_of(Language::english)),
      (Lines{"666 rows: 400 cached, 47 duplicate, 219 to ask", "expected: about $0.17, about 1 min 35 s"}));
  EXPECT_EQ(render_outlook(usual(), words::phrasebook_of(Language::russian)),
            (Lines{"Строк: 666; из кэша 400, повторов 47, спросить 219",
                   "ожидается: около $0,17, около 1 мин 35 с"}));
}

TEST(OutlookLine, what_is_not_known_is_said_to_be_unknown) {
  Outlook outlook = usual();
  outlook.cost.reset();
  outlook.time.reset();
  outlook.history = 0;
  outlook.model = "own\x1b[31m";
  const Lines lines = render_outlook(outlook, words::phrasebook_of(Language::english));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[1].find("cost unknown (no price for own"), std::string::npos) << lines[1];
  EXPECT_NE(lines[1].find("time not known before the first run"), std::string::npos);
  EXPECT_NE(lines[1].find("a first guess"), std::string::npos);
  EXPECT_EQ(lines[1].find('\x1b'), std::string::npos);
}

TEST(OutlookLine, batches_and_flex_have_their_own_words) {
  Outlook outlook = usual();
  outlook.mode = AskMode::batch;
  EXPECT_EQ(render_outlook(outlook, words::phrasebook_of(Language::english))[1],
            "expected: about $0.17, an answer within a day");
  outlook.mode = AskMode::flex;
  EXPECT_EQ(render_outlook(outlook, words::phrasebook_of(Language::english))[1],
            "expected: about $0.17 at the flex price, about 1 min 35 s");
}

TEST(OutlookLine, nothing_to_ask_costs_nothing_and_is_one_line) {
  Outlook outlook = usual();
  outlook.to_ask = 0;
  EXPECT_EQ(render_outlook(outlook, words::phrasebook_of(Language::english)),
            (Lines{"666 rows: 400 cached, 47 duplicate, nothing to ask"}));
}

}  // namespace
}  // namespace sv::report
