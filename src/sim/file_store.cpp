#include "sim/file_store.hpp"

#include "sim/letters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <utility>

namespace sv::sim {

namespace {

constexpr std::string_view kIdPrefix = "file-sim";

std::optional<std::uint64_t> number_of(std::string_view id) {
  if (!id.starts_with(kIdPrefix)) return std::nullopt;
  id.remove_prefix(kIdPrefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
  return number;
}

}  // namespace

const StoredFile& FileStore::add(StoredFile file) {
  file.id = fmt::format("{}{:06}", kIdPrefix, ++last_);
  bytes_ += file.content->size();
  return files_.emplace(last_, std::move(file)).first->second;
}

const StoredFile* FileStore::find(std::string_view id) const {
  const std::optional<std::uint64_t> number = number_of(id);
  const auto found = number ? files_.find(*number) : files_.end();
  return found == files_.end() || found->second.id != id ? nullptr : &found->second;
}

FileStore::Files::iterator FileStore::erase(Files::iterator which) {
  bytes_ -= which->second.content->size();
  return files_.erase(which);
}

bool FileStore::remove(std::string_view id) {
  if (find(id) == nullptr) return false;
  erase(files_.find(*number_of(id)));
  return true;
}

void FileStore::drop_expired(std::int64_t now) {
  for (auto file = files_.begin(); file != files_.end();) {
    const bool is_over = file->second.expires_at && *file->second.expires_at <= now;
    file = is_over ? erase(file) : std::next(file);
  }
}

std::string file_json(const StoredFile& file) {
  std::string out;
  fmt::format_to(std::back_inserter(out),
                 R"({{"id":"{}","object":"file","bytes":{},"created_at":{},"expires_at":{},"filename":)",
                 file.id, file.content->size(), file.created_at,
                 file.expires_at ? fmt::to_string(*file.expires_at) : "null");
  append_json_string(out, file.filename);
  out += R"(,"purpose":)";
  append_json_string(out, file.purpose);
  return out + R"(,"status":"processed","status_details":null})";
}

}  // namespace sv::sim
