// Mistakes in settings: data first, so that all of them can be found before any is shown.
//
// Rendered form:
//   config.yaml:12:16: error: llm.max_workers must be 1..5000, got 0
//      12 |   max_workers: 0
//         |                ^
//         = help: …
#pragma once

#include "config/secret_mask.hpp"
#include "config/source_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::config {

struct Mistake {
  std::string file;          // empty: not in a file (flags, environment)
  std::uint32_t line = 0;    // from 1; 0: the file as a whole
  std::uint32_t column = 0;  // from 1, in code points
  std::uint32_t length = 1;  // in code points
  std::string message;       // lower case, one line, no secrets
  std::string suggestion;    // what to do; may be empty
  std::string source_line;   // the line it stands in, secrets already masked
};

// Collects the mistakes of one file, in the order in which they are found.
class MistakeCollector {
 public:
  // `source` outlives the collector.
  explicit MistakeCollector(const SourceText& source) : source_(source) {}

  // A place in line 0 is in no file.
  void add(Place place, std::string message, std::string suggestion = {});
  // In no file: a flag or the environment.
  void add_elsewhere(std::string message, std::string suggestion = {});
  const SourceText& source() const { return source_; }
  bool is_empty() const { return mistakes_.empty(); }
  // Ordered by place.
  std::vector<Mistake> take();

 private:
  const SourceText& source_;
  std::optional<LineMask> mask_;  // made with the first mistake: it reads the whole text
  std::uint32_t shown_line_ = 0;  // the line that was masked last: mistakes come in crowds
  std::string shown_text_;
  std::vector<Mistake> mistakes_;
};

// What is said in `Fatal`: at most kMistakesShown of them, then how many more there are. No line break at the
// end.
constexpr std::size_t kMistakesShown = 20;
std::string render(const Mistake& mistake);
std::string render(const std::vector<Mistake>& mistakes);

// "config.yaml:12:16": for warnings that point into a file.
std::string at(const SourceText& source, Place place);

}  // namespace sv::config
