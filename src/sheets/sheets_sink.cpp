#include "sheets/sheets_sink.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sheets/cell_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sv::sheets {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// 50 steps a minute, of 60 reads and 60 writes that Google allows: the others are for repairs.
constexpr Duration kLeastGap = 1200ms;
constexpr Duration kLongestWait = 2s;
constexpr std::size_t kMostRows = 500;
// Google recommends 2 MB a request at most. Names and braces of a cell's JSON are counted too.
constexpr std::size_t kMostBytes = 1'500'000;
constexpr std::size_t kBytesPerCell = 60;
constexpr std::size_t kBytesPerRow = 400;
// People move rows now and then, not all the time.
constexpr int kMostSteps = 12;

std::size_t bytes_of(const std::vector<std::string>& cells) {
  std::size_t bytes = kBytesPerRow;
  for (const std::string& cell : cells) bytes += cell.size() + kBytesPerCell;
  return bytes;
}

}  // namespace

Result<std::unique_ptr<SheetsSink>> SheetsSink::open(SheetsClient& client, Random& random,
                                                     TargetRequest request, TargetTab tab,
                                                     std::size_t enough_rows,
                                                     std::unique_ptr<TabLease> lease) {
  Result<tables::RowSpool> records = tables::RowSpool::open(request.scratch_directory);
  if (!records) return std::unexpected(std::move(records.error()));
  return std::unique_ptr<SheetsSink>(new SheetsSink(client, random, std::move(request), std::move(tab),
                                                    std::move(*records), enough_rows, std::move(lease)));
}

SheetsSink::SheetsSink(SheetsClient& client, Random& random, TargetRequest request, TargetTab tab,
                       tables::RowSpool records, std::size_t enough_rows, std::unique_ptr<TabLease> lease)
    : client_(client),
      random_(random),
      request_(std::move(request)),
      tab_(std::move(tab)),
      enough_rows_(enough_rows),
      lease_(std::move(lease)),
      cells_(request_.columns, request_.source_name, request_.row_link),
      keys_(key_columns(cells_.columns())),
      requests_(cells_.columns(), request_.row_link),
      records_(std::move(records)) {}

ports::PutPace SheetsSink::pace() const {
  return {.enough = enough_rows_, .most = kMostRows, .longest_wait = kLongestWait, .least_gap = kLeastGap};
}

boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> SheetsSink::read_existing(std::size_t max) {
  const std::size_t count = std::min(max, tab_.rows.size() - next_existing_);
  const auto first = tab_.rows.begin() + static_cast<std::ptrdiff_t>(next_existing_);
  std::vector<ports::ExistingRow> rows(first, first + static_cast<std::ptrdiff_t>(count));
  next_existing_ = count == 0 ? 0 : next_existing_ + count;
  co_return rows;
}

boost::asio::awaitable<Result<void>> SheetsSink::begin(std::uint64_t, bool) {
  if (lease_) {
    const Result<void> kept = co_await lease_->keep();
    if (!kept) co_return kept;
  }
  const Result<void> prepared = co_await prepare_tab();
  if (!prepared) co_return prepared;
  requests_.set_tab(*tab_.id);
  std::uint64_t last_named = 0;
  for (std::size_t i = 0; i < tab_.keys.size(); ++i) {
    const RowKey& key = tab_.keys[i];
    if (!key.anchor.empty() || key.number > 0) last_named = i + 1;
    if (request_.columns.identifier) {
      finder_.expect(i, key, i + 1);
      old_content_[i] = i;
    } else if (!key.anchor.empty()) {
      row_of_anchor_.try_emplace(key.anchor, i);
    }
  }
  rows_below_ = tab_.used_rows > last_named + 1 ? tab_.used_rows - last_named - 1 : 0;
  co_return co_await look();
}

json::array SheetsSink::tab_requests() {
  json::array requests;
  const bool is_new = tab_.header.empty();
  if (!tab_.id) {
    // Given by us, so that tab, header and look are one request that is done as a whole or not at all.
    requests_.set_tab(static_cast<std::int64_t>(1 + random_.below(kMostTabId)));
    requests_.add_tab(tab_.title, requests);
  } else {
    requests_.set_tab(*tab_.id);
  }
  if (tab_.layout.is_complete()) return requests;
  const ReviewLayout complete = completed(tab_.layout);
  const std::size_t columns = tab_.id ? tab_.grid_columns : complete.width;
  requests_.add_header(tab_.layout, complete, columns, requests);
  if (is_new) requests_.add_look(complete, requests);
  return requests;
}

boost::asio::awaitable<Result<json::array>> SheetsSink::look_at_tab(std::optional<Error> failure) {
  if (failure) {
    Result<TargetTab> now = co_await read_target(client_, request_);
    if (!now) co_return std::unexpected(now.error());
    tab_ = std::move(*now);
  }
  co_return tab_requests();
}

boost::asio::awaitable<Result<void>> SheetsSink::prepare_tab() {
  const Result<void> done = co_await client_.write_by_looking(
      request_.spreadsheet_id,
      [this](std::optional<Error> failure) { return look_at_tab(std::move(failure)); });
  if (!done) co_return done;
  if (!tab_.id) tab_.grid_rows = 2;
  tab_.id = requests_.tab_id();
  tab_.layout = completed(tab_.layout);
  tab_.used_rows = std::max<std::uint64_t>(tab_.used_rows, 1);
  co_return done;
}

boost::asio::awaitable<Result<void>> SheetsSink::announce(std::vector<ports::AnnouncedRow> rows) {
  const bool is_end = rows.empty();
  for (const ports::AnnouncedRow& announced : rows) {
    const Result<void> taken = announce_one(announced.row, announced.place);
    if (!taken) co_return taken;
  }
  if (new_bytes_ >= kMostBytes || (is_end && !new_rows_.empty())) {
    const Result<void> inserted = co_await insert_new_rows();
    if (!inserted) co_return inserted;
  }
  if (!is_end && due_.size() < kMostRows) co_return Result<void>();
  co_return co_await deliver();
}

Result<void> SheetsSink::announce_one(const domain::Row& row, std::uint64_t place) {
  domain::Outcome blank;
  blank.row = row;
  const std::span<const std::string_view> cells = cells_.fill(blank);
  RowKey key{.anchor = domain::folded_identifier(cells[keys_.anchor]), .number = row.number};
  if (request_.columns.identifier) {
    if (place < tab_.keys.size()) {
      announce_existing(place, row.number, tab_.has_formula[place]);
      return {};
    }
  } else if (const auto there = row_of_anchor_.find(key.anchor); there != row_of_anchor_.end()) {
    old_content_[place] = there->second;
    finder_.expect(place, {.anchor = key.anchor, .number = tab_.keys[there->second].number},
                   there->second + 1);
    announce_existing(place, row.number, false);
    return {};
  }
  const std::string packed = pack_cells(cells);
  new_bytes_ += packed.size() + kBytesPerRow + kBytesPerCell * cells.size();
  new_rows_.emplace_back(place, std::move(key));
  return records_.put(place, packed);
}

void SheetsSink::announce_existing(std::uint64_t place, std::uint64_t number, bool has_formula) {
  if (has_formula && !request_.row_link.empty()) {
    new_numbers_[place] = number;
    want(place, Part::row);
  } else if (finder_.key_of(place).number != number) {
    new_numbers_[place] = number;
    want(place, Part::number);
  }
}

boost::asio::awaitable<Result<json::array>> SheetsSink::look_for_new_rows(std::optional<Error> failure,
                                                                          Insertion* insertion) {
  const Result<void> looked = co_await look();
  if (!looked) co_return std::unexpected(looked.error());
  const RowKey& first = new_rows_.front().second;
  const std::ptrdiff_t copies = std::ranges::count(finder_.rows(), first);
  // The write whose reply was lost may have been done.
  if (failure && copies > insertion->copies_before) {
    const auto found = std::ranges::find(finder_.rows(), first);
    insertion->row = static_cast<std::uint64_t>(found - finder_.rows().begin());
    co_return json::array();
  }
  insertion->copies_before = copies;
  insertion->row = row_for_new_ones();
  const bool ends_there =
      insertion->row >= tab_.grid_rows || (failure && failure->kind == ErrorKind::bad_request);
  json::array requests;
  requests_.insert_rows(insertion->row, new_rows_.size(), ends_there, requests);
  for (std::size_t i = 0; i < new_rows_.size(); ++i) {
    const Result<std::vector<std::string>> cells = cells_of(new_rows_[i].first);
    if (!cells) co_return std::unexpected(cells.error());
    requests_.write_row(tab_.layout, insertion->row + i, *cells, new_rows_[i].second.number, requests);
  }
  co_return requests;
}

boost::asio::awaitable<Result<void>> SheetsSink::insert_new_rows() {
  if (lease_) {
    const Result<void> kept = co_await lease_->keep();
    if (!kept) co_return kept;
  }
  Insertion insertion;
  const Result<void> done = co_await client_.write_by_looking(
      request_.spreadsheet_id,
      [&](std::optional<Error> failure) { return look_for_new_rows(std::move(failure), &insertion); });
  if (!done) co_return done;
  tab_.grid_rows += new_rows_.size();
  for (std::size_t i = 0; i < new_rows_.size(); ++i) {
    finder_.expect(new_rows_[i].first, new_rows_[i].second, insertion.row + i);
  }
  new_rows_.clear();
  new_bytes_ = 0;
  co_return done;
}

std::uint64_t SheetsSink::row_for_new_ones() const {
  const std::vector<RowKey>& rows = finder_.rows();
  std::uint64_t last = rows.size();
  while (last > 1 && rows[last - 1] == RowKey{}) --last;
  return std::max<std::uint64_t>(last, 1) + rows_below_;
}

boost::asio::awaitable<Result<void>> SheetsSink::put(std::vector<domain::Outcome> outcomes) {
  for (const domain::Outcome& outcome : outcomes) {
    if (outcome.kind == domain::OutcomeKind::skipped || outcome.is_unreached) continue;
    SV_ASSERT(outcome.place < finder_.places(), "every row is announced before its outcome");
    std::string packed = pack_cells(cells_.fill(outcome));
    if (!outcome.has_verdict()) {
      // It may turn out that an earlier review is worth more.
      held_[outcome.place] = std::move(packed);
      continue;
    }
    const Result<void> kept = records_.put(outcome.place, packed);
    if (!kept) co_return kept;
    want(outcome.place, Part::review);
  }
  co_return co_await deliver();
}

boost::asio::awaitable<Result<void>> SheetsSink::finish() {
  for (const auto& [place, packed] : held_) {
    const Result<void> kept = records_.put(place, packed);
    if (!kept) co_return kept;
    want(place, Part::review);
  }
  held_.clear();
  for (int steps = 0; steps < kMostSteps; ++steps) {
    const Result<void> delivered = co_await deliver();
    if (!delivered) co_return delivered;
    if (unverified_.empty() && !has_cleared_) break;
    const Result<void> stepped = co_await step();
    if (!stepped) co_return stepped;
  }
  if (lease_) co_await lease_->give_back();
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> SheetsSink::deliver() {
  const std::size_t batches = due_.size() / kMostRows + 1;
  // What people's changes keep from being written now is written with the next group.
  for (std::size_t steps = 0; !due_.empty() && steps < 2 * batches + kMostSteps; ++steps) {
    const Result<void> stepped = co_await step();
    if (!stepped) co_return stepped;
  }
  co_return Result<void>();
}

boost::asio::awaitable<Result<json::array>> SheetsSink::look_for_due_rows(std::optional<Error> failure) {
  if (failure && may_have_written(*failure)) {
    unverified_.insert(unverified_.end(), batch_.begin(), batch_.end());
  }
  const Result<void> looked = co_await look();
  if (!looked) co_return std::unexpected(looked.error());
  json::array requests;
  check_written(requests);
  const Result<void> made = make_batch(requests);
  if (!made) co_return std::unexpected(made.error());
  co_return requests;
}

boost::asio::awaitable<Result<void>> SheetsSink::step() {
  if (lease_) {
    const Result<void> kept = co_await lease_->keep();
    if (!kept) co_return kept;
  }
  const Result<void> done = co_await client_.write_by_looking(
      request_.spreadsheet_id,
      [this](std::optional<Error> failure) { return look_for_due_rows(std::move(failure)); });
  if (done) note_written();
  co_return done;
}

void SheetsSink::note_written() {
  for (const Written& written : batch_) {
    due_.erase(written.place);
    if (const auto number = new_numbers_.find(written.place); number != new_numbers_.end()) {
      finder_.expect(written.place,
                     {.anchor = finder_.key_of(written.place).anchor, .number = number->second}, written.row);
      new_numbers_.erase(number);
    }
    unverified_.push_back(written);
  }
  batch_.clear();
}

boost::asio::awaitable<Result<TabKeys>> SheetsSink::read_tab_keys() {
  for (int reading = 1;; ++reading) {
    Result<TabKeys> tab =
        co_await read_keys(client_, request_.spreadsheet_id, tab_.title, tab_.layout, keys_);
    if (tab || tab.error().kind != ErrorKind::bad_request || reading > 1) co_return tab;
    // A range that cannot be read: the tab was renamed, or columns were deleted.
    const Result<void> found = co_await find_title();
    if (!found) co_return std::unexpected(found.error());
  }
}

boost::asio::awaitable<Result<void>> SheetsSink::find_title() {
  const Result<Spreadsheet> spreadsheet = co_await client_.spreadsheet(request_.spreadsheet_id);
  if (!spreadsheet) co_return std::unexpected(spreadsheet.error());
  const auto tab = std::ranges::find(spreadsheet->tabs, *tab_.id, &SheetTab::id);
  if (tab == spreadsheet->tabs.end()) {
    co_return fail(ErrorKind::not_found,
                   fmt::format("the tab \"{}\" was deleted during the run; run again: rows that were judged "
                               "are not asked again",
                               shown_name(tab_.title)));
  }
  tab_.title = tab->title;
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> SheetsSink::look() {
  constexpr int kReadings = 3;
  Result<TabKeys> tab = co_await read_tab_keys();
  for (int reading = 1; tab && reading < kReadings; ++reading) {
    const ReviewLayout layout = find_layout(tab->header, cells_.columns());
    const bool is_header = layout.positions[keys_.anchor] && layout.positions[keys_.number];
    // Somebody sorted it away, or put a row above it: columns are then taken to be where they were.
    if (!is_header) {
      conflicts_.has_lost_header = true;
      break;
    }
    const bool has_moved = layout.positions[keys_.anchor] != tab_.layout.positions[keys_.anchor] ||
                           layout.positions[keys_.number] != tab_.layout.positions[keys_.number];
    tab_.layout = layout;
    if (!layout.is_complete()) conflicts_.has_lost_columns = true;
    if (!tab->rows.empty()) tab->rows.front() = {};
    if (!has_moved) break;
    tab = co_await read_tab_keys();
  }
  if (!tab) co_return std::unexpected(tab.error());
  check_dates_ = std::move(tab->check_dates);
  finder_.look(std::move(tab->rows));
  co_return Result<void>();
}

bool SheetsSink::has_arrived(const Written& written) const {
  const std::optional<std::uint64_t> row = finder_.row_of(written.place);
  if (!row) return false;
  if (finder_.rows()[*row].number != finder_.key_of(written.place).number) return false;
  // A row that stands where it was written may have been away in that moment.
  if (!written.check_date.empty() && *row < check_dates_.size())
    return check_dates_[*row] == written.check_date;
  // It moved before it was written or after, who knows.
  return *row == written.row;
}

void SheetsSink::check_written(json::array& repairs) {
  for (const Written& written : unverified_) {
    const RowKey& key = finder_.key_of(written.place);
    suspects_[key.number] = key.anchor;
    if (!has_arrived(written)) want(written.place, std::max(written.part, Part::review));
  }
  unverified_.clear();
  std::unordered_map<std::uint64_t, std::string> suspects;
  std::set<std::pair<std::string, std::uint64_t>> foreign;
  const std::vector<RowKey>& rows = finder_.rows();
  for (std::uint64_t row = 1; row < rows.size(); ++row) {
    const RowKey& key = rows[row];
    if (const std::optional<std::uint64_t> owner = finder_.place_at(row)) {
      const bool is_wrong = finder_.key_of(*owner).number != key.number && !new_numbers_.contains(*owner);
      const bool was_ours = suspects_.contains(key.number) || (has_cleared_ && key.number == 0);
      if (is_wrong && was_ours) want(*owner, Part::review);
      continue;
    }
    if (key.number == 0) continue;
    const auto writer = suspects_.find(key.number);
    // A copy that somebody made of the row has its anchor too.
    const bool is_hit = writer != suspects_.end() && writer->second != key.anchor &&
                        !foreign_.contains({key.anchor, key.number});
    if (!is_hit) {
      foreign.emplace(key.anchor, key.number);
      continue;
    }
    // Looked at again after it is cleared: that may miss it as the review did.
    suspects.insert(*writer);
    if (!key.anchor.empty()) conflicts_.hit_rows.insert(row);
    requests_.clear_review(tab_.layout, row, repairs);
  }
  has_cleared_ = !suspects.empty();
  suspects_ = std::move(suspects);
  foreign_ = std::move(foreign);
  for (auto lost = lost_.begin(); lost != lost_.end();) {
    if (finder_.row_of(lost->first)) {
      want(lost->first, lost->second.part);
      lost = lost_.erase(lost);
    } else {
      ++lost;
    }
  }
}

Result<void> SheetsSink::make_batch(json::array& requests) {
  batch_.clear();
  std::size_t bytes = 0;
  for (auto due = due_.begin(); due != due_.end() && bytes < kMostBytes && batch_.size() < kMostRows;) {
    const auto [place, part] = *due;
    const std::optional<std::uint64_t> row = finder_.row_of(place);
    if (!row) {
      Result<std::vector<std::string>> cells = cells_of(place);
      if (!cells) return std::unexpected(cells.error());
      lost_[place] = {.part = part, .name = std::move((*cells)[keys_.anchor])};
      due = due_.erase(due);
      continue;
    }
    ++due;
    const auto renumbered = new_numbers_.find(place);
    const std::uint64_t number =
        renumbered != new_numbers_.end() ? renumbered->second : finder_.key_of(place).number;
    std::string check_date;
    if (part == Part::number) {
      requests_.write_number(tab_.layout, *row, number, requests);
      bytes += kBytesPerRow;
    } else {
      Result<std::vector<std::string>> cells = cells_of(place);
      if (!cells) return std::unexpected(cells.error());
      (*cells)[keys_.number] = fmt::format("{}", number);
      bytes += bytes_of(*cells);
      // The date that was there before tells nothing about what came after.
      const auto old = old_content_.find(place);
      if (old == old_content_.end() || tab_.rows[old->second].check_date != (*cells)[keys_.check_date]) {
        check_date = (*cells)[keys_.check_date];
      }
      if (part == Part::row) {
        requests_.write_row(tab_.layout, *row, *cells, number, requests);
      } else {
        requests_.write_review(tab_.layout, *row, *cells, number, requests);
      }
    }
    batch_.push_back({.place = place, .row = *row, .part = part, .check_date = std::move(check_date)});
  }
  return {};
}

Result<std::vector<std::string>> SheetsSink::cells_of(std::uint64_t place) {
  const Result<std::optional<std::string_view>> record = records_.read(place);
  if (!record) return std::unexpected(record.error());
  if (*record) return unpack_cells(**record);
  const auto old = old_content_.find(place);
  if (old != old_content_.end()) {
    const Result<std::optional<std::string_view>> content = tab_.contents.read(old->second);
    if (!content) return std::unexpected(content.error());
    if (*content) return unpack_cells(**content);
  }
  return std::vector<std::string>(cells_.columns().size());
}

void SheetsSink::want(std::uint64_t place, Part part) {
  const auto [due, is_new] = due_.try_emplace(place, part);
  if (!is_new) due->second = std::max(due->second, part);
}

std::vector<std::string> SheetsSink::warnings() const {
  Conflicts conflicts = conflicts_;
  for (const auto& [place, lost] : lost_) {
    conflicts.lost.push_back({.name = lost.name, .number = finder_.key_of(place).number});
  }
  conflicts.uncertain = due_.size() + unverified_.size();
  conflicts.cut_cells = requests_.cut_cells();
  return describe(conflicts, shown_name(tab_.title));
}

}  // namespace sv::sheets
