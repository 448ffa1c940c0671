#include "architecture/people_texts.hpp"

#include "architecture/literals.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace sv::architecture {

namespace {

const std::set<std::string_view> kRooms = {"base",   "domain",  "config", "checks", "cost",   "limits",
                                           "http",   "llm",     "store",  "tables", "sheets", "workbooks",
                                           "engine", "metrics", "prompt", "cli",    "report"};

struct Exception {
  std::string_view what;
  std::string_view reason;
};

// Path prefixes.
constexpr auto kFiles = std::to_array<Exception>({
    {"src/base/assert.cpp", "a bug, for developers"},
    {"src/base/secret", "in no sentence"},
    {"src/domain/pace_cells.hpp", "reasons of static_assert"},
    {"src/checks/", "the review's language: both stand side by side there (English first, Russian below)"},
    {"src/limits/", "a provider's words that are read"},
    {"src/llm/batch_file.cpp", "multipart headers"},
    {"src/llm/capabilities.cpp", "a record of the store"},
    {"src/llm/error_reply.cpp", "a provider's words that are read"},
    {"src/llm/provider_address.cpp", "HTTP headers"},
    {"src/store/store_file.cpp", "its sentences are in the table with each verb; SQLite's magic"},
    {"src/store/answer_database.cpp", "SQL; its three sentences are in the table and in tests/store"},
    {"src/tables/usual_headers.cpp", "headers that are looked for"},
    {"src/tables/review_columns.cpp", "headers of the review, a contract"},
    {"src/metrics/prometheus.cpp", "metrics do not change with the language"},
    {"src/metrics/metrics_server.cpp", "HTTP; its two sentences are in the table"},
    {"src/prompt/question.cpp", "to the model"},
    {"src/prompt/response_schema.hpp", "to the model"},
    {"src/report/texts.cpp", "both languages, checked by the compiler; texts.hpp says why apart"},
    {"src/report/progress_view", "words come from report/texts"},
    {"src/report/page", "a page has its own texts in both languages (report/page/)"},
    {"src/report/bench_text.cpp", "bench speaks English: its figures are for developers and documents"},
    {"src/report/run_page.cpp", "a page has its own texts in both languages (report/page/)"},
    {"src/cli/bench_experiments.cpp", "bench speaks English"},
    {"src/cli/bench_peers.cpp", "bench speaks English"},
    {"src/cli/completion_command.cpp", "shell code; its help is held by the test of --help"},
    {"src/cli/exit_code_table.hpp", "the manual is English; README.ru.md has the rows in Russian"},
    {"src/cli/man_page_command.cpp", "the manual is English; its help is held by the test of --help"},
    {"src/cli/init_texts.hpp", "both languages side by side"},
    {"src/cli/report_settings.cpp", "of the page"},
    {"src/cli/assemble_simulated", "for tests"},
    {"src/cli/limiter_trial", "for bench"},
    {"src/cli/help_words.cpp", "CLI11's own words, both languages side by side"},
    {"src/config/origins.cpp", "values in the form of the file; origins are in the table"},
    {"src/config/settings_table", "for documents"},
});

constexpr auto kTexts = std::to_array<Exception>({
    {"status-validator: {}{}\n", "the program's name"},
    {"status-validator: {}\n", "the program's name"},
    {"bench: {}\n", "bench speaks English"},
    {"cannot {} {}: {}", "made of verbs: each whole sentence is in the table"},
    {"cannot {} {}: {}; make the place writable or use another --cache", "likewise"},
    {"{} {}: {}; make the place writable or use another --cache", "likewise"},
    {"listening on {}\n", "programs read it"},
    {",} tr\n", "where a value of JSON ends"},
    {" or in ", "the whole help line is in the table"},
    {"{}, {} {}\n{:10}by the settings' checks: no model was asked", "its lines are in the table"},
    {"{}, {} {}\n{:10}answered by {} {} on {}", "its lines are in the table"},
    {"{} after {}", "both languages side by side"},
    {"Content-Type: application/x-www-form-urlencoded", "HTTP header"},
    {"Content-Type: application/json", "HTTP header"},
    {"Accept: application/json", "HTTP header"},
    {"Authorization: Bearer ", "HTTP header"},
    {"force={} checkdate={} dry_run={} limit={}", "a hash's input"},
    {"temperature={} reasoning={}", "a hash's input"},
});

// Words of sentences that are in the table as wholes, in the singular and the plural.
constexpr auto kParts = std::to_array<std::string_view>({
    "batch is",
    "batches are",
    "row was",
    "rows were",
    "request was",
    "requests were",
    "row repeats",
    "rows repeat",
    "its review is",
    "their reviews are",
    "review stands",
    "reviews stand",
    "text was",
    "texts were",
    "cell was",
    "cells were",
    "look at",
    "write to",
    "read from",
    "write to directory",
    "set the mode of",
    "scratch file",
    "make a scratch directory as",
    "write a scratch file for",
    "read a scratch file for",
    "the rows to the output",
    "iat and exp",
    "ahead of",
});

bool is_for_people(const std::string& text) {
  static const std::regex kWords(R"([a-z]{2,}[,.:;)'}]* [^ ]*[a-z{]|\} [a-z]{2})");
  return std::regex_search(text, kWords);
}

bool has_cyrillic(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return static_cast<unsigned char>(c) == 0xD0 || static_cast<unsigned char>(c) == 0xD1;
  });
}

// Asserts end the program with a report for developers.
bool is_of_an_assert(std::string_view code, std::size_t at) {
  const std::size_t begin = code.rfind(';', at);
  const std::size_t from = begin == std::string_view::npos ? 0 : begin;
  const std::string_view statement = code.substr(from, at - from);
  return statement.find("SV_ASSERT") != std::string_view::npos ||
         statement.find("SV_UNREACHABLE") != std::string_view::npos ||
         statement.find("static_assert") != std::string_view::npos;
}

}  // namespace

std::vector<PeopleText> people_texts(const std::vector<SourceFile>& files) {
  std::vector<PeopleText> texts;
  for (const SourceFile& file : files) {
    if (!kRooms.contains(file.room())) continue;
    if (std::ranges::any_of(kFiles, [&](const Exception& one) { return file.path.starts_with(one.what); }))
      continue;
    const std::string code = joined_lines(file);
    const std::vector<Literal> literals = literals_of(code);
    for (std::size_t i = 0; i < literals.size(); ++i) {
      const Literal& literal = literals[i];
      if (!is_for_people(literal.text) || has_cyrillic(literal.text)) continue;
      const bool is_in_both = i + 1 < literals.size() && has_cyrillic(literals[i + 1].text);
      if (is_in_both || is_of_an_assert(code, literal.begin)) continue;
      if (std::ranges::find(kTexts, literal.text, &Exception::what) != kTexts.end()) continue;
      if (std::ranges::find(kParts, literal.text) != kParts.end()) continue;
      texts.push_back({.path = file.path, .line = line_of(code, literal.begin), .text = literal.text});
    }
  }
  return texts;
}

std::vector<std::string> stale_exceptions(const std::vector<SourceFile>& files) {
  std::vector<std::string> stale;
  std::set<std::string> all;
  for (const SourceFile& file : files) {
    for (const Literal& literal : literals_of(joined_lines(file))) all.insert(literal.text);
  }
  for (const Exception& one : kFiles) {
    if (std::ranges::none_of(files, [&](const SourceFile& file) { return file.path.starts_with(one.what); }))
      stale.emplace_back(one.what);
  }
  for (const Exception& one : kTexts) {
    if (!all.contains(std::string(one.what))) stale.emplace_back(one.what);
  }
  for (const std::string_view part : kParts) {
    if (!all.contains(std::string(part))) stale.emplace_back(part);
  }
  return stale;
}

}  // namespace sv::architecture
