// Which column of a table holds what: found by the names in its header.
#pragma once

#include "base/error.hpp"
#include "domain/row.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

// Header names as people wrote them in their settings. Empty: no such column, or to be guessed.
struct ColumnNames {
  std::string status = {};
  std::string comment = {};
  std::string completion_date = {};
  std::string identifier = {};
  std::string project_manager = {};
};

struct ColumnMap {
  std::size_t status = 0;
  std::size_t comment = 0;
  std::optional<std::size_t> completion_date;
  std::optional<std::size_t> identifier;
  std::optional<std::size_t> project_manager;
  // For people: optional columns that are not there, names that occur twice, guesses that were not clear.
  std::vector<std::string> warnings;

  domain::MappedColumns mapped() const {
    return {.completion_date = completion_date.has_value(),
            .identifier = identifier.has_value(),
            .project_manager = project_manager.has_value()};
  }
};

// Names are compared trimmed and without regard to case. Given names win; `guess` fills in those that are not
// given from the usual English and Russian names (there spaces, `_` and `-` are the same), the more usual
// name first. No column is taken for two things by guessing. A given optional column that is missing is a
// warning; a missing status or comment is invalid_input, with the columns that are there and the nearest of
// them. `where` stands in front of messages ("statuses.csv:1").
Result<ColumnMap> map_columns(std::span<const std::string_view> header, const ColumnNames& names, bool guess,
                              std::string_view where);

}  // namespace sv::tables
