#include "cost/text_features.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace sv::cost {
namespace {

using enum TokenClass;

TEST(TextFeatures, classes_are_counted_by_character) {
  const TextFeatures features = count_features("План: 12 мостов, 3,5 km of «road»\n\nГотово.");
  EXPECT_EQ(features.of(cyrillic_words), 3U);
  EXPECT_EQ(features.of(cyrillic_letters), 4U + 6U + 6U);
  EXPECT_EQ(features.of(late_cyrillic_letters), 0U);
  EXPECT_EQ(features.of(latin_words), 3U);
  EXPECT_EQ(features.of(latin_letters), 8U);
  EXPECT_EQ(features.of(digit_groups), 3U);
  EXPECT_EQ(features.of(digits), 4U);
  EXPECT_EQ(features.of(others), 6U) << ": , , « » .";
  EXPECT_EQ(features.of(line_breaks), 1U) << "a run of them is one";
  EXPECT_EQ(features.characters, 42U);
}

TEST(TextFeatures, letters_past_the_sixth_of_a_cyrillic_word_are_late) {
  EXPECT_EQ(count_features("согласование").of(late_cyrillic_letters), 6U);
  EXPECT_EQ(count_features("мост мост мост").of(late_cyrillic_letters), 0U);
  EXPECT_EQ(count_features("согласованиеABCсогласование").of(late_cyrillic_letters), 12U);
}

TEST(TextFeatures, accented_letters_belong_to_latin_words) {
  const TextFeatures features = count_features("Ærø café naïve × ÷");
  EXPECT_EQ(features.of(latin_words), 3U);
  EXPECT_EQ(features.of(latin_letters), 12U);
  EXPECT_EQ(features.of(others), 2U);
}

TEST(TextFeatures, an_empty_text_has_none) { EXPECT_EQ(count_features(""), TextFeatures()); }

TEST(TextFeatures, any_bytes_will_do_and_no_class_exceeds_the_characters) {
  EXPECT_TRUE(rc::check("counts are bounded by the number of bytes", [](const std::string& bytes) {
    const TextFeatures features = count_features(bytes);
    RC_ASSERT(features.characters <= bytes.size());
    const std::uint64_t all = features.of(cyrillic_letters) + features.of(latin_letters) +
                              features.of(digits) + features.of(others) + features.of(line_breaks);
    RC_ASSERT(all <= features.characters);
    RC_ASSERT(features.of(late_cyrillic_letters) <= features.of(cyrillic_letters));
    RC_ASSERT(features.of(cyrillic_words) <= features.of(cyrillic_letters));
    RC_ASSERT(features.of(latin_words) <= features.of(latin_letters));
    RC_ASSERT(features.of(digit_groups) <= features.of(digits));
  }));
}

}  // namespace
}  // namespace sv::cost
