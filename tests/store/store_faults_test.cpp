// The K-th call of the operating system, and the K-th piece of memory that SQLite asks for, fails, for every
// K (as SQLite itself is tested): whatever happens, what the store called kept is there afterwards, and
// nothing else is found.
#include "store/answer_database.hpp"
#include "store/database.hpp"
#include "store/store_harness.hpp"
#include "support/failing_calls.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <set>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kOld = 8;  // answers that are in the file before
constexpr std::uint64_t kNew = 4;  // answers that are written while something fails

// ---- SQLite's memory
// ----------------------------------------------------------------------------------------------

sqlite3_mem_methods system_memory;
std::atomic<long> allocations_left{-1};  // before the one that fails; negative: none fails
std::atomic<long> failed_allocations{0};

bool is_refused() {
  if (allocations_left.load() < 0 || allocations_left.fetch_sub(1) != 0) return false;
  ++failed_allocations;
  return true;
}
void* allocate(int size) { return is_refused() ? nullptr : system_memory.xMalloc(size); }
void* reallocate(void* block, int size) {
  return is_refused() ? nullptr : system_memory.xRealloc(block, size);
}

// Before anything else of SQLite is called.
const int installed = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
  sqlite3_mem_methods refusing = system_memory;
  refusing.xMalloc = allocate;
  refusing.xRealloc = reallocate;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &refusing);
}();

// ---- the scenes
// ---------------------------------------------------------------------------------------------------

struct Kept {
  bool is_open = false;
  std::set<std::uint64_t> answers;
  std::vector<Error> errors;
};

// What a run does with its store, and what the store said of it.
Kept use_store(const std::string& path) {
  Kept kept;
  StoreHarness harness(path, "failing run", 0ms, 2);
  kept.is_open = harness.is_open();
  if (!harness.is_open()) {
    kept.errors.push_back(harness.error());
    return kept;
  }
  harness.store().remember("fact", "learnt");
  for (std::uint64_t i = kOld; i < kOld + kNew; ++i) {
    const Result<void> committed = harness.commit(key_of(i), make_answer(i));
    if (committed) {
      kept.answers.insert(i);
    } else {
      kept.errors.push_back(committed.error());
    }
    ports::AnswerLookups lookups{
        .keys = {key_of(i - kOld), key_of(i)}, .keys_per_row = 1, .this_run_only = {false, false}};
    const auto found = harness.find_all(lookups);
    if (!found) {
      kept.errors.push_back(found.error());
      continue;
    }
    if (found->at(0)) EXPECT_TRUE(same(*found->at(0), make_answer(i - kOld)));
    if (found->at(1)) EXPECT_TRUE(same(*found->at(1), make_answer(i)));
  }
  return kept;
}

enum class Scene { new_file, kept_file, cut_file };

// The file as the run that meets the failure finds it.
void prepare(Scene scene, const TempDirectory& directory) {
  const std::string path = directory.file("answers.sqlite");
  if (scene == Scene::kept_file) fill(path, kOld);
  if (scene == Scene::cut_file) {
    fill(path, 300);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2 / 4096 * 4096);
  }
}

void check(Scene scene, const TempDirectory& directory, const Kept& kept, const std::string& what) {
  for (const Error& error : kept.errors) EXPECT_FALSE(error.message.empty()) << what;
  StoreHarness harness(directory.file("answers.sqlite"), "later run");
  ASSERT_TRUE(harness.is_open()) << what << ": " << harness.error().message;
  for (const std::uint64_t i : kept.answers) {
    const auto found = harness.find(key_of(i));
    ASSERT_NE(found, nullptr) << what << ": answer " << i << " was called kept";
    EXPECT_TRUE(same(*found, make_answer(i))) << what;
  }
  // Of a file that is just being made SQLite itself calls a failed read damage (SQLITE_CORRUPT), and it is
  // replaced.
  if (scene != Scene::kept_file) return;
  // A failure is no damage: an intact file is never put aside for it.
  EXPECT_EQ(directory.names_with(".corrupt-").size(), 0U) << what;
  for (std::uint64_t i = 0; i < kOld; ++i) {
    const auto found = harness.find(key_of(i));
    ASSERT_NE(found, nullptr) << what << ": answer " << i << " was there before";
    EXPECT_TRUE(same(*found, make_answer(i))) << what;
  }
}

class StoreFaults : public testing::TestWithParam<Scene> {
 protected:
  // Until no such call is left. Once, or that one and all after it.
  void fail_each(SystemCall call, int error_number, const std::string& name) const {
    for (const long times : {1L, FailingCalls::kAll}) {
      bool is_over = false;
      for (long number = 0; !is_over && !HasFailure(); number += 1 + number / 16) {
        ASSERT_LT(number, 10'000) << "it never ends";
        const TempDirectory directory;
        prepare(GetParam(), directory);
        const std::string what = fmt::format("{} {}{}", name, number, times == 1 ? "" : " and later");
        Kept kept;
        {
          const FailingCalls failing(call, error_number, directory.file(""), number, times);
          kept = use_store(directory.file("answers.sqlite"));
          is_over = failing.failures() == 0;
        }
        if (is_over) {
          EXPECT_EQ(kept.answers.size(), kNew) << what;
        }
        check(GetParam(), directory, kept, what);
      }
    }
  }
};

TEST_P(StoreFaults, a_disk_that_gets_full_at_any_write_loses_nothing) {
  fail_each(SystemCall::write, ENOSPC, "write");
}

TEST_P(StoreFaults, a_disk_that_cannot_sync_loses_nothing) { fail_each(SystemCall::sync, EIO, "sync"); }

TEST_P(StoreFaults, a_disk_that_cannot_read_loses_nothing) { fail_each(SystemCall::read, EIO, "read"); }

TEST_P(StoreFaults, too_many_open_files_lose_nothing) { fail_each(SystemCall::open, EMFILE, "open"); }

TEST_P(StoreFaults, files_that_cannot_be_cut_or_looked_at_lose_nothing) {
  fail_each(SystemCall::truncate, EIO, "truncate");
  fail_each(SystemCall::look, EIO, "look");
}

TEST_P(StoreFaults, files_that_cannot_be_moved_lose_nothing) {
  fail_each(SystemCall::rename, EACCES, "rename");
}

TEST_P(StoreFaults, shared_memory_that_cannot_be_mapped_loses_nothing) {
  fail_each(SystemCall::map, ENOMEM, "map");
}

// reliability.md R-05: memory that runs out in the cache.
TEST_P(StoreFaults, memory_that_runs_out_at_any_allocation_loses_nothing) {
  ASSERT_EQ(installed, SQLITE_OK);
  bool is_over = false;
  for (long number = 0; !is_over && !HasFailure(); number += 1 + number / 32) {
    ASSERT_LT(number, 100'000) << "it never ends";
    const TempDirectory directory;
    prepare(GetParam(), directory);
    const long before = failed_allocations;
    allocations_left = number;
    const Kept kept = use_store(directory.file("answers.sqlite"));
    allocations_left = -1;
    is_over = failed_allocations == before;
    check(GetParam(), directory, kept, fmt::format("allocation {}", number));
  }
}

INSTANTIATE_TEST_SUITE_P(Scenes, StoreFaults,
                         testing::Values(Scene::new_file, Scene::kept_file, Scene::cut_file));

// ---- what people read
// ---------------------------------------------------------------------------------------------

TEST(StoreErrors, of_a_place_that_may_not_be_written_say_so) {
  for (const int refused : {EACCES, EROFS}) {
    const TempDirectory directory;
    const FailingCalls read_only(SystemCall::open, refused, directory.file("answers.sqlite"));
    StoreHarness harness(directory.file("answers.sqlite"));
    ASSERT_FALSE(harness.is_open());
    EXPECT_EQ(harness.error().kind, ErrorKind::permission_denied) << harness.error().message;
    EXPECT_NE(harness.error().message.find("make the place writable"), std::string::npos);
  }
  const TempDirectory directory;
  const FailingCalls refusing(SystemCall::make_directory, EACCES, directory.file("deep"));
  StoreHarness harness(directory.file("deep/answers.sqlite"));
  ASSERT_FALSE(harness.is_open());
  EXPECT_EQ(harness.error().kind, ErrorKind::permission_denied) << harness.error().message;
  EXPECT_NE(harness.error().message.find("cannot create directory"), std::string::npos);
}

TEST(StoreErrors, of_a_parent_that_is_there_and_refuses_are_none) {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.file("there"));
  const FailingCalls refusing(SystemCall::make_directory, EROFS, directory.file("there"));
  StoreHarness harness(directory.file("there/answers.sqlite"));
  EXPECT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_GT(refusing.failures(), 0);
}

TEST(StoreErrors, of_a_file_that_another_program_holds_name_it_and_what_to_do) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 3);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  const auto opened = AnswerDatabase::open(path, "run", Duration::zero());
  ASSERT_FALSE(opened.has_value());
  EXPECT_FALSE(opened.error().is_damage);
  EXPECT_EQ(opened.error().error.kind, ErrorKind::already_locked) << opened.error().error.message;
  EXPECT_NE(opened.error().error.message.find("another program holds it"), std::string::npos);
  sqlite3_close(other);
}

// A write that meets another process's transaction is refused as a whole, and said to be so.
TEST(StoreErrors, of_a_write_that_another_process_holds_up_keep_nothing_of_the_group) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 3);
  const auto opened = AnswerDatabase::open(path, "run", Duration::zero());
  ASSERT_TRUE(opened.has_value());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const KeyedAnswer answer{.key = key_of(7), .answer = std::make_shared<domain::Answer>(make_answer(7))};
  const int code = (*opened)->write(std::span(&answer, 1), {});
  EXPECT_EQ(code & 0xFF, SQLITE_BUSY);
  EXPECT_EQ((*opened)->to_error(code, "cannot keep answers in").kind, ErrorKind::already_locked);
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  const auto found = (*opened)->find(key_of(7), false);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, nullptr);
  EXPECT_EQ((*opened)->write(std::span(&answer, 1), {}), SQLITE_OK);
}

TEST(StoreErrors, have_a_kind_to_act_on_and_advice_for_people) {
  struct Case {
    int code;
    ErrorKind kind;
    const char* advice;
    bool is_damage = false;
  };
  const Database database;
  for (const Case& one :
       {Case{SQLITE_BUSY, ErrorKind::already_locked, "another program holds it"},
        Case{SQLITE_BUSY_SNAPSHOT, ErrorKind::already_locked, "another program holds it"},
        Case{SQLITE_LOCKED, ErrorKind::already_locked, "another program holds it"},
        Case{SQLITE_TOOBIG, ErrorKind::invalid_input, "check the disk"},
        Case{SQLITE_FULL, ErrorKind::io, "the disk is full"},
        Case{SQLITE_READONLY, ErrorKind::io, "writable"}, Case{SQLITE_CANTOPEN, ErrorKind::io, "writable"},
        Case{SQLITE_PERM, ErrorKind::io, "writable"}, Case{SQLITE_CORRUPT, ErrorKind::io, "damaged", true},
        Case{SQLITE_CORRUPT_INDEX, ErrorKind::io, "damaged", true},
        Case{SQLITE_NOTADB, ErrorKind::io, "damaged", true},
        Case{SQLITE_FORMAT, ErrorKind::io, "check the disk", true},
        Case{SQLITE_IOERR_SHORT_READ, ErrorKind::io, "check the disk", true},
        Case{SQLITE_IOERR_READ, ErrorKind::io, "check the disk"},
        Case{SQLITE_NOMEM, ErrorKind::io, "check the disk"}}) {
    const Error error = database.to_error(one.code, "cannot keep answers in", "a.sqlite");
    EXPECT_EQ(error.kind, one.kind) << one.code;
    EXPECT_NE(error.message.find("a.sqlite"), std::string::npos);
    EXPECT_NE(error.message.find(one.advice), std::string::npos) << one.code << ": " << error.message;
    EXPECT_EQ(is_damage(one.code), one.is_damage) << one.code;
  }
}

}  // namespace
}  // namespace sv::store
