// Hashes, secrets, errors, chance and time.
#include "base/assert.hpp"
#include "base/base64.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <csignal>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace sv {
namespace {

using namespace std::chrono_literals;

TEST(Hash, gives_the_published_values) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);  // the check value of CRC-32/ISO-HDLC
  EXPECT_EQ(crc32("6789", crc32("12345")), crc32("123456789"));
}

TEST(Base64, gives_the_published_values) {  // RFC 4648 §10
  const std::vector<std::pair<std::string, std::string>> cases{{"", ""},
                                                               {"f", "Zg=="},
                                                               {"fo", "Zm8="},
                                                               {"foo", "Zm9v"},
                                                               {"foob", "Zm9vYg=="},
                                                               {"fooba", "Zm9vYmE="},
                                                               {"foobar", "Zm9vYmFy"},
                                                               {"\xFB\xFF", "+/8="}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(base64(bytes), text);
}

RC_GTEST_PROP(HashProperty, different_lists_of_fields_hash_differently, ()) {
  const auto field = rc::gen::container<std::string>(rc::gen::element('a', 'b'));
  const auto a = *rc::gen::container<std::vector<std::string>>(field);
  const auto b = *rc::gen::container<std::vector<std::string>>(field);
  FieldHasher hasher;
  for (const std::string& part : a) hasher.add(part);
  const Sha256Digest first = hasher.finish();
  for (const std::string& part : b) hasher.add(part);
  RC_ASSERT((first == hasher.finish()) == (a == b));
}

TEST(Secret, shows_enough_to_recognise_and_too_little_to_use) {
  EXPECT_EQ(Secret().redacted(), "(not set)");
  EXPECT_EQ(Secret("hunter2").redacted(), "(set)");
  const Secret key("sk-0123456789abcdefghijklmnop");
  EXPECT_EQ(key.redacted(), "sk-…mnop (29 characters)");
  EXPECT_EQ(key.reveal(), "sk-0123456789abcdefghijklmnop");
  static_assert(!std::is_convertible_v<Secret, std::string_view>,
                "a secret does not become text by accident");
}

TEST(Secret, moves_whole) {
  Secret first("sk-0123456789abcdefghijklmnop");
  const Secret second = std::move(first);
  EXPECT_EQ(second.reveal(), "sk-0123456789abcdefghijklmnop");
}

TEST(Assertion, says_what_is_broken_and_aborts) {
  EXPECT_EXIT(SV_ASSERT(1 > 2, "one is more than two"), testing::KilledBySignal(SIGABRT),
              "bug: one is more than two \\(1 > 2\\)");
}

TEST(Error, outer_layers_say_where) {
  const Error error =
      with_context("groq", {.kind = ErrorKind::timeout, .message = "no answer", .retry_after = 3s});
  EXPECT_EQ(error.message, "groq: no answer");
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_EQ(error.retry_after, 3s);
  EXPECT_EQ(to_string(ErrorKind::rate_limited), "rate_limited");
}

TEST(Error, every_kind_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorKind::io); ++i)
    names.insert(to_string(static_cast<ErrorKind>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::io) + 1);
}

TEST(Random, the_same_seed_gives_the_same_sequence) {
  Random first(42);
  Random second(42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.next(), second.next());
  EXPECT_NE(Random(1).next(), Random(2).next());
  EXPECT_NE(unguessable_hex(12), unguessable_hex(12));
  EXPECT_EQ(unguessable_hex(12).size(), 24U);
}

RC_GTEST_PROP(RandomProperty, stays_within_its_bounds, (std::uint64_t seed)) {
  Random random(seed);
  const auto bound = *rc::gen::inRange<std::uint64_t>(1, 1000);
  for (int i = 0; i < 50; ++i) {
    RC_ASSERT(random.below(bound) < bound);
    const double value = random.uniform(2.0, 3.0);
    RC_ASSERT(value >= 2.0 && value < 3.0);
  }
  RC_ASSERT(random.below(0) == 0U);
}

TEST(Deadline, is_shared_by_the_parts_of_an_operation) {
  const TimePoint now(1h);
  const Deadline deadline = Deadline::after(now, 10s);
  EXPECT_EQ(deadline.remaining(now + 4s), 6s);
  EXPECT_EQ(deadline.remaining(now + 11s), 0s);
  EXPECT_TRUE(deadline.has_passed(now + 10s));
  EXPECT_TRUE(Deadline::after(now, Duration::max()).is_never());
  EXPECT_EQ(Deadline::never().earlier(deadline).when(), deadline.when());
}

TEST(CheckDateText, has_the_form_of_the_original) {
  const std::string text =
      format_check_date(std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + 9h + 5min);
  ASSERT_EQ(text.size(), 16U);
  EXPECT_EQ(text.substr(2, 1) + text.substr(5, 1) + text.substr(10, 1) + text.substr(13, 1), ".. :");
}

}  // namespace
}  // namespace sv
