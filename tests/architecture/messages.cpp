#include "architecture/messages.hpp"

#include "architecture/literals.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace sv::architecture {

namespace {

const std::set<std::string_view> kRooms = {"base",   "checks",  "cost",   "limits", "http",
                                           "llm",    "store",   "tables", "sheets", "workbooks",
                                           "engine", "metrics", "cli"};

struct Exception {
  std::string_view what;
  std::string_view reason;
};

// Path prefixes.
constexpr auto kFiles = std::to_array<Exception>({
    {"src/cli/simulate", "for tests and demonstrations"},
    {"src/cli/assemble_simulated", "for tests"},
    {"src/cli/bench", "for developers"},
    {"src/cli/limiter_trial", "for bench"},
});

// Beginnings of messages with which there is nothing to do.
constexpr auto kTexts = std::to_array<Exception>({
    {"SIMULATION: ", "was asked for"},
    {"exit code 1, as --fail-on asks", "was asked for"},
    {"no answer: nothing is written", "it was the reader who gave none"},
    {"{} has no row {}", "says how rows are numbered"},
    {"{} cannot be written: {}", "the system's reason stands behind the colon"},
    {"--metrics-listen: ", "what stands behind it has an example"},
    {"'{}' is not an IP address", "stands behind --metrics-listen or --host"},
    {"cannot listen on {}", "goes on with: choose another port"},
    {"{}: waiting for the answers in flight", "goes on by itself"},
    {"provider {} answers again", "good news"},
    {"the deadline is {}: the batches", "as was asked for"},
    {"what became of the batches", "told for the record"},
    {"batch {} ({}) does not end", "goes on by itself: its rows are asked one by one"},
    {"batch {} does not end", "likewise"},
    {"batch {} is past its time", "likewise"},
    {"batch {}: {} lines of its files", "likewise"},
    {"HTTP {}", "a provider's status without a word of its own"},
    {"line {} of its XML", "on the page, in words too short to be recognized"},
    {"no money for a second request", "a hedge that is not sent; nobody sees it"},
});

std::vector<std::pair<std::size_t, std::string>> found_in(const SourceFile& file) {
  static const std::regex kStatement(
      R"((Fatal\(ExitCode::\w+,|log\(LogLevel::(warning|error),|[( ]fail\(ErrorKind::\w+,))");
  const std::string code = joined_lines(file);
  const std::vector<Literal> literals = literals_of(code);
  std::vector<std::pair<std::size_t, std::string>> found;
  for (std::sregex_iterator it(code.begin(), code.end(), kStatement), end; it != end; ++it) {
    const auto from = static_cast<std::size_t>(it->position() + it->length());
    const std::size_t stop = code.find(";\n", from);
    const auto first = std::ranges::find_if(literals, [&](const Literal& one) { return one.begin >= from; });
    if (first == literals.end() || first->begin >= stop) continue;
    found.emplace_back(line_of(code, first->begin), first->text);
  }
  return found;
}

bool is_left_out(const SourceFile& file) {
  return !kRooms.contains(file.room()) ||
         std::ranges::any_of(kFiles, [&](const Exception& one) { return file.path.starts_with(one.what); });
}

// Without letters of its own it only passes on what another says.
bool passes_on(const std::string& text) {
  return std::ranges::count_if(text, [](unsigned char c) { return std::isalpha(c) != 0; }) < 4;
}

}  // namespace

std::vector<Message> messages_of(const std::vector<SourceFile>& files) {
  std::vector<Message> messages;
  for (const SourceFile& file : files) {
    if (is_left_out(file)) continue;
    for (auto& [line, text] : found_in(file)) {
      const bool is_known = std::ranges::any_of(
          kTexts, [&](const Exception& one) { return std::string_view(text).starts_with(one.what); });
      if (!is_known && !passes_on(text)) messages.push_back({file.path, line, std::move(text)});
    }
  }
  return messages;
}

bool says_what_to_do(std::string_view message) {
  static const std::regex kOrder(
      R"(\b([Gg]ive|[Nn]ame|save|download|wait|leave out|choose|export|add|look at|check the|rename|use another|)"
      R"(make room|make the place|write the review to|move it|enable|share it|must be|needs|press) |[Rr]un again|or run: |`status-validator )");
  return std::regex_search(message.begin(), message.end(), kOrder);
}

std::vector<std::string> stale_message_exceptions(const std::vector<SourceFile>& files) {
  std::vector<std::string> stale;
  for (const Exception& one : kFiles) {
    if (std::ranges::none_of(files, [&](const SourceFile& file) { return file.path.starts_with(one.what); }))
      stale.emplace_back(one.what);
  }
  std::vector<std::string> texts;
  for (const SourceFile& file : files) {
    if (is_left_out(file)) continue;
    for (auto& [line, text] : found_in(file)) texts.push_back(text);
  }
  for (const Exception& one : kTexts) {
    if (std::ranges::none_of(texts, [&](const std::string& text) { return text.starts_with(one.what); }))
      stale.emplace_back(one.what);
  }
  return stale;
}

}  // namespace sv::architecture
