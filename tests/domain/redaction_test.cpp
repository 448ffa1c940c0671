#include "domain/redaction.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace sv::domain {
namespace {

constexpr Redaction kEverything{
    .project_managers = true, .identifiers = true, .emails = true, .phones = true};

std::string hidden_comment(const std::string& comment, const std::string& manager = "Иванов Пётр Сергеевич",
                           const std::string& identifier = "PRJ-17") {
  return hide({.comment = comment, .identifier = identifier, .project_manager = manager}, kEverything)
      .row.comment;
}

TEST(Redaction, hides_the_manager_in_every_case) {
  EXPECT_EQ(hidden_comment("Согласовано с Ивановым, ждём Петра"), "Согласовано с {{NAME-1}}, ждём Петра")
      << "Пётр and Петра share too little";
  EXPECT_EQ(hidden_comment("Иванов, Иванову; Иванов"), "{{NAME-1}}, {{NAME-2}}; {{NAME-1}}");
  EXPECT_EQ(hidden_comment("ИВАНОВ и Сергеевича"), "{{NAME-1}} и {{NAME-2}}");
  EXPECT_EQ(hidden_comment("Позвонить Марии", "Мария Ли"), "Позвонить {{NAME-1}}");
  EXPECT_EQ(hidden_comment("Smith's plan; the Smiths; a smithy", "J. Smith"),
            "{{NAME-1}}'s plan; the {{NAME-2}}; a smithy");
  EXPECT_EQ(hidden_comment("J. is not hidden", "J. Smith"), "J. is not hidden");
}

TEST(Redaction, hides_the_identifier_as_a_word) {
  EXPECT_EQ(hidden_comment("PRJ-17 is late, PRJ-170 and XPRJ-17 are not"),
            "{{ID-1}} is late, PRJ-170 and XPRJ-17 are not");
  EXPECT_EQ(hidden_comment("Мост сдан", "", "Мост"), "{{ID-1}} сдан");
}

TEST(Redaction, hides_addresses_and_no_amounts_or_dates) {
  EXPECT_EQ(hidden_comment("Mail ivan.petrov+x@corp.example.com."), "Mail {{EMAIL-1}}.");
  EXPECT_EQ(hidden_comment("почта: иван@пример.рф"), "почта: иван@пример.рф") << "no ASCII local part";
  EXPECT_EQ(hidden_comment("user@host has no domain"), "user@host has no domain");
  EXPECT_EQ(hidden_comment("Тел. +7 (495) 123-45-67, доб. 5"), "Тел. {{PHONE-1}}, доб. 5");
  EXPECT_EQ(hidden_comment("8 800 555 35 35"), "{{PHONE-1}}");
  EXPECT_EQ(hidden_comment("(212) 555-0123 x2"), "{{PHONE-1}} x2");
  for (const char* text :
       {"Budget 1 234 567 890 RUB", "25.11.2026", "2026-11-25 2026-12-01", "120000000000"}) {
    EXPECT_EQ(hidden_comment(text), text);
  }
}

TEST(Redaction, hides_only_what_it_is_told_to) {
  const Row row{
      .comment = "Smith: a@b.example, +1 212 555 0123, P-1", .identifier = "P-1", .project_manager = "Smith"};
  EXPECT_EQ(hide(row, {}).row.comment, row.comment);
  EXPECT_EQ(hide(row, {.project_managers = true}).row.comment,
            "{{NAME-1}}: a@b.example, +1 212 555 0123, P-1");
  EXPECT_EQ(hide(row, {.emails = true}).row.comment, "Smith: {{EMAIL-1}}, +1 212 555 0123, P-1");
}

TEST(Redaction, a_placeholder_that_the_author_wrote_stays_his) {
  const Row row{.comment = "{{NAME-1}} was typed by Smith", .project_manager = "Smith"};
  EXPECT_EQ(hide(row, kEverything).row.comment, "{{NAME-1}} was typed by {{NAME-2}}");
  Verdict verdict{.rewrite_suggestion = "{{NAME-1}} and {{NAME-2}}"};
  restore(row, kEverything, verdict);
  EXPECT_EQ(verdict.rewrite_suggestion, "{{NAME-1}} and Smith");
}

TEST(Redaction, comes_back_wherever_the_verdict_speaks_of_it) {
  const Row row{.comment = "Ask Smith", .project_manager = "Smith"};
  Verdict verdict{.issues = {{.message = "{{NAME-1}} did what?", .rule = "2", .quote = "Ask {{NAME-1}}"}},
                  .rewrite_suggestion = "{{NAME-1}} signs; {{NAME-7}} is nobody"};
  restore(row, kEverything, verdict);
  EXPECT_EQ(verdict.issues[0].message, "Smith did what?");
  EXPECT_EQ(verdict.issues[0].quote, "Ask Smith");
  EXPECT_EQ(verdict.rewrite_suggestion, "Smith signs; {{NAME-7}} is nobody");
}

TEST(Redaction, braces_around_and_within_a_placeholder_are_the_authors) {
  const Row row{.comment = "{{{Smith}}} {{Smith {{NAME-1 }}", .project_manager = "Smith"};
  const HiddenRow hidden = hide(row, kEverything);
  EXPECT_EQ(hidden.row.comment, "{{{{{NAME-1}}}}} {{{{NAME-1}} {{NAME-1 }}");
  Verdict verdict{.rewrite_suggestion = hidden.row.comment};
  restore(row, kEverything, verdict);
  EXPECT_EQ(verdict.rewrite_suggestion, row.comment);
}

// Compared each with each, these cells (a megabyte each, as the reader takes them) would take hours.
TEST(Redaction, of_cells_full_of_names_is_done) {
  std::string addresses;
  std::string words;
  for (int i = 0; addresses.size() < 1'000'000; ++i) addresses += fmt::format("{{{{ u{}@b.cd ", i);
  for (int i = 0; words.size() < 1'000'000; ++i) words += fmt::format("имя{}а w{} ", i, i);
  const Row row{.status = words, .comment = addresses, .project_manager = words};
  const HiddenRow hidden = hide(row, kEverything);
  EXPECT_GT(hidden.hidden.size(), 100'000U);
  Verdict verdict{.issues = {{.message = hidden.row.status, .rule = {}, .quote = {}}},
                  .rewrite_suggestion = hidden.row.comment};
  restore(row, kEverything, verdict);
  EXPECT_TRUE(verdict.rewrite_suggestion == addresses);
  EXPECT_TRUE(verdict.issues[0].message == words);
}

TEST(Redaction, of_an_identifier_that_is_a_megabyte_of_one_letter_is_done) {
  const std::string long_text(1'000'000, 'a');
  EXPECT_EQ(hide({.comment = long_text, .identifier = long_text.substr(1)}, kEverything).row.comment,
            long_text);
  EXPECT_EQ(hide({.comment = long_text + " is late", .identifier = long_text}, kEverything).row.comment,
            "{{ID-1}} is late");
}

RC_GTEST_PROP(Redaction, an_identifier_is_hidden_wherever_it_stands_as_a_word, ()) {
  const auto letters = [] { return rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab "))); };
  const std::string identifier = "a" + *letters() + "b";
  const std::string before = *letters();
  const std::string after = *letters();
  const HiddenRow hidden =
      hide({.comment = before + " " + identifier + " " + after, .identifier = identifier}, kEverything);
  std::string left = " " + hidden.row.comment + " ";
  RC_ASSERT(!left.contains(" " + identifier + " "));
  RC_ASSERT(hidden.row.comment.contains("{{ID-1}}"));
}

// Texts made of what is looked for, so that cases are not all without a find.
rc::Gen<std::string> a_text() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                          rc::gen::elementOf(std::vector<std::string>{"Иванов",
                                                                      "Ивановым",
                                                                      "Smith",
                                                                      "PRJ-17",
                                                                      "a@b.cd",
                                                                      "+7 495 123 45 67",
                                                                      "8",
                                                                      "(",
                                                                      ")",
                                                                      "@",
                                                                      ".",
                                                                      " ",
                                                                      "{{NAME-1}}",
                                                                      "{{",
                                                                      "}}",
                                                                      "1",
                                                                      "-",
                                                                      "ё",
                                                                      "\xF0\x9F\x9A\xA7",
                                                                      "\xFF",
                                                                      "word",
                                                                      "\n"})),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& part : parts) text += part;
                        return text;
                      });
}

RC_GTEST_PROP(Redaction, what_was_hidden_comes_back_byte_for_byte, ()) {
  const Row row{.status = *a_text(),
                .comment = *a_text(),
                .completion_date = *a_text(),
                .identifier = "PRJ-17",
                .project_manager = "Иванов Smith"};
  const HiddenRow hidden = hide(row, kEverything);
  for (const HiddenText& one : hidden.hidden) {
    RC_ASSERT(!row.comment.contains(one.placeholder));
    RC_ASSERT(!one.text.empty());
  }
  Verdict verdict{.issues = {{.message = hidden.row.status, .rule = {}, .quote = hidden.row.completion_date}},
                  .rewrite_suggestion = hidden.row.comment};
  restore(row, kEverything, verdict);
  RC_ASSERT(verdict.issues[0].message == row.status);
  RC_ASSERT(verdict.issues[0].quote == row.completion_date);
  RC_ASSERT(verdict.rewrite_suggestion == row.comment);
}

RC_GTEST_PROP(Redaction, no_name_stays, ()) {
  const Row row{.comment = *a_text(), .project_manager = "Smith"};
  const std::string shown = hide(row, kEverything).row.comment;
  // Between letters it is another word.
  RC_ASSERT(!(" " + shown + " ").contains(" Smith "));
  RC_ASSERT(!shown.contains("a@b.cd "));
}

}  // namespace
}  // namespace sv::domain
