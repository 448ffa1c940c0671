// Every sentence of the code that people may read has its Russian (user-experience.md U-15).
#include "architecture/people_texts.hpp"
#include "words/phrasebook.hpp"
#include "words/tables.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>

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

TEST(Words, the_troubleshooting_pages_quote_messages_that_exist) {
  for (const bool is_russian : {false, true}) {
    std::string all;
    for (const std::span<const words::Phrase> table : words::all_tables()) {
      for (const words::Phrase& phrase : table)
        all += std::string(is_russian ? phrase.russian : phrase.english) + '\n';
    }
    const std::string page =
        read_text(project_root() / (is_russian ? "docs/troubleshooting.ru.md" : "docs/troubleshooting.md"));
    std::size_t quoted = 0;
    for (std::size_t at = page.find("\n| `"); at != std::string::npos; at = page.find("\n| `", at + 1)) {
      const std::size_t begin = at + 4;
      const std::string message = page.substr(begin, page.find('`', begin) - begin);
      ++quoted;
      for (const std::string& part : fixed_parts(message)) {
        EXPECT_TRUE(all.contains(part)) << message << "\n  " << part;
      }
    }
    EXPECT_GT(quoted, 30U);
  }
}

}  // namespace
}  // namespace sv::architecture
