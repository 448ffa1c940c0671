#include "architecture/documents.hpp"

#include <gtest/gtest.h>

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

TEST(Documents, a_broken_link_is_found) {
  EXPECT_EQ(find_broken_links("docs/x.md", "[a](../README.md#top) [b](https://a.b/c) [c](#here)").size(), 0U);
  EXPECT_EQ(find_broken_links("docs/x.md", "text\n[a](README.md)").size(), 1U);
}

TEST(Documents, flags_exist_in_the_help) {
  const std::string program = built_program().string();
  if (!std::filesystem::exists(program))
    GTEST_SKIP() << program << " is not built: build the target status-validator";
  const std::string help = output_of(program + " --help") + output_of(program + " run --help") +
                           output_of(program + " simulate --help") + output_of(program + " init --help") +
                           output_of(program + " simulate llm --help") + output_of(program + " bench --help");
  for (const char* document : {"README.md", "README.ru.md", "docs/how-it-works.md", "docs/configuration.md",
                               "docs/providers.md", "docs/report.md", "docs/report.ru.md"}) {
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

TEST(Documents, both_report_pages_tell_the_same) {
  const std::string english = text_of("docs/report.md");
  const std::string russian = text_of("docs/report.ru.md");
  EXPECT_EQ(flags_named_in(english), flags_named_in(russian));
  const auto headings = [](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = text.find("\n#"); at != std::string::npos; at = text.find("\n#", at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(headings(english), headings(russian));
}

TEST(Documents, both_readmes_tell_the_same) {
  EXPECT_EQ(flags_named_in(text_of("README.md")), flags_named_in(text_of("README.ru.md")));
}

}  // namespace
}  // namespace sv::architecture
