// The simulator's count against what the tokenizer of OpenAI's models really gave.
#include "sim/tokenizer.hpp"

#include "support/counted_messages.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace sv::sim {
namespace {

using support::counted_messages;
using support::CountedMessage;

struct Accuracy {
  double of_the_sum = 0;  // above 0: counted too many
  double median = 0;
  double worst = 0;
};

Accuracy accuracy_of(const std::string& kind) {
  std::vector<double> errors;
  double counted = 0;
  double real = 0;
  for (const CountedMessage& message : counted_messages()) {
    if (message.kind != kind) continue;
    const auto tokens = static_cast<double>(count_tokens(message.text));
    counted += tokens;
    real += static_cast<double>(message.o200k);
    errors.push_back(std::abs(tokens / static_cast<double>(message.o200k) - 1));
  }
  if (errors.empty()) return {1, 1, 1};
  std::ranges::sort(errors);
  const Accuracy accuracy{
      .of_the_sum = counted / real - 1, .median = errors[errors.size() / 2], .worst = errors.back()};
  std::printf("%s: sum %+.2f %%, median %.2f %%, worst %.2f %%\n", kind.c_str(), 100 * accuracy.of_the_sum,
              100 * accuracy.median, 100 * accuracy.worst);
  return accuracy;
}

TEST(Tokenizer, counts_real_messages_as_o200k_does) {
  const Accuracy english = accuracy_of("en");
  EXPECT_LE(std::abs(english.of_the_sum), 0.015);
  EXPECT_LE(english.median, 0.025);
  EXPECT_LE(english.worst, 0.12);
  const Accuracy russian = accuracy_of("ru");
  EXPECT_LE(std::abs(russian.of_the_sum), 0.025);
  EXPECT_LE(russian.median, 0.04);
  EXPECT_LE(russian.worst, 0.20);
  const Accuracy prefix = accuracy_of("prefix");  // system prompt and rulebook; the response schema
  EXPECT_LE(std::abs(prefix.of_the_sum), 0.05);
}

TEST(Tokenizer, splits_as_o200k_does) {
  EXPECT_EQ(count_tokens(""), 0U);
  EXPECT_EQ(count_tokens("The bridge is done"), 4U);
  EXPECT_EQ(count_tokens("readReply"), 2U) << "upper case begins a new piece";
  EXPECT_EQ(count_tokens("2026"), 2U) << "three digits a piece";
  EXPECT_EQ(count_tokens("\n\n  \n"), 1U);
  EXPECT_EQ(count_tokens("    x"), 2U);
  EXPECT_EQ(count_tokens("мост"), 2U) << "1.257";
  EXPECT_EQ(count_tokens("мост мост мост"), 4U) << "3.771";
  // Escaped, Cyrillic costs several times as much (pacing.md §7.1: 607 against 95 tokens for a row).
  EXPECT_GT(count_tokens("\\u043c\\u043e\\u0441\\u0442"), 10U);
}

RC_GTEST_PROP(Tokenizer, takes_any_bytes_and_cuts_to_what_was_asked, (const std::string& text)) {
  const std::uint64_t all = count_tokens(text);
  RC_ASSERT((all == 0) == text.empty());
  RC_ASSERT(all <= 2 * text.size());
  RC_ASSERT(cut_to_tokens(text, all) == text);
  const auto part = *rc::gen::inRange<std::uint64_t>(0, all + 1);
  const std::string_view cut = cut_to_tokens(text, part);
  RC_ASSERT(text.starts_with(cut));
  RC_ASSERT(count_tokens(cut) <= part + 1);  // a space at the end may count by itself
}

TEST(Tokenizer, a_word_without_end_is_cut) {
  const std::string word(10'000, 'x');
  const std::string_view cut = cut_to_tokens(word, 100);
  EXPECT_GT(cut.size(), 500U);
  EXPECT_LT(cut.size(), 2'000U);
}

}  // namespace
}  // namespace sv::sim
