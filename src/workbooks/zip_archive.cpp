#include "workbooks/zip_archive.hpp"

#include "base/system_files.hpp"
#include "tables/files.hpp"
#include "tables/tab_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <vector>

namespace sv::workbooks {

namespace {

constexpr std::string_view kZipMagic("PK\x03\x04", 4);
// Compound files: workbooks with a password, and the old .xls.
constexpr std::string_view kOleMagic("\xD0\xCF\x11\xE0", 4);
constexpr std::size_t kLongestName = 1024;
constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;
constexpr unsigned long kEncryptedFlag = 1;

std::unexpected<Error> refuse(const std::string& name, std::string_view why) {
  return fail(ErrorKind::invalid_input, fmt::format("{}: {}", name, why));
}

}  // namespace

void ZipArchive::Close::operator()(void* file) const { unzClose(file); }

Result<ZipArchive> ZipArchive::open(const std::string& path) {
  ZipArchive archive;
  archive.name_ = tables::shown_path(path);
  const Result<FileDescriptor> file = tables::open_regular_file(path);
  if (!file) return std::unexpected(file.error());
  struct stat about{};
  if (::fstat(file->number(), &about) != 0) return std::unexpected(tables::file_error("read", path, errno));
  archive.file_bytes_ = static_cast<std::uint64_t>(about.st_size);
  std::array<char, 4> magic{};
  const ssize_t got = read_up_to(file->number(), magic.data(), magic.size());
  const std::string_view beginning(magic.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
  if (beginning == kOleMagic) {
    return refuse(archive.name_,
                  "it has a password or is an old .xls file, which cannot be read: save it as .xlsx without "
                  "a password");
  }
  if (beginning != kZipMagic) {
    return refuse(archive.name_, "it is not a workbook (.xlsx or .ods), whatever its name says");
  }
  archive.file_.reset(unzOpen64(path.c_str()));
  if (archive.file_ == nullptr) {
    return refuse(
        archive.name_,
        "it is damaged (its directory cannot be read): open it in a spreadsheet program and save it again");
  }
  if (const Result<void> read = archive.read_directory(); !read) return std::unexpected(read.error());
  return archive;
}

Result<void> ZipArchive::read_directory() {
  int state = unzGoToFirstFile(file_.get());
  while (state == UNZ_OK) {
    unz_file_info64 info{};
    std::array<char, kLongestName + 1> name{};
    if (unzGetCurrentFileInfo64(file_.get(), &info, name.data(), kLongestName, nullptr, 0, nullptr, 0) !=
            UNZ_OK ||
        info.size_filename > kLongestName) {
      return refuse(name_, "it is damaged (an entry of its directory cannot be read)");
    }
    if ((info.flag & kEncryptedFlag) != 0) {
      return refuse(name_, "it has a password: save it without one");
    }
    if (info.compressed_size > file_bytes_) {
      return refuse(name_, "it is damaged (a part of it is larger than the file)");
    }
    if (info.uncompressed_size > kMostEntryBytes ||
        (info.uncompressed_size > kFreeBytes && info.uncompressed_size / kMostRatio > info.compressed_size)) {
      return refuse(
          name_,
          fmt::format("its part {} would unpack to {} MB, which no table of people's needs: it is refused",
                      tables::shown_path(name.data()), info.uncompressed_size >> 20U));
    }
    if (!sizes_.emplace(name.data(), info.uncompressed_size).second) {
      return refuse(name_, "it is damaged (it has a part twice)");
    }
    if (sizes_.size() > kMostEntries) return refuse(name_, "it has too many parts for a workbook");
    state = unzGoToNextFile(file_.get());
  }
  if (state != UNZ_END_OF_LIST_OF_FILE) return refuse(name_, "it is damaged (its directory breaks off)");
  return {};
}

std::uint64_t ZipArchive::most_text_bytes() const {
  return std::clamp(file_bytes_ * kMostRatio, kFreeBytes, tables::TabWriter::kMostBytes);
}

Result<void> ZipArchive::read(std::string_view entry,
                              const std::function<Result<bool>(std::string_view)>& take) const {
  const auto found = sizes_.find(entry);
  if (found == sizes_.end()) return refuse(name_, fmt::format("its part {} is missing", entry));
  if (unzLocateFile(file_.get(), found->first.c_str(), 1) != UNZ_OK ||
      unzOpenCurrentFile(file_.get()) != UNZ_OK) {
    return refuse(name_, fmt::format("it is damaged (its part {} cannot be opened)", entry));
  }
  // Whatever ends the reading: one entry is open at a time.
  const std::unique_ptr<void, int (*)(void*)> open(file_.get(), unzCloseCurrentFile);
  std::vector<char> piece(kPieceBytes);
  std::uint64_t total = 0;
  for (;;) {
    const int got = unzReadCurrentFile(file_.get(), piece.data(), static_cast<unsigned>(piece.size()));
    if (got == 0) break;
    if (got < 0) return refuse(name_, fmt::format("it is damaged (its part {} cannot be unpacked)", entry));
    total += static_cast<std::uint64_t>(got);
    if (total > found->second) return refuse(name_, fmt::format("its part {} is larger than it says", entry));
    const Result<bool> goes_on = take({piece.data(), static_cast<std::size_t>(got)});
    if (!goes_on) return std::unexpected(goes_on.error());
    if (!*goes_on) return {};
  }
  if (total != found->second)
    return refuse(name_, fmt::format("it is damaged (its part {} breaks off)", entry));
  return {};
}

}  // namespace sv::workbooks
