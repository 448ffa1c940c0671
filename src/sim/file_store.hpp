// The files of the simulated provider: uploads, and what batches write. In memory, newest last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

struct StoredFile {
  std::string id;
  std::string filename;
  std::string purpose;
  std::int64_t created_at = 0;  // Unix seconds
  std::optional<std::int64_t> expires_at;
  // Shared with the batch that works on it, which may outlive the file.
  std::shared_ptr<const std::string> content;
};

class FileStore {
 public:
  // Gives the file its id.
  const StoredFile& add(StoredFile file);
  // Nothing when there is none of that id (any more).
  const StoredFile* find(std::string_view id) const;
  bool remove(std::string_view id);
  void drop_expired(std::int64_t now);

  std::size_t bytes() const { return bytes_; }
  // By number, so in the order in which they came.
  const std::map<std::uint64_t, StoredFile>& all() const { return files_; }

 private:
  using Files = std::map<std::uint64_t, StoredFile>;
  Files::iterator erase(Files::iterator which);

  Files files_;
  std::uint64_t last_ = 0;
  std::size_t bytes_ = 0;
};

std::string file_json(const StoredFile& file);

}  // namespace sv::sim
