#include "words/tables.hpp"

#include <array>

namespace sv::words {

std::span<const std::span<const Phrase>> all_tables() {
  static const std::array kTables = {
      common_phrases(),  settings_phrases(), yaml_phrases(),   provider_phrases(),
      store_phrases(),   table_phrases(),    sheets_phrases(), run_phrases(),
      command_phrases(), run_help_phrases(), help_phrases(),
  };
  return kTables;
}

}  // namespace sv::words
