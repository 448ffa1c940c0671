#include "workbooks/xlsx_sink.hpp"

#include "base/system_files.hpp"
#include "base/text.hpp"
#include "workbooks/review_workbook.hpp"
#include "workbooks/workbook.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sv::workbooks {

namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 10U;

// From where the file stands to its end.
Result<void> copy_to(int from, const std::string& name,
                     const std::function<Result<void>(std::string_view)>& write) {
  std::string block(kCopyBytes, '\0');
  for (;;) {
    const ssize_t got = read_up_to(from, block.data(), block.size());
    if (got < 0) return std::unexpected(tables::file_error("read", name, static_cast<int>(-got)));
    if (got == 0) return {};
    if (const Result<void> written = write(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
        !written) {
      return written;
    }
  }
}

// "external:/home/me/statuses.xlsx#'Tab'!A": a quote in the tab's name is doubled.
std::string link_to(const std::string& source_path, std::string_view tab) {
  std::string quoted;
  for (const char c : tab) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(source_path, error);
  return fmt::format("external:{}#'{}'!A", error ? source_path : full.string(), quoted);
}

}  // namespace

Result<std::unique_ptr<XlsxSink>> XlsxSink::open(XlsxSinkOptions options) {
  Result<tables::ScratchDirectory> scratch = tables::ScratchDirectory::make();
  if (!scratch) return std::unexpected(with_context("output", std::move(scratch.error())));
  std::unique_ptr<XlsxSink> sink(new XlsxSink(std::move(options), std::move(*scratch)));
  const std::string& path = sink->options_.path;
  if (const auto source = tables::stamp_of(sink->options_.source_path), target = tables::stamp_of(path);
      !sink->options_.source_path.empty() && source && target && source->is_same_file(*target)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the output {} is the source itself; name another output file",
                            tables::shown_path(path)));
  }
  // The directory must take a file: that is tried now rather than after the last row.
  const Result<FileDescriptor> trial = tables::open_scratch_file(tables::directory_of(path));
  if (!trial) return std::unexpected(with_context("output", trial.error()));
  sink->stamp_ = tables::stamp_of(path);
  if (sink->stamp_) {
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
      return std::unexpected(with_context("output", tables::file_error("write", path, errno)));
    }
    if (const Result<void> taken = sink->take_existing(); !taken) {
      return std::unexpected(with_context("output", taken.error()));
    }
  }
  tables::CsvSinkOptions rows;
  rows.path = sink->scratch_.path() + "/review.csv";
  rows.columns = sink->options_.columns;
  rows.source_name = sink->options_.source_name;
  rows.row_link = sink->options_.row_link;
  Result<std::unique_ptr<tables::CsvSink>> opened = tables::open_csv_sink(rows);
  if (!opened) {
    // It knows the scratch file only; people know the workbook.
    return fail(
        opened.error().kind,
        opened.error().kind == ErrorKind::invalid_input
            ? fmt::format(
                  "output {} is not a review of ours, so it is left as it is; name another output file, "
                  "or move this one away",
                  tables::shown_path(path))
            : opened.error().message);
  }
  sink->rows_ = std::move(*opened);
  return sink;
}

Result<void> XlsxSink::take_existing() {
  const Result<ConvertedTab> existing = convert_tab(options_.path, {}, scratch_.path(), true);
  if (!existing) return std::unexpected(existing.error());
  const std::string name = tables::shown_path(options_.path);
  if (existing->tabs.size() > 1) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format(
            "{} has {} tabs, and only the review can be written: the others would be lost. Name another "
            "output file",
            name, existing->tabs.size()));
  }
  if (existing->has_formulas) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has formulas, which would be lost: name another output file", name));
  }
  if (!existing->tabs.empty() && is_tab_name(existing->tabs.front())) tab_ = existing->tabs.front();
  const std::string path = scratch_.path() + "/review.csv";
  const FileDescriptor copy(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!copy.is_open()) return std::unexpected(tables::file_error("write", path, errno));
  return copy_to(existing->file.number(), path, [&](std::string_view bytes) -> Result<void> {
    const int error = write_all(copy.number(), bytes);
    if (error != 0) return std::unexpected(tables::file_error("write", path, error));
    return {};
  });
}

boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> XlsxSink::read_existing(std::size_t max) {
  return rows_->read_existing(max);
}

boost::asio::awaitable<Result<void>> XlsxSink::begin(std::uint64_t places, bool keep_existing) {
  return rows_->begin(places, keep_existing);
}

boost::asio::awaitable<Result<void>> XlsxSink::put(std::vector<domain::Outcome> outcomes) {
  return rows_->put(std::move(outcomes));
}

boost::asio::awaitable<Result<void>> XlsxSink::finish() {
  const Result<void> finished = co_await rows_->finish();
  if (!finished) co_return finished;
  co_return write_workbook();
}

Result<void> XlsxSink::write_workbook() {
  ReviewWorkbookOptions workbook{.csv_path = scratch_.path() + "/review.csv",
                                 .xlsx_path = scratch_.path() + "/review.xlsx",
                                 .tab = tab_,
                                 .directory = scratch_.path(),
                                 .link = {}};
  if (!options_.row_link.empty())
    workbook.link = options_.row_link;
  else if (!options_.source_tab.empty())
    workbook.link = link_to(options_.source_path, options_.source_tab);
  const Result<WrittenWorkbook> written = write_review_workbook(workbook);
  if (!written) return std::unexpected(written.error());
  if (written->cut_cells > 0) {
    warnings_.push_back(
        fmt::format("{} {} longer than the 32,767 characters that a workbook's cell takes, and {} cut",
                    written->cut_cells, written->cut_cells == 1 ? "cell was" : "cells were",
                    written->cut_cells == 1 ? "is" : "are"));
  }
  if (tables::stamp_of(options_.path) != stamp_) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format(
            "{} was changed by somebody else during this run, so it is left as it is; run again: rows "
            "that were judged are not asked again",
            tables::shown_path(options_.path)));
  }
  const Result<FileDescriptor> made = tables::open_regular_file(workbook.xlsx_path);
  if (!made) return std::unexpected(made.error());
  Result<tables::ReplacementFile> target = tables::ReplacementFile::open(options_.path);
  if (!target) return std::unexpected(target.error());
  const Result<void> copied = copy_to(made->number(), workbook.xlsx_path,
                                      [&](std::string_view bytes) { return target->write(bytes); });
  if (!copied) return copied;
  return target->commit();
}

}  // namespace sv::workbooks
