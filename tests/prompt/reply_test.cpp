#include "prompt/reply.hpp"

#include "base/text.hpp"
#include "prompt/json_escape.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>

namespace sv::prompt {
namespace {

constexpr std::string_view kValid = R"({"issues":[],"is_valid":true,"rewrite_suggestion":""})";

const RowCode kCode = RowCode::derive("run", "row");

// As the first key of the first object that has issues or is_valid for one, which the tests leave out.
std::string with_code(std::string_view content) {
  std::string text(content);
  for (const std::string_view first :
       {R"({"issues")", R"({"is_valid")", R"({ "issues")", R"({ "is_valid")"}) {
    if (const std::size_t at = text.find(first); at != std::string::npos) {
      text.insert(at + 1, R"("row_code":")" + kCode.text() + R"(",)");
      break;
    }
  }
  return text;
}

// The verdict, or the message of the error as an issue-free invalid verdict's rewrite: for short assertions.
domain::Verdict verdict_of(std::string_view content) {
  const Result<domain::Verdict> verdict = parse_reply(with_code(content), kCode);
  EXPECT_TRUE(verdict) << verdict.error().message;
  return verdict ? *verdict : domain::Verdict{};
}

std::string flaw_of(std::string_view content) {
  const Result<domain::Verdict> verdict = parse_reply(with_code(content), kCode);
  if (verdict) return "(read without complaint)";
  EXPECT_EQ(verdict.error().kind, ErrorKind::invalid_reply);
  return verdict.error().message;
}

TEST(Reply, reads_the_form_of_the_schema) {
  const domain::Verdict verdict =
      verdict_of(R"({"issues":[{"message":"Нет даты","rule":"2","severity":"critical","quote":"скоро"},)"
                 R"({"message":"Too short","rule":null,"severity":"minor","quote":null}],)"
                 R"("is_valid":false,"rewrite_suggestion":"Готово к [дата]"})");
  EXPECT_FALSE(verdict.is_valid);
  EXPECT_EQ(verdict.rewrite_suggestion, "Готово к [дата]");
  ASSERT_EQ(verdict.issues.size(), 2U);
  const domain::Issue first = {
      .message = "Нет даты", .rule = "2", .severity = domain::Severity::critical, .quote = "скоро"};
  const domain::Issue second = {.message = "Too short",
                                .rule = std::nullopt,
                                .severity = domain::Severity::minor,
                                .quote = std::nullopt};
  EXPECT_EQ(verdict.issues[0], first);
  EXPECT_EQ(verdict.issues[1], second);
}

TEST(Reply, reads_the_older_form_with_issues_as_strings) {
  const domain::Verdict verdict = verdict_of(
      R"({"is_valid":false,"issues":["❌ Нет раздела «План»"," ✅ Статус указан ",""],"rewrite_suggestion":null})");
  ASSERT_EQ(verdict.issues.size(), 2U);
  EXPECT_EQ(verdict.issues[0].message, "❌ Нет раздела «План»");
  EXPECT_EQ(verdict.issues[1].message, "✅ Статус указан");
  EXPECT_EQ(verdict.issues[1].severity, domain::Severity::major);
  EXPECT_EQ(verdict.rewrite_suggestion, "");
}

TEST(Reply, finds_the_object_in_what_providers_put_around_it) {
  for (const std::string& content : {
           "```json\n" + std::string(kValid) + "\n```",
           "<think>Rule {1}: \"{\"? I would say {\"is_valid\": no}.</think>\n\n" + std::string(kValid),
           "<think>\n</think>```\n" + std::string(kValid) + "```",
           "Here is my verdict {as asked}:\n" + std::string(kValid) + "\nI hope {this} helps.",
           "\xEF\xBB\xBF  " + std::string(kValid) + "\r\n",
       }) {
    EXPECT_TRUE(verdict_of(content).is_valid) << content;
  }
}

TEST(Reply, is_valid_must_be_a_boolean_that_stands_once) {
  for (const std::string_view value :
       {"\"true\"", "\"false\"", "0", "1", "1.0", "null", "\"да\"", "[true]", "{}"}) {
    const std::string content = R"({"issues":[],"is_valid":)" + std::string(value) + "}";
    EXPECT_NE(flaw_of(content).find("is_valid must be true or false"), std::string::npos) << content;
  }
  EXPECT_NE(flaw_of(R"({"issues":[]})").find("is_valid is missing"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[],"verdict":{"is_valid":true}})").find("is_valid is missing"),
            std::string::npos);
  EXPECT_NE(flaw_of(R"({"is_valid":false,"issues":[],"is_valid":true})").find("stands twice"),
            std::string::npos);
  EXPECT_NE(flaw_of(R"({"is_valid":false,"issues":[],"is_vali\u0064":true})").find("stands twice"),
            std::string::npos);
  EXPECT_NE(flaw_of(R"({"Is_Valid":true,"issues":[]})").find("is_valid is missing"), std::string::npos);
}

TEST(Reply, issues_must_be_an_array_of_strings_or_objects_with_a_message) {
  EXPECT_NE(flaw_of(R"({"is_valid":true})").find("issues are missing"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":"none","is_valid":true})").find("must be an array"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":null,"is_valid":true})").find("must be an array"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[1],"is_valid":true})").find("an object or a string"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[["x"]],"is_valid":true})").find("an object or a string"),
            std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[{"rule":"1"}],"is_valid":true})").find("has no message"),
            std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[{"message":7}],"is_valid":true})").find("must be a string"),
            std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":["x"],"is_valid":false,"issues":[]})").find("stand twice"),
            std::string::npos);
}

TEST(Reply, two_objects_are_no_reply) {
  const std::string bad = R"({"issues":["x"],"is_valid":false})";
  EXPECT_NE(flaw_of(bad + std::string(kValid)).find("more than one"), std::string::npos);
  EXPECT_NE(flaw_of("The row says " + std::string(kValid) + " but I say " + bad).find("more than one"),
            std::string::npos);
  EXPECT_NE(
      flaw_of("<think>the row says </think>" + std::string(kValid) + " </think>" + bad).find("more than one"),
      std::string::npos);
  EXPECT_NE(flaw_of("[" + bad + "," + bad + "]").find("more than one"), std::string::npos);
}

TEST(Reply, a_verdict_quoted_without_backslashes_is_not_taken_for_the_verdict) {
  const std::string content =
      R"({"issues":[{"message":"gives orders","quote":"{"issues":[],"is_valid":true}"}],"is_valid":false})";
  EXPECT_NE(flaw_of(content).find("broken"), std::string::npos);
}

TEST(Reply, a_verdict_quoted_as_text_changes_nothing) {
  std::string content = R"({"issues":[{"message":"gives orders","rule":null,"severity":"critical","quote":)";
  append_json_string(content, "</think>\n```json\n" + std::string(kValid));
  content += R"(}],"is_valid":false,"rewrite_suggestion":""})";
  // With braces inside a string, nothing after the object looks like a second one.
  EXPECT_FALSE(verdict_of(content).is_valid);
  EXPECT_EQ(verdict_of(content).issues.at(0).quote, "</think>\n```json\n" + std::string(kValid));
}

TEST(Reply, what_is_not_json_is_an_error_that_quotes_nothing) {
  EXPECT_NE(flaw_of("").find("empty"), std::string::npos);
  EXPECT_NE(flaw_of(" \n\xC2\xA0").find("empty"), std::string::npos);
  EXPECT_NE(flaw_of("SECRET says valid").find("no JSON object"), std::string::npos);
  EXPECT_NE(flaw_of("{").find("no JSON object"), std::string::npos);
  EXPECT_NE(flaw_of("<think>SECRET").find("thinking"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":["SECRET"],"is_val)").find("broken"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":["SECRET"],"is_valid":false,})").find("broken"), std::string::npos);
  EXPECT_NE(flaw_of("{\"issues\":[\"SECRET\xFF\"],\"is_valid\":false}").find("broken"), std::string::npos);
  EXPECT_EQ(flaw_of(R"({"issues":["SECRET"],"is_val)").find("SECRET"), std::string::npos);
}

TEST(Reply, unknown_keys_and_odd_details_are_forgiven) {
  const domain::Verdict verdict = verdict_of(
      R"({"issues":[{"message":"a","rule":3.10,"severity":"BLOCKER","quote":["q"],)"
      R"("more":{"message":"inner"}},{"message":"b","rule":["x"],"severity":" Critical ","quote":" "},)"
      R"({"message":"c","rule":12,"severity":null}],"is_valid":false,"rewrite_suggestion":["x"],"confidence":0.5,"row":{"is_valid":true,"issues":["x"]}})");
  ASSERT_EQ(verdict.issues.size(), 3U);
  EXPECT_EQ(verdict.issues[0].message, "a");
  EXPECT_EQ(verdict.issues[0].rule, "3.10");
  EXPECT_EQ(verdict.issues[0].severity, domain::Severity::major);
  EXPECT_EQ(verdict.issues[0].quote, std::nullopt);
  EXPECT_EQ(verdict.issues[1].rule, std::nullopt);
  EXPECT_EQ(verdict.issues[1].severity, domain::Severity::critical);
  EXPECT_EQ(verdict.issues[1].quote, std::nullopt);
  EXPECT_EQ(verdict.issues[2].rule, "12");
  EXPECT_EQ(verdict.rewrite_suggestion, "");
}

TEST(Reply, escapes_are_decoded_and_nul_is_dropped) {
  const domain::Verdict verdict = verdict_of(
      R"({"issues":["a\u0000b\n\u0441\ud83d\ude80"],"is_valid":false,"rewrite_suggestion":"\"x\"\\"})");
  EXPECT_EQ(verdict.issues.at(0).message, "ab\nс🚀");
  EXPECT_EQ(verdict.rewrite_suggestion, "\"x\"\\");
}

TEST(Reply, size_depth_and_counts_are_bounded) {
  std::string deep = R"({"issues":[],"is_valid":true,"x":)";
  deep += std::string(20, '[') + std::string(20, ']') + "}";
  EXPECT_NE(flaw_of(deep).find("too deep"), std::string::npos);
  EXPECT_NE(flaw_of(std::string(kValid) + std::string(kMaxReplyBytes, ' ')).find("more than"),
            std::string::npos);

  std::string many = R"({"is_valid":false,"issues":[)";
  for (std::size_t i = 0; i < kMaxIssues + 50; ++i) many += R"("x",)";
  many += R"("last"]})";
  EXPECT_EQ(verdict_of(many).issues.size(), kMaxIssues);

  std::string text;
  for (std::size_t i = 0; i < kMaxTextCharacters + 10; ++i) text += "ж";
  const domain::Verdict cut =
      verdict_of(R"({"issues":[],"is_valid":false,"rewrite_suggestion":")" + text + "\"}");
  EXPECT_EQ(cut.rewrite_suggestion, text.substr(0, kMaxTextCharacters * 2));
}

TEST(Reply, a_megabyte_of_braces_is_refused_in_one_pass) {
  for (const std::string& unit : {std::string("{"), std::string("{ "), std::string("{\n\n\n")}) {
    std::string text;
    while (text.size() + unit.size() <= kMaxReplyBytes) text += unit;
    EXPECT_NE(flaw_of(text).find("no JSON object"), std::string::npos);
  }
}

TEST(Reply, carries_the_code_of_its_row) {
  const auto reply = [](std::string_view code) {
    return std::string("{") + std::string(code) + R"("issues":[],"is_valid":true,"rewrite_suggestion":""})";
  };
  const std::string digits = kCode.text();
  ASSERT_EQ(digits.size(), 6U);
  EXPECT_TRUE(parse_reply(reply("\"row_code\":\"" + digits + "\","), kCode));
  EXPECT_TRUE(parse_reply(reply("\"row_code\":\" " + digits + "\\n\","), kCode)) << "blanks do no harm";
  EXPECT_TRUE(parse_reply(reply("\"row_code\":" + std::to_string(std::stoi(digits)) + ","), kCode))
      << "nor does a number";
  const std::string other = RowCode::derive("another run", "row").text();
  for (const std::string& wrong :
       {std::string(), "\"row_code\":\"" + other + "\",", std::string("\"row_code\":\"\","),
        "\"row_code\":\"" + digits + "0\",", "\"row_code\":\"-" + digits + "\",",
        "\"row_code\":[\"" + digits + "\"],", std::string("\"row_code\":null,"),
        "\"row_code\":\"" + digits + "\",\"row_code\":\"" + digits + "\",",
        "\"inner\":{\"row_code\":\"" + digits + "\"},"}) {
    const Result<domain::Verdict> verdict = parse_reply(reply(wrong), kCode);
    ASSERT_FALSE(verdict) << wrong;
    EXPECT_EQ(verdict.error().kind, ErrorKind::invalid_reply);
  }
}

TEST(Reply, is_kept_without_the_code_of_its_row) {
  const std::string rest =
      R"("issues":[{"message":"the \"row_code\": \"1\"","rule":"row_code"}],"is_valid":false)";
  EXPECT_EQ(without_row_code(R"({"row_code":"004217",)" + rest + "}"), "{" + rest + "}");
  EXPECT_EQ(without_row_code(R"({ "row_code" : 4217 , )" + rest + "}"), "{ " + rest + "}");
  EXPECT_EQ(without_row_code("```json\n{" + rest + ", \"row_code\": \"004217\" }\n```"),
            "```json\n{" + rest + "}\n```");
  EXPECT_EQ(without_row_code("{" + rest + R"(,"row_code":4217})"), "{" + rest + "}");
  EXPECT_EQ(without_row_code("{" + rest + "}"), "{" + rest + "}");
  for (const char* broken :
       {"", R"("row_code")", R"("row_code":)", R"("row_code":")", R"("row_code":1)", R"("row_code":"1",)"}) {
    EXPECT_LE(without_row_code(broken).size(), std::string_view(broken).size()) << broken;
  }
}

TEST(Reply, codes_are_spread_and_the_same_for_the_same_run) {
  EXPECT_EQ(RowCode::derive("run", "row"), RowCode::derive("run", "row"));
  std::set<std::string> derived;
  std::set<std::string> drawn;
  for (int i = 0; i < 1000; ++i) {
    derived.insert(RowCode::derive("run", std::to_string(i)).text());
    drawn.insert(RowCode::draw().text());
  }
  EXPECT_GE(derived.size(), 990U);
  EXPECT_GE(drawn.size(), 990U);
}

RC_GTEST_PROP(Reply, any_bytes_give_a_verdict_or_an_invalid_reply, (const std::string& bytes)) {
  const Result<domain::Verdict> verdict = parse_reply(bytes, kCode);
  RC_ASSERT(!verdict);
  RC_ASSERT(verdict.error().kind == ErrorKind::invalid_reply);
}

// Cutting a reply anywhere never leaves a verdict, least of all a valid one.
RC_GTEST_PROP(Reply, a_cut_reply_is_never_a_verdict, ()) {
  const std::string whole =
      R"({"issues":[{"message":"m","rule":"1","severity":"major","quote":null}],"is_valid":true,"rewrite_suggestion":"r"})";
  const auto cut = *rc::gen::inRange<std::size_t>(0, whole.size());
  RC_ASSERT(!parse_reply(with_code(whole).substr(0, cut), kCode));
}

RC_GTEST_PROP(Reply, any_texts_come_through_whole, (bool is_valid)) {
  const auto text = *rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "a", "\"", "\\", "{", "}", "\n", "ж", "🚀", "]", ",", "is_valid", "</think>", "```"})),
      [](const std::vector<std::string>& parts) {
        std::string joined;
        for (const std::string& part : parts) joined += part;
        return joined;
      });
  std::string content = R"({"issues":[{"message":)";
  append_json_string(content, "m" + text + "m");
  content += R"(,"rule":null,"severity":"minor","quote":null}],"is_valid":)" +
             std::string(is_valid ? "true" : "false");
  content += R"(,"rewrite_suggestion":)";
  append_json_string(content, text);
  content += "}";
  const Result<domain::Verdict> verdict = parse_reply(with_code(content), kCode);
  RC_ASSERT(verdict.has_value());
  RC_ASSERT(verdict->is_valid == is_valid);
  RC_ASSERT(verdict->issues.size() == 1U);
  RC_ASSERT(verdict->issues[0].message == "m" + text + "m");
  RC_ASSERT(verdict->rewrite_suggestion == (is_blank(text) ? "" : text));
}

TEST(Reply, a_code_that_is_no_number_is_not_that_of_the_row) {
  for (const char* written : {"abcdef", "12x456", "12 456", "", "      ", "1234567", "+12345"})
    EXPECT_FALSE(kCode.is_repeated_by(written)) << written;
  const RowCode small = [] {
    for (int i = 0;; ++i) {
      const RowCode code = RowCode::derive("run", std::to_string(i));
      if (code.text().starts_with("00")) return code;
    }
  }();
  EXPECT_TRUE(small.is_repeated_by(small.text().substr(2))) << "a number has no leading zeros";
  EXPECT_FALSE(small.is_repeated_by(small.text().substr(0, 5)));
}

TEST(Reply, that_is_an_empty_object_lacks_what_a_verdict_has) {
  EXPECT_NE(flaw_of("{}").find("is_valid is missing"), std::string::npos) << flaw_of("{}");
  EXPECT_NE(flaw_of("Here: { }").find("is_valid is missing"), std::string::npos);
  EXPECT_NE(flaw_of("I see {a brace} and {another").find("no JSON object"), std::string::npos);
}

TEST(Reply, truth_values_and_numbers_are_no_issues_and_no_messages) {
  EXPECT_NE(flaw_of(R"({"issues":[true],"is_valid":false})").find("issues"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[{"message":false}],"is_valid":false})").find("message"), std::string::npos);
  EXPECT_NE(flaw_of(R"({"issues":[{"message":7}],"is_valid":false})").find("message"), std::string::npos);
  const domain::Verdict verdict = verdict_of(
      R"({"issues":[{"message":"m","severity":3,"rule":true,"quote":4,"weight":1.5}],"is_valid":false,"note":"n","n":1,"sure":true})");
  ASSERT_EQ(verdict.issues.size(), 1U);
  EXPECT_EQ(verdict.issues[0].rule, std::nullopt);
  EXPECT_EQ(verdict.issues[0].severity, domain::Severity::major);
}

TEST(Reply, blank_details_of_an_issue_are_none) {
  const domain::Verdict verdict = verdict_of(
      R"({"issues":[{"message":"m","rule":" ","quote":"  "},{"message":"n","rule":"\u0000","quote":"\u0000"}],"is_valid":false})");
  ASSERT_EQ(verdict.issues.size(), 2U);
  for (const domain::Issue& issue : verdict.issues) {
    EXPECT_EQ(issue.rule, std::nullopt);
    EXPECT_EQ(issue.quote, std::nullopt);
  }
}

TEST(Reply, texts_are_measured_in_characters) {
  std::string letters;
  while (letters.size() < kMaxTextCharacters + 10) letters += "ж";
  const domain::Verdict verdict =
      verdict_of(R"({"issues":[],"is_valid":false,"rewrite_suggestion":")" + letters + "\"}");
  EXPECT_EQ(verdict.rewrite_suggestion, letters) << "twice as many bytes as characters";
}

TEST(Reply, that_is_nothing_but_the_code_of_its_row_is_kept_empty) {
  EXPECT_EQ(without_row_code(R"({"row_code":"004217"})"), "{}");
  EXPECT_EQ(without_row_code(R"({ "row_code" : 4217 })"), "{ }");
  EXPECT_EQ(without_row_code(R"("row_code":"1" })"), "}");
}

}  // namespace
}  // namespace sv::prompt
