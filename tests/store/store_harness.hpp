// What the tests of the store share: a private directory, an event loop that is driven to the end of one
// question, and answers of our own making.
#pragma once

#include "base/hash.hpp"
#include "store/sqlite_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdlib.h>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace sv::store {

class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sv-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      all.push_back(entry.path().filename());
    return all;
  }
  std::vector<std::string> names_with(std::string_view part) const {
    std::vector<std::string> all = names();
    std::erase_if(all, [part](const std::string& name) { return name.find(part) == std::string::npos; });
    return all;
  }

 private:
  std::filesystem::path path_;
};

inline domain::AnswerKey key_of(std::uint64_t number) { return sha256("question " + std::to_string(number)); }

inline domain::Answer make_answer(std::uint64_t number) {
  domain::Answer answer;
  answer.verdict.is_valid = number % 2 == 0;
  answer.verdict.issues = {{.message = "нет даты " + std::to_string(number),
                            .rule = "3.1",
                            .severity = domain::Severity::critical,
                            .quote = std::nullopt}};
  answer.verdict.rewrite_suggestion = "Переписано: " + std::to_string(number);
  answer.raw_json = R"({"issues":[],"is_valid":true,"number":)" + std::to_string(number) + "}";
  answer.usage = {
      .input = 900 + number, .cached_input = 800, .cache_write = 0, .output = 120, .reasoning = 7};
  answer.provider = "primary";
  answer.model = "gpt-test";
  answer.answered_at =
      WallTime(std::chrono::milliseconds(1'780'000'000'000 + static_cast<std::int64_t>(number)));
  return answer;
}

inline bool same(const domain::Answer& a, const domain::Answer& b) {
  return a.verdict == b.verdict && a.raw_json == b.raw_json && a.usage == b.usage &&
         a.provider == b.provider && a.model == b.model && a.answered_at == b.answered_at;
}

// An opened store and its event loop. Every call below returns when the store has answered.
class StoreHarness {
 public:
  explicit StoreHarness(const std::string& path, std::string run_id = "run-1",
                        Duration group_window = std::chrono::milliseconds(1), std::size_t group_size = 256) {
    Result<OpenedStore> opened = open_sqlite_store({.path = path,
                                                    .executor = io_.get_executor(),
                                                    .run_id = std::move(run_id),
                                                    .group_window = group_window,
                                                    .group_size = group_size});
    if (!opened) {
      error_ = opened.error();
      return;
    }
    store_ = std::move(opened->store);
    warnings_ = std::move(opened->warnings);
  }

  bool is_open() const { return store_ != nullptr; }
  const Error& error() const { return error_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  SqliteStore& store() { return *store_; }
  boost::asio::io_context& io() { return io_; }

  void run() {
    io_.restart();
    io_.run();
  }

  Result<std::vector<std::shared_ptr<const domain::Answer>>> find_all(ports::AnswerLookups lookups) {
    Result<std::vector<std::shared_ptr<const domain::Answer>>> found;
    boost::asio::co_spawn(io_, store_->find(std::move(lookups)),
                          [&found](const std::exception_ptr& broken, auto answers) {
                            if (broken) std::rethrow_exception(broken);
                            found = std::move(answers);
                          });
    run();
    return found;
  }

  std::shared_ptr<const domain::Answer> find(const domain::AnswerKey& key, bool this_run_only = false) {
    auto found = find_all({.keys = {key}, .keys_per_row = 1, .this_run_only = {this_run_only}});
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found ? found->at(0) : nullptr;
  }

  // Without waiting; counts in committed() and failures().
  void start_commit(const domain::AnswerKey& key, domain::Answer answer) {
    store_->commit(key, std::make_shared<const domain::Answer>(std::move(answer)),
                   [this](Result<void> result) {
                     ++(result ? committed_ : failed_);
                     if (!result) last_failure_ = result.error();
                   });
  }
  Result<void> commit(const domain::AnswerKey& key, domain::Answer answer) {
    const std::size_t failed_before = failed_;
    start_commit(key, std::move(answer));
    run();
    if (failed_ > failed_before) return std::unexpected(last_failure_);
    return {};
  }
  void flush() {
    boost::asio::co_spawn(io_, store_->flush(), [](const std::exception_ptr&) {});
    run();
  }

  std::size_t committed() const { return committed_; }
  std::size_t failed() const { return failed_; }

 private:
  boost::asio::io_context io_;  // outlives the store
  std::unique_ptr<SqliteStore> store_;
  std::vector<std::string> warnings_;
  Error error_;
  Error last_failure_;
  std::size_t committed_ = 0;
  std::size_t failed_ = 0;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline unsigned mode_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return status.st_mode & 0777U;
}

// A file with so many answers of an earlier run.
inline void fill(const std::string& path, std::uint64_t answers) {
  StoreHarness harness(path, "filling run", std::chrono::hours(1), 1'000'000);
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  for (std::uint64_t i = 0; i < answers; ++i) harness.start_commit(key_of(i), make_answer(i));
  harness.flush();
  ASSERT_EQ(harness.committed(), answers);
}

}  // namespace sv::store
