// The project's own files, as the architecture tests look at them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

struct SourceFile {
  std::string path;                // from the project's root, '/' between folders
  std::vector<std::string> lines;  // as they are, without line ends
  std::vector<std::string> code;   // the same lines without comments and with empty string literals

  // "engine" for src/engine/…, empty outside src/.
  std::string room() const;
};

// One thing that is wrong, said so that a reader knows what to do.
struct Finding {
  std::string path;
  std::size_t line = 0;  // from 1; 0: the file as a whole
  std::string message;
};

SourceFile make_source_file(std::string path, std::string_view text);

std::filesystem::path project_root();

// The text of a file; throws when it cannot be read, which fails the test.
std::string read_text(const std::filesystem::path& path);

// Every *.cpp and *.hpp below one of the root's folders, sorted by path. A missing folder is empty.
std::vector<SourceFile> load_sources(std::string_view folder);

// "src/a.cpp:3: message" for each finding, one a line: empty when all is well.
std::string describe(const std::vector<Finding>& findings);

}  // namespace sv::architecture
