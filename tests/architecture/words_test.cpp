// Every sentence of the code that people may read has its Russian (user-experience.md U-15).
#include "architecture/messages.hpp"
#include "architecture/people_texts.hpp"
#include "words/phrasebook.hpp"
#include "words/tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {
namespace {

std::string_view without_line_breaks(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

// A sentence of its own, a line of several, or what stands before or after a value.
bool is_known(std::string_view text) {
  const words::Phrasebook& russian = words::phrasebook_of(domain::Language::russian);
  text = without_line_breaks(text);
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    // What is replaced before it is shown, or is a command to type.
    if (line.find_first_not_of(' ') == std::string_view::npos) continue;
    if (russian.knows(line)) continue;
    line.remove_prefix(line.find_first_not_of(' '));
    if (line.starts_with("status-validator ") || line.starts_with("OPENAI_API_KEY=")) continue;
    if (line.starts_with("{:10}")) line.remove_prefix(5);
    if (line.ends_with(": ")) line.remove_suffix(2);
    if (russian.knows(line) || russian.knows(std::string(line) + "{}")) continue;
    return false;
  }
  return true;
}

TEST(Words, every_sentence_of_the_code_has_its_russian) {
  std::vector<Finding> findings;
  const std::vector<PeopleText> texts = people_texts(load_sources("src"));
  ASSERT_GT(texts.size(), 500U);
  for (const PeopleText& text : texts) {
    if (!is_known(text.text))
      findings.push_back({text.path, text.line, "no Russian in src/words for \"" + text.text + "\""});
  }
  EXPECT_EQ(describe(findings), "") << findings.size() << " keys are missing";
}

TEST(Words, exceptions_are_still_there) {
  EXPECT_EQ(stale_exceptions(load_sources("src")), std::vector<std::string>{});
}

TEST(Words, a_sentence_without_russian_is_found) {
  const auto in = [](std::string_view code) {
    return people_texts({make_source_file("src/store/a.cpp", code)});
  };
  EXPECT_EQ(in("return fail(kind, \"the moon \"\n  \"is down\");").front().text, "the moon is down");
  EXPECT_TRUE(in("// \"the moon is down\"\nSV_ASSERT(x, \"the moon is down\"); f(\"key\");").empty());
  EXPECT_TRUE(in("return {\"the moon is down\", \"луна зашла\"};").empty());
  EXPECT_FALSE(is_known("the moon is down"));
}

// The parts of a message between its values ("…" in documents) and the sentences that it is joined of, those
// that are long enough to mean something.
std::vector<std::string> fixed_parts(std::string text) {
  for (const std::string_view joint : {": ", "; ", "…"}) {
    for (std::size_t at = text.find(joint); at != std::string::npos; at = text.find(joint))
      text.replace(at, joint.size(), "\n");
  }
  std::vector<std::string> parts;
  std::istringstream lines(text);
  for (std::string part; std::getline(lines, part);) {
    if (part.size() >= 12) parts.push_back(part);
  }
  return parts;
}

// The code spans of the first cells of its tables.
std::vector<std::string> messages_quoted_in(const std::string& page) {
  std::vector<std::string> messages;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(2, line.find(" |", 2) - 2);
    for (std::size_t begin = cell.find('`'); begin != std::string::npos; begin = cell.find('`', begin)) {
      const std::size_t end = cell.find('`', begin + 1);
      if (end == std::string::npos) break;
      messages.push_back(cell.substr(begin + 1, end - begin - 1));
      begin = end + 1;
    }
  }
  return messages;
}

TEST(Words, the_troubleshooting_pages_quote_messages_that_exist) {
  for (const bool is_russian : {false, true}) {
    std::string all;
    for (const std::span<const words::Phrase> table : words::all_tables()) {
      for (const words::Phrase& phrase : table)
        all += std::string(is_russian ? phrase.russian : phrase.english) + '\n';
    }
    const std::string page =
        read_text(project_root() / (is_russian ? "docs/troubleshooting.ru.md" : "docs/troubleshooting.md"));
    const std::vector<std::string> quoted = messages_quoted_in(page);
    EXPECT_GT(quoted.size(), 60U);
    for (const std::string& message : quoted) {
      for (const std::string& part : fixed_parts(message)) {
        EXPECT_TRUE(all.contains(part)) << message << "\n  " << part;
      }
    }
  }
}

// Whoever meets a message can find out what to do about it.
TEST(Words, a_message_says_what_to_do_or_the_troubleshooting_page_does) {
  std::vector<std::string> explained;
  for (const std::string& message :
       messages_quoted_in(read_text(project_root() / "docs/troubleshooting.md"))) {
    for (const std::string& part : fixed_parts(message)) explained.push_back(part);
  }
  const std::vector<Message> messages = messages_of(load_sources("src"));
  ASSERT_GT(messages.size(), 80U);
  std::vector<Finding> findings;
  for (const Message& message : messages) {
    const bool is_explained = std::ranges::any_of(explained, [&](const std::string& part) {
      return message.text.contains(part) || part.contains(message.text);
    });
    if (is_explained || says_what_to_do(message.text)) continue;
    findings.push_back({message.path, message.line, "what is one to do about \"" + message.text + "\"?"});
  }
  EXPECT_EQ(describe(findings), "") << findings.size();
  EXPECT_EQ(stale_message_exceptions(load_sources("src")), std::vector<std::string>{});
}

TEST(Words, a_message_that_leaves_people_alone_is_found) {
  const auto in = [](std::string_view code) {
    return messages_of({make_source_file("src/store/a.cpp", code)});
  };
  EXPECT_EQ(in("return fail(ErrorKind::io, fmt::format(\"the moon \"\n\"is down: {}\", x));").front().text,
            "the moon is down: {}");
  EXPECT_FALSE(says_what_to_do("the moon is down: {}"));
  EXPECT_TRUE(says_what_to_do("the moon is down: run again tomorrow"));
  EXPECT_TRUE(
      in("log(LogLevel::info, \"the moon is down\"); throw Fatal(ExitCode::io, text);\nf(\"x\");").empty());
}

}  // namespace
}  // namespace sv::architecture
