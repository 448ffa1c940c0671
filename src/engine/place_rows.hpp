// The first pass of a run: counts the rows and decides where each goes.
#pragma once

#include "base/error.hpp"
#include "engine/placement.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/row_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::engine {

struct PlacedRows {
  Placement placement;
  std::uint64_t rows = 0;  // all rows of the source, skipped ones included
  bool keep_existing = false;
  std::vector<std::string> warnings;
};

// A row without an identifier, although that column is mapped, is skipped.
bool is_skipped(const domain::Row& row, const domain::MappedColumns& columns);

// Reads the source and the target's existing rows side by side; both stand at their beginning before, and
// have to be rewound after. `overdue_from`: with --checkdate, today.
boost::asio::awaitable<Result<PlacedRows>> place_rows(ports::RowSource& source, ports::OutcomeSink& sink,
                                                      std::optional<std::chrono::sys_days> overdue_from);

// Tells the sink each row's place; the source stands at its beginning before and at its end after.
boost::asio::awaitable<Result<void>> announce_rows(ports::RowSource& source, ports::OutcomeSink& sink,
                                                   Placement& placement);

}  // namespace sv::engine
