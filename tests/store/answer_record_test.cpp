#include "store/answer_record.hpp"

#include "store/store_harness.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace sv::store {
namespace {

rc::Gen<std::optional<std::string>> optional_text() {
  return rc::gen::map(rc::gen::maybe(rc::gen::arbitrary<std::string>()), [](rc::Maybe<std::string> text) {
    return text ? std::optional<std::string>(*text) : std::nullopt;
  });
}

rc::Gen<domain::Issue> any_issue() {
  return rc::gen::build<domain::Issue>(
      rc::gen::set(&domain::Issue::message, rc::gen::arbitrary<std::string>()),
      rc::gen::set(&domain::Issue::rule, optional_text()),
      rc::gen::set(
          &domain::Issue::severity,
          rc::gen::element(domain::Severity::minor, domain::Severity::major, domain::Severity::critical)),
      rc::gen::set(&domain::Issue::quote, optional_text()));
}

TEST(AnswerRecord, writes_issues_readably) {
  const std::vector<domain::Issue> issues{
      {.message = "no such status",
       .rule = std::nullopt,
       .severity = domain::Severity::critical,
       .quote = "Done"},
      {.message = "", .rule = "2", .severity = domain::Severity::minor, .quote = std::nullopt}};
  EXPECT_EQ(encode_issues(issues), "214:no such status,-,4:Done,00:,1:2,-,");
  EXPECT_EQ(encode_issues({}), "");
}

TEST(AnswerRecord, reads_no_issues_from_what_it_cannot_have_written) {
  for (const char* text :
       {"3", "x", "1", "14:abc,-,-,", "199999999999999999999:a,-,-,", "1-1:a,-,-,", "11:a,-,", "11:a-,-,",
        "118446744073709551615:a,-,-,", "11:a,-,-,junk", "13:ab,-,-,"}) {
    EXPECT_FALSE(decode_issues(text)) << text;
  }
}

RC_GTEST_PROP(AnswerRecord, reads_back_any_issues, ()) {
  const auto issues = *rc::gen::container<std::vector<domain::Issue>>(any_issue());
  const auto read = decode_issues(encode_issues(issues));
  RC_ASSERT(read.has_value());
  RC_ASSERT((*read == issues));
}

RC_GTEST_PROP(AnswerRecord, survives_any_bytes_in_place_of_issues, (const std::string& noise)) {
  const auto text = *rc::gen::element(noise, "1" + noise, "13:" + noise, "13:abc,-," + noise);
  if (const auto issues = decode_issues(text)) {
    // Numbers may have leading zeros; what was understood must stay the same when written again.
    RC_ASSERT((decode_issues(encode_issues(*issues)) == issues));
  }
}

RC_GTEST_PROP(AnswerRecord, has_a_checksum_that_notices_a_moved_border_and_every_changed_field, ()) {
  const auto text = *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>());
  const auto cut = *rc::gen::inRange<std::size_t>(0, text.size());
  AnswerRecord whole;
  whole.provider = text;
  AnswerRecord split;
  split.provider = std::string_view(text).substr(0, cut);
  split.model = std::string_view(text).substr(cut);
  RC_ASSERT(checksum("key", whole) != checksum("key", split));
  RC_ASSERT(checksum("key", whole) != checksum("kez", whole));
  AnswerRecord other = whole;
  other.usage.reasoning = 1;
  RC_ASSERT(checksum("key", whole) != checksum("key", other));
  other = whole;
  other.is_valid = true;
  RC_ASSERT(checksum("key", whole) != checksum("key", other));
}

TEST(AnswerRecord, has_the_same_checksum_for_empty_text_with_and_without_an_address) {
  AnswerRecord without;
  AnswerRecord with;
  const std::string empty;
  with.issues = empty;
  with.rewrite = empty;
  EXPECT_EQ(checksum("key", without), checksum("key", with));
}

TEST(AnswerRecord, with_issues_that_it_cannot_have_written_is_no_answer) {
  const domain::Answer answer = make_answer(1);
  const std::string issues = encode_issues(answer.verdict.issues);
  ASSERT_TRUE(to_answer(to_record(answer, issues, "run")));
  for (std::size_t size = 1; size < issues.size(); ++size)
    EXPECT_FALSE(to_answer(to_record(answer, std::string_view(issues).substr(0, size), "run"))) << size;
  EXPECT_FALSE(to_answer(to_record(answer, "3" + issues.substr(1), "run"))) << "no such severity";
}

}  // namespace
}  // namespace sv::store
