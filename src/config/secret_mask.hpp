// Keeps keys out of messages: what is shown of a settings file passes here first.
#pragma once

#include "config/source_text.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace sv::config {

// Replaces what looks like a key, wherever it stands, by as many `*`: `sk-…`, and words of 20 and more
// letters and digits (a spreadsheet id is masked too: that costs nothing). Names of settings and of
// environment variables stay.
std::string mask_words(std::string_view text);

// The name of an environment variable for a message. Somebody may have put the key itself where its
// variable's name belongs, so only what looks like a name is shown.
std::string show_variable(std::string_view name);

// Shows lines of one file. Works on the text, not on the parsed tree, because broken YAML must be shown as
// well.
class LineMask {
 public:
  explicit LineMask(const SourceText& source);
  // The line with every secret replaced by as many `*` as it has characters, so that carets still fit.
  std::string masked(std::size_t line_number) const;

 private:
  const SourceText& source_;
  std::set<std::size_t> hidden_lines_;  // continuations of a secret: nothing of them is shown
};

}  // namespace sv::config
