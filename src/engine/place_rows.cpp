#include "engine/place_rows.hpp"

#include "base/text.hpp"
#include "engine/check_date.hpp"

#include <fmt/format.h>

#include <deque>
#include <utility>

namespace sv::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 256;
constexpr std::size_t kShownIdentifier = 60;

void warn_of_repetition(const PlacementBuilder& builder, std::vector<std::string>& warnings) {
  if (builder.repeated_rows() == 0) return;
  warnings.push_back(
      fmt::format("{} {} an identifier that an earlier row has (\"{}\" for example): each keeps a row of its "
                  "own, matched in order",
                  builder.repeated_rows(), builder.repeated_rows() == 1 ? "row repeats" : "rows repeat",
                  shorten(builder.repeated_identifier(), kShownIdentifier)));
}

// Collects both sides, whichever way the rows find their places.
class Pairing {
 public:
  Pairing(domain::MappedColumns columns, std::optional<std::chrono::sys_days> overdue_from)
      : columns_(columns), overdue_from_(overdue_from), builder_(overdue_from.has_value()) {}

  void add_existing(const std::vector<ports::ExistingRow>& group) {
    for (const ports::ExistingRow& row : group) {
      const bool must_ask_again = overdue_from_ && is_check_due(row.check_date, *overdue_from_);
      if (columns_.identifier) {
        builder_.add_existing_row(row.place, row.identifier, must_ask_again);
      } else {
        // Both sides are read in step, so no more than one group waits here.
        overdue_in_order_.push_back(must_ask_again);
      }
    }
    if (group.empty()) builder_.end_existing();
  }

  void add_source(const std::vector<domain::Row>& group) {
    for (const domain::Row& row : group) {
      if (!columns_.identifier) {
        add_in_order(row.index);
      } else if (!is_skipped(row, columns_)) {
        builder_.add_source_row(row.index, row.identifier);
      }
    }
  }

  PlacementBuilder& builder() { return builder_; }

 private:
  void add_in_order(std::uint64_t row) {
    const bool has_existing = !overdue_in_order_.empty();
    builder_.add_row_in_order(row, has_existing, has_existing && overdue_in_order_.front());
    if (has_existing) overdue_in_order_.pop_front();
  }

  domain::MappedColumns columns_;
  std::optional<std::chrono::sys_days> overdue_from_;
  PlacementBuilder builder_;
  std::deque<bool> overdue_in_order_;
};

}  // namespace

bool is_skipped(const domain::Row& row, const domain::MappedColumns& columns) {
  return columns.identifier && is_blank(row.identifier);
}

boost::asio::awaitable<Result<PlacedRows>> place_rows(ports::RowSource& source, ports::OutcomeSink& sink,
                                                      std::optional<std::chrono::sys_days> overdue_from) {
  PlacedRows placed;
  Pairing pairing(source.columns(), overdue_from);
  bool has_source_ended = false;
  bool has_target_ended = false;
  while (!has_source_ended) {
    if (!has_target_ended) {
      const auto existing = co_await sink.read_existing(kRowsAtOnce);
      if (!existing) co_return std::unexpected(existing.error());
      has_target_ended = existing->empty();
      pairing.add_existing(*existing);
    }
    const auto rows = co_await source.read(kRowsAtOnce);
    if (!rows) co_return std::unexpected(rows.error());
    has_source_ended = rows->empty();
    placed.rows += rows->size();
    pairing.add_source(*rows);
  }
  // What is left of the target may still hold partners of rows that came early; and read_existing() starts
  // over only after the end.
  while (!has_target_ended) {
    const auto existing = co_await sink.read_existing(kRowsAtOnce);
    if (!existing) co_return std::unexpected(existing.error());
    has_target_ended = existing->empty();
    pairing.add_existing(*existing);
  }
  placed.keep_existing = source.columns().identifier;
  warn_of_repetition(pairing.builder(), placed.warnings);
  placed.placement = pairing.builder().build();
  co_return placed;
}

boost::asio::awaitable<Result<void>> announce_rows(ports::RowSource& source, ports::OutcomeSink& sink,
                                                   Placement& placement) {
  const domain::MappedColumns columns = source.columns();
  placement.rewind();
  for (;;) {
    Result<std::vector<domain::Row>> rows = co_await source.read(kRowsAtOnce);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) break;
    std::vector<ports::AnnouncedRow> announced;
    announced.reserve(rows->size());
    for (domain::Row& row : *rows) {
      if (is_skipped(row, columns)) continue;
      const std::uint64_t place = placement.place_of(row.index).place;
      announced.push_back({.place = place, .row = std::move(row)});
    }
    // An empty group would be the end.
    if (announced.empty()) continue;
    const Result<void> told = co_await sink.announce(std::move(announced));
    if (!told) co_return told;
  }
  placement.rewind();
  co_return co_await sink.announce({});
}

}  // namespace sv::engine
