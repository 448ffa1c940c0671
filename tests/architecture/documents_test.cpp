#include "architecture/documents.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace sv::architecture {
namespace {

std::string text_of(std::string_view path) { return read_text(project_root() / path); }

// All programs of a build lie in one folder.
std::filesystem::path built_program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "status-validator";
}

std::string output_of(const std::string& command) {
  std::string output;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"), pclose);
  std::array<char, 4096> buffer{};
  while (pipe && std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get()) != nullptr)
    output += buffer.data();
  return output;
}

TEST(Documents, links_lead_somewhere) {
  const std::vector<std::string> documents = find_documents();
  ASSERT_GT(documents.size(), 10U);
  std::vector<Finding> findings;
  for (const std::string& path : documents) {
    const std::vector<Finding> broken = find_broken_links(path, text_of(path));
    findings.insert(findings.end(), broken.begin(), broken.end());
  }
  EXPECT_EQ(describe(findings), "");
}

// security.md S-17.
TEST(Documents, the_version_has_its_note_on_known_weaknesses) {
  const std::string build = text_of("CMakeLists.txt");
  const std::string before = "project(status-validator VERSION ";
  const std::size_t at = build.find(before);
  ASSERT_NE(at, std::string::npos);
  const std::string version =
      build.substr(at + before.size(), build.find(' ', at + before.size()) - at - before.size());
  const std::string notes = text_of("SECURITY.md");
  const std::size_t note =
      notes.find("\n### " + version + "\n", notes.find("## Known weaknesses, by version"));
  ASSERT_NE(note, std::string::npos) << "SECURITY.md has no note for " << version;
  EXPECT_GT(notes.substr(note, notes.find("\n### ", note + 5) - note).size(), 100U)
      << "the note says nothing";
}

TEST(Documents, a_broken_link_is_found) {
  EXPECT_EQ(find_broken_links("docs/x.md", "[a](../README.md#top) [b](https://a.b/c) [c](#here)").size(), 0U);
  EXPECT_EQ(find_broken_links("docs/x.md", "text\n[a](README.md)").size(), 1U);
}

// A clone should not be heavy with pictures, and none should be left that nothing shows.
TEST(Documents, pictures_are_small_and_shown) {
  constexpr std::uintmax_t kMostBytes = 400 * 1024;
  std::string all;
  for (const std::string& path : find_documents()) all += text_of(path);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(project_root() / "docs/images")) {
    ++count;
    EXPECT_LE(entry.file_size(), kMostBytes) << entry.path();
    EXPECT_NE(all.find("images/" + entry.path().filename().string()), std::string::npos) << entry.path();
  }
  EXPECT_GT(count, 3U);
}

TEST(Documents, flags_exist_in_the_help) {
  const std::string program = built_program().string();
  if (!std::filesystem::exists(program))
    GTEST_SKIP() << program << " is not built: build the target status-validator";
  const std::string help = output_of(program + " --help") + output_of(program + " run --help") +
                           output_of(program + " simulate --help") + output_of(program + " init --help") +
                           output_of(program + " simulate llm --help") +
                           output_of(program + " config show --help") + output_of(program + " bench --help");
  for (const char* document :
       {"README.md", "README.ru.md", "docs/how-it-works.md", "docs/configuration.md", "docs/providers.md",
        "docs/providers.ru.md", "docs/report.md", "docs/report.ru.md"}) {
    const std::set<std::string> flags = flags_named_in(text_of(document));
    EXPECT_FALSE(flags.empty()) << document;
    for (const std::string& flag : flags) {
      EXPECT_NE(help.find(flag), std::string::npos)
          << document << " names " << flag << ", which --help does not know";
    }
  }
}

TEST(Documents, exit_codes_are_those_of_the_code) {
  const std::set<int> codes = codes_of(text_of("src/base/exit_code.hpp"));
  ASSERT_GT(codes.size(), 10U);
  EXPECT_EQ(codes_listed_in(text_of("README.md")), codes);
  EXPECT_EQ(codes_listed_in(text_of("README.ru.md")), codes);
}

// The manual and README.md have the same rows, and --help names every code.
TEST(Documents, exit_codes_mean_the_same_in_the_manual_and_the_help) {
  const std::string program = built_program().string();
  if (!std::filesystem::exists(program))
    GTEST_SKIP() << program << " is not built: build the target status-validator";
  const std::map<int, std::string> manual = codes_in_manual(output_of(program + " man-page"));
  ASSERT_GT(manual.size(), 10U);
  EXPECT_EQ(codes_explained_in(text_of("README.md")), manual);
  const std::string help = output_of(program + " --help");
  const std::string short_list = help.substr(std::min(help.size(), help.find("Exit codes:")));
  for (const auto& [code, meaning] : manual)
    EXPECT_NE(short_list.find(std::to_string(code)), std::string::npos) << code << ": " << meaning;
}

TEST(Documents, settings_are_those_of_the_code) {
  const std::map<std::string, std::string> code =
      settings_of_the_code(text_of("src/config/settings_table.cpp"));
  const std::map<std::string, std::string> told = settings_documented(text_of("docs/configuration.md"));
  ASSERT_GT(code.size(), 40U);
  for (const auto& [path, value] : code) {
    ASSERT_TRUE(told.contains(path)) << "docs/configuration.md does not tell of " << path;
    if (!value.empty())
      EXPECT_EQ(told.at(path), value) << "default of " << path << " in docs/configuration.md";
  }
  for (const auto& [path, value] : told) {
    EXPECT_TRUE(code.contains(path)) << "docs/configuration.md tells of " << path << ", which is no setting";
  }
}

// "##" for each heading, in order: their texts differ, their structure must not.
std::vector<std::string> headings_of(std::string_view markdown) {
  std::vector<std::string> headings;
  bool is_block = false;
  while (!markdown.empty()) {
    const std::string_view line = markdown.substr(0, markdown.find('\n'));
    markdown.remove_prefix(std::min(markdown.size(), line.size() + 1));
    if (line.starts_with("```")) is_block = !is_block;
    if (!is_block && line.starts_with('#')) headings.emplace_back(line.substr(0, line.find(' ')));
  }
  return headings;
}

// Documents without a Russian counterpart, and why.
struct EnglishOnly {
  std::string_view path;
  std::string_view reason;
};
constexpr auto kEnglishOnly = std::to_array<EnglishOnly>({
    {"docs/architecture.md", "for contributors"},
    {"docs/checklists.md", "for contributors and reviewers"},
    {"docs/how-it-works.md", "for engineers; analysts have README.ru.md and docs/reliability.ru.md"},
    {"docs/configuration.md", "a reference of keys; config.yaml that `init` writes is commented in Russian"},
    {"docs/google-sheets-simulator.md", "for contributors"},
    {"docs/monitoring.md", "for engineers"},
    {"docs/performance.md", "for engineers; what to choose is in docs/workers.ru.md"},
});

TEST(Documents, both_languages_tell_the_same) {
  std::size_t pairs = 0;
  for (const std::string& path : find_documents()) {
    if (!path.starts_with("docs/") || path.find('/', 5) != std::string::npos) continue;
    if (path.ends_with(".ru.md")) continue;
    const std::string russian = path.substr(0, path.size() - 3) + ".ru.md";
    const bool is_english_only =
        std::ranges::find(kEnglishOnly, path, &EnglishOnly::path) != kEnglishOnly.end();
    const bool has_russian = std::filesystem::exists(project_root() / russian);
    EXPECT_NE(is_english_only, has_russian)
        << path
        << (has_russian ? " has a Russian page: take it out of kEnglishOnly"
                        : " needs a Russian page, or a reason in kEnglishOnly");
    if (!has_russian) continue;
    ++pairs;
    EXPECT_EQ(headings_of(text_of(path)), headings_of(text_of(russian))) << russian;
    EXPECT_EQ(flags_named_in(text_of(path)), flags_named_in(text_of(russian))) << russian;
  }
  EXPECT_GT(pairs, 8U);
  for (const EnglishOnly& one : kEnglishOnly) {
    EXPECT_TRUE(std::filesystem::exists(project_root() / one.path)) << one.path;
  }
  EXPECT_EQ(headings_of(text_of("README.md")), headings_of(text_of("README.ru.md")));
}

TEST(Documents, both_readmes_tell_the_same) {
  EXPECT_EQ(flags_named_in(text_of("README.md")), flags_named_in(text_of("README.ru.md")));
}

}  // namespace
}  // namespace sv::architecture
