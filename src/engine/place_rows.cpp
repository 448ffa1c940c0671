#include "engine/place_rows.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/check_date.hpp"

namespace sv::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 256;
constexpr std::size_t kShownIdentifier = 60;

boost::asio::awaitable<Result<std::uint64_t>> count_rows(ports::RowSource& source) {
  std::uint64_t rows = 0;
  for (;;) {
    const auto group = co_await source.read(kRowsAtOnce);
    if (!group) co_return std::unexpected(group.error());
    if (group->empty()) co_return rows;
    rows += group->size();
  }
}

void add_existing(PlacementBuilder& builder, const std::vector<ports::ExistingRow>& group,
                  std::optional<std::chrono::sys_days> overdue_from) {
  for (const ports::ExistingRow& row : group) {
    const bool must_ask_again = overdue_from && is_check_due(row.check_date, *overdue_from);
    builder.add_existing_row(row.place, row.identifier, must_ask_again);
  }
}

void warn_of_repetition(const PlacementBuilder& builder, std::vector<std::string>& warnings) {
  if (builder.repeated_rows() == 0) return;
  warnings.push_back(fmt::format(
      "{} {} an identifier that an earlier row has (\"{}\" for example): each keeps a row of its own, matched in order",
      builder.repeated_rows(), builder.repeated_rows() == 1 ? "row repeats" : "rows repeat",
      shorten(builder.repeated_identifier(), kShownIdentifier)));
}

}  // namespace

bool is_skipped(const domain::Row& row, const domain::MappedColumns& columns) {
  return columns.identifier && is_blank(row.identifier);
}

boost::asio::awaitable<Result<PlacedRows>> place_rows(ports::RowSource& source, ports::OutcomeSink& sink,
                                                      std::optional<std::chrono::sys_days> overdue_from) {
  PlacedRows placed;
  const domain::MappedColumns columns = source.columns();
  if (!columns.identifier) {
    const auto rows = co_await count_rows(source);
    if (!rows) co_return std::unexpected(rows.error());
    placed.rows = *rows;
    placed.placement = Placement::in_order(*rows);
    co_return placed;
  }

  PlacementBuilder builder;
  bool has_source_ended = false;
  bool has_target_ended = false;
  while (!has_source_ended || !has_target_ended) {
    if (!has_target_ended) {
      const auto existing = co_await sink.read_existing(kRowsAtOnce);
      if (!existing) co_return std::unexpected(existing.error());
      has_target_ended = existing->empty();
      add_existing(builder, *existing, overdue_from);
      if (has_target_ended) builder.end_existing();
    }
    if (!has_source_ended) {
      const auto rows = co_await source.read(kRowsAtOnce);
      if (!rows) co_return std::unexpected(rows.error());
      has_source_ended = rows->empty();
      placed.rows += rows->size();
      for (const domain::Row& row : *rows) {
        if (!is_skipped(row, columns)) builder.add_source_row(row.index, row.identifier);
      }
    }
  }
  placed.placement = builder.build();
  placed.keep_existing = true;
  warn_of_repetition(builder, placed.warnings);
  co_return placed;
}

}  // namespace sv::engine
