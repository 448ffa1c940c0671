#include "tables/row_spool.hpp"

#include "base/assert.hpp"
#include "base/system_files.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sv::tables {

namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10U;
constexpr std::size_t kExtentsInMemory = 4096;  // 64 KB of index

}  // namespace

RowSpool::RowSpool(std::string directory, FileDescriptor data, FileDescriptor index)
    : directory_(std::move(directory)), data_(std::move(data)), index_(std::move(index)) {
  static_assert(sizeof(Extent) == 16);
  unwritten_.reserve(kBlock);
  unindexed_.reserve(kExtentsInMemory);
}

Result<RowSpool> RowSpool::open(const std::string& directory) {
  Result<FileDescriptor> data = open_scratch_file(directory);
  if (!data) return std::unexpected(std::move(data.error()));
  Result<FileDescriptor> index = open_scratch_file(directory);
  if (!index) return std::unexpected(std::move(index.error()));
  return RowSpool(directory, std::move(*data), std::move(*index));
}

Result<void> RowSpool::put(std::uint64_t place, std::string_view bytes) {
  SV_ASSERT(!bytes.empty(), "an empty row cannot be told from a missing one");
  if (unwritten_.size() + bytes.size() > kBlock) {
    if (Result<void> flushed = flush_data(); !flushed) return flushed;
  }
  unindexed_.push_back({place, {.offset = written_ + unwritten_.size(), .length = bytes.size()}});
  unwritten_.append(bytes);
  return unindexed_.size() < kExtentsInMemory ? Result<void>() : flush_index();
}

Result<void> RowSpool::flush_data() {
  const int error_number = write_all_at(data_.number(), unwritten_, written_);
  if (error_number != 0) return fail_io("write to", error_number);
  written_ += unwritten_.size();
  unwritten_.clear();
  // One huge row must not keep its memory for the rest of the run.
  if (unwritten_.capacity() > 2 * kBlock) {
    unwritten_.shrink_to_fit();
    unwritten_.reserve(kBlock);
  }
  return {};
}

Result<void> RowSpool::flush_index() {
  // Of two extents for one place the later one, which lies further behind in `data`, comes second and wins.
  std::ranges::sort(unindexed_, {},
                    [](const PlacedExtent& e) { return std::pair(e.place, e.extent.offset); });
  std::vector<Extent> run;  // of neighbouring places: one system call for all of them
  for (std::size_t i = 0; i < unindexed_.size();) {
    const std::uint64_t first_place = unindexed_[i].place;
    run.clear();
    for (; i < unindexed_.size() && unindexed_[i].place <= first_place + run.size(); ++i) {
      run.resize(static_cast<std::size_t>(unindexed_[i].place - first_place) + 1);
      run.back() = unindexed_[i].extent;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(run.data()), run.size() * sizeof(Extent));
    const int error_number = write_all_at(index_.number(), bytes, first_place * sizeof(Extent));
    if (error_number != 0) return fail_io("write to", error_number);
  }
  unindexed_.clear();
  extents_.clear();  // what was read of the index may be old now
  return {};
}

Result<std::optional<std::string_view>> RowSpool::read(std::uint64_t place) {
  if (!unwritten_.empty()) {
    if (Result<void> flushed = flush_data(); !flushed) return std::unexpected(std::move(flushed.error()));
  }
  if (!unindexed_.empty()) {
    if (Result<void> flushed = flush_index(); !flushed) return std::unexpected(std::move(flushed.error()));
  }
  if (place < first_extent_ || place - first_extent_ >= extents_.size()) {
    if (Result<void> loaded = load_index(place); !loaded) return std::unexpected(std::move(loaded.error()));
  }
  const Extent extent = extents_[static_cast<std::size_t>(place - first_extent_)];
  if (extent.length == 0) return std::nullopt;
  return load_row(extent);
}

Result<void> RowSpool::load_index(std::uint64_t place) {
  first_extent_ = place;
  extents_.assign(kExtentsInMemory, Extent{});  // beyond the end of the file there are no rows
  const ssize_t got = read_up_to_at(index_.number(), reinterpret_cast<char*>(extents_.data()),
                                    extents_.size() * sizeof(Extent), place * sizeof(Extent));
  if (got < 0) {
    extents_.clear();  // else these places would look like places without a row
    return fail_io("read from", static_cast<int>(-got));
  }
  return {};
}

Result<std::string_view> RowSpool::load_row(Extent extent) {
  const bool is_in_window =
      extent.offset >= window_offset_ && extent.offset + extent.length <= window_offset_ + window_.size();
  if (is_in_window) {
    return std::string_view(window_).substr(static_cast<std::size_t>(extent.offset - window_offset_),
                                            static_cast<std::size_t>(extent.length));
  }
  // Rows mostly lie in the order of their places, give or take those that were in flight together: a row
  // ahead moves the window, a straggler is read alone and leaves it.
  const bool moves_on =
      extent.offset >= window_offset_ && extent.offset <= window_offset_ + window_.size() + kBlock;
  std::string& into = moves_on || window_.empty() ? window_ : apart_;
  const std::uint64_t wanted =
      &into == &window_ ? std::max<std::uint64_t>(extent.length, kBlock) : extent.length;
  into.resize(static_cast<std::size_t>(wanted));
  const ssize_t got = read_up_to_at(data_.number(), into.data(), into.size(), extent.offset);
  if (got < 0) {
    into.clear();  // it holds neither the old bytes nor the new ones
    return fail_io("read from", static_cast<int>(-got));
  }
  SV_ASSERT(static_cast<std::uint64_t>(got) >= extent.length,
            "the scratch file is shorter than what was written");
  into.resize(static_cast<std::size_t>(got));
  if (&into == &window_) window_offset_ = extent.offset;
  return std::string_view(into).substr(0, static_cast<std::size_t>(extent.length));
}

std::unexpected<Error> RowSpool::fail_io(std::string_view action, int error_number) const {
  return std::unexpected(with_context("scratch file", file_error(action, directory_, error_number)));
}

}  // namespace sv::tables
