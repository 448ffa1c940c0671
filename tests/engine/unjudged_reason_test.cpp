#include "engine/unjudged_reason.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sv::engine {
namespace {

// People act on these words, so no two causes that ask for another act may sound alike.
TEST(UnjudgedReason, says_in_both_languages_what_went_wrong) {
  std::set<std::string> english;
  std::set<std::string> russian;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::io); ++kind) {
    const Error error{.kind = static_cast<ErrorKind>(kind), .message = "groq: HTTP 429"};
    const std::string said = unjudged_reason(error, domain::Language::english);
    EXPECT_TRUE(said.starts_with("Not checked: ")) << said;
    EXPECT_TRUE(said.ends_with(" (groq: HTTP 429)")) << said;
    english.insert(said);
    const std::string same = unjudged_reason(error, domain::Language::russian);
    EXPECT_TRUE(same.starts_with("Не проверено: ")) << same;
    EXPECT_TRUE(same.ends_with(" (groq: HTTP 429)")) << same;
    russian.insert(same);
  }
  EXPECT_EQ(english.size(), russian.size());
  EXPECT_GE(english.size(), 14U) << "of 22 kinds";
  const auto reason = [](ErrorKind kind) {
    return unjudged_reason({.kind = kind, .message = "m"}, domain::Language::english);
  };
  EXPECT_EQ(reason(ErrorKind::invalid_input), reason(ErrorKind::io)) << "both are this machine's";
  EXPECT_NE(reason(ErrorKind::unauthorized), reason(ErrorKind::quota_exhausted));
  EXPECT_NE(reason(ErrorKind::truncated), reason(ErrorKind::invalid_reply));
}

TEST(UnjudgedReason, of_rows_that_the_run_did_not_come_to_is_their_own) {
  EXPECT_EQ(unreached_reason(domain::Language::english), "Not checked yet: the run was stopped before");
  EXPECT_EQ(unreached_reason(domain::Language::russian), "Ещё не проверено: запуск был остановлен раньше");
  EXPECT_EQ(skipped_reason(), "its identifier cell is empty");
}

}  // namespace
}  // namespace sv::engine
