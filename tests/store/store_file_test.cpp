// What happens around the file itself: permissions, damage, other people's databases, places that cannot be
// written.
#include "store/store_file.hpp"

#include "base/random.hpp"
#include "store_harness.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <csignal>
#include <unistd.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

void execute(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

TEST(StoreFile, is_private_whatever_the_umask) {
  const TempDirectory directory;
  const std::string path = directory.file("new/deep/answers.sqlite");
  const mode_t before = ::umask(0);
  {
    StoreHarness harness(path);
    ASSERT_TRUE(harness.is_open()) << harness.error().message;
    ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
    for (const char* suffix : {"", "-wal", "-shm"}) EXPECT_EQ(mode_of(path + suffix), 0600U) << suffix;
    EXPECT_EQ(mode_of(directory.file("new")), 0700U);
    EXPECT_EQ(mode_of(directory.file("new/deep")), 0700U);
  }
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  StoreHarness again(path);
  EXPECT_EQ(mode_of(path), 0600U);
  ::umask(before);
}

TEST(StoreFile, of_another_program_is_left_untouched) {
  const TempDirectory directory;
  const std::string path = directory.file("cache.sqlite");
  execute(
      path,
      "CREATE TABLE llm_cache(source_id TEXT, payload_json TEXT); INSERT INTO llm_cache VALUES('a', 'b')");
  const std::string before = read_file(path);
  for (int round = 0; round < 2; ++round) {
    StoreHarness harness(path);
    ASSERT_TRUE(harness.is_open()) << harness.error().message;
    ASSERT_EQ(harness.warnings().size(), 1U);
    EXPECT_NE(harness.warnings()[0].find("cache-answers.sqlite"), std::string::npos);
    EXPECT_EQ(harness.store().path(), directory.file("cache-answers.sqlite"));
    if (round == 0) {
      ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
    } else {
      EXPECT_NE(harness.find(key_of(1)), nullptr);
    }
  }
  EXPECT_EQ(read_file(path), before);
  EXPECT_TRUE(directory.names_with("corrupt").empty());
}

TEST(StoreFile, of_a_newer_version_is_refused_and_left_as_it_is) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 3);
  execute(path, "PRAGMA user_version=2");
  StoreHarness harness(path);
  ASSERT_FALSE(harness.is_open());
  EXPECT_EQ(harness.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(harness.error().message.find("newer version"), std::string::npos);
  EXPECT_EQ(directory.names_with("corrupt").size(), 0U);
}

TEST(StoreFile, that_is_no_database_is_moved_aside_with_its_content) {
  for (const std::string& content :
       {std::string("id;status\n1;done\n"), std::string(5000, '\0'), std::string("x")}) {
    const TempDirectory directory;
    const std::string path = directory.file("answers.sqlite");
    write_file(path, content);
    write_file(path + "-wal", "left over");
    StoreHarness harness(path);
    ASSERT_TRUE(harness.is_open()) << harness.error().message;
    ASSERT_EQ(harness.warnings().size(), 1U);
    const auto aside = directory.names_with(".corrupt-");
    ASSERT_EQ(aside.size(), 2U);
    for (const std::string& name : aside) {
      EXPECT_EQ(read_file(directory.file(name)), name.ends_with("-wal") ? "left over" : content);
      if (!name.ends_with("-wal")) EXPECT_NE(harness.warnings()[0].find(name), std::string::npos);
    }
    ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
  }
}

TEST(StoreFile, that_is_empty_becomes_a_cache_without_a_word) {
  const TempDirectory directory;
  write_file(directory.file("answers.sqlite"), "");
  StoreHarness harness(directory.file("answers.sqlite"));
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_TRUE(harness.warnings().empty());
  ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
}

TEST(StoreFile, that_was_cut_off_is_moved_aside_and_its_intact_answers_are_carried_over) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 2000);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) * 3 / 4 / 4096 * 4096);
  StoreHarness harness(path);
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_EQ(directory.names_with(".corrupt-").size(), 1U);
  ASSERT_EQ(harness.warnings().size(), 2U);
  std::size_t kept = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto found = harness.find(key_of(i));
    if (!found) continue;
    ++kept;
    ASSERT_TRUE(same(*found, make_answer(i)));
  }
  EXPECT_GT(kept, 100U);
  EXPECT_LT(kept, 2000U);
}

// 79 % of flipped bits are silent for SQLite: whatever is found must be exactly what was kept.
TEST(StoreFile, with_a_flipped_bit_never_gives_a_wrong_answer_and_takes_new_ones) {
  const TempDirectory original;
  fill(original.file("answers.sqlite"), 200);
  const std::string intact = read_file(original.file("answers.sqlite"));
  Random random(7);
  std::size_t misses = 0;
  std::size_t moved = 0;
  for (int trial = 0; trial < 100; ++trial) {
    const TempDirectory directory;
    const std::string path = directory.file("answers.sqlite");
    std::string bytes = intact;
    const std::size_t at = 100 + random.below(bytes.size() - 100);
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << random.below(8)));
    write_file(path, bytes);
    StoreHarness harness(path, "later run", 0ms);
    ASSERT_TRUE(harness.is_open()) << "byte " << at << ": " << harness.error().message;
    ports::AnswerLookups all{.keys = {}, .keys_per_row = 1, .this_run_only = std::vector<bool>(200, false)};
    for (std::uint64_t i = 0; i < 200; ++i) all.keys.push_back(key_of(i));
    auto found = harness.find_all(all);
    ASSERT_TRUE(found) << found.error().message;
    for (std::uint64_t i = 0; i < 200; ++i) {
      if (found->at(i)) {
        ASSERT_TRUE(same(*found->at(i), make_answer(i))) << "byte " << at;
        continue;
      }
      ++misses;
      harness.start_commit(key_of(i), make_answer(i));
    }
    harness.run();
    ASSERT_EQ(harness.failed(), 0U) << "byte " << at;
    found = harness.find_all(all);
    ASSERT_TRUE(found) << found.error().message;
    for (std::uint64_t i = 0; i < 200; ++i) {
      ASSERT_NE(found->at(i), nullptr) << "byte " << at;
      ASSERT_TRUE(same(*found->at(i), make_answer(i))) << "byte " << at;
    }
    moved += directory.names_with(".corrupt-").empty() ? 0 : 1;
  }
  EXPECT_GT(misses, 20U);
  RecordProperty("misses", std::to_string(misses));
  RecordProperty("moved aside", std::to_string(moved));
}

TEST(StoreFile, that_breaks_during_a_run_is_replaced_and_the_answer_is_kept) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 20'000);  // too large for a full check at opening
  const std::uintmax_t size = std::filesystem::file_size(path);
  ASSERT_GT(size, std::uintmax_t{4} << 20U);
  std::string bytes = read_file(path);
  // All but the first and last pages: the tables are found, their middle is rubbish.
  for (std::size_t at = 16 * 4096; at < bytes.size() - 64 * 4096; at += 4096)
    bytes.replace(at, 32, std::string(32, '\x55'));
  write_file(path, bytes);
  StoreHarness harness(path, "later run");
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  ASSERT_TRUE(harness.commit(key_of(1'000'000), make_answer(1)));
  for (std::uint64_t i = 1; i < 50; ++i) ASSERT_TRUE(harness.commit(key_of(1'000'000 + i), make_answer(i)));
  EXPECT_EQ(directory.names_with(".corrupt-").size(), 1U);
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_NE(harness.find(key_of(1'000'000 + i)), nullptr) << i;
}

TEST(StoreFile, in_a_place_that_cannot_be_written_is_an_error_that_names_it) {
  const TempDirectory directory;
  write_file(directory.file("plain"), "not a directory");
  StoreHarness inside_a_file(directory.file("plain/answers.sqlite"));
  ASSERT_FALSE(inside_a_file.is_open());
  EXPECT_EQ(inside_a_file.error().kind, ErrorKind::not_found);
  EXPECT_NE(inside_a_file.error().message.find("plain/answers.sqlite"), std::string::npos);

  std::filesystem::create_directory(directory.file("folder"));
  StoreHarness a_folder(directory.file("folder"));
  ASSERT_FALSE(a_folder.is_open());
  EXPECT_EQ(a_folder.error().kind, ErrorKind::invalid_input);

  StoreHarness no_name("");
  ASSERT_FALSE(no_name.is_open());

  ASSERT_EQ(::symlink(directory.file("nowhere").c_str(), directory.file("link").c_str()), 0);
  StoreHarness dangling(directory.file("link"));
  ASSERT_FALSE(dangling.is_open());
  EXPECT_FALSE(std::filesystem::exists(directory.file("nowhere")));

  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere: the read-only directory is not tried";
  ASSERT_EQ(::chmod(directory.file("folder").c_str(), 0500), 0);
  StoreHarness read_only(directory.file("folder/answers.sqlite"));
  ASSERT_FALSE(read_only.is_open());
  EXPECT_EQ(read_only.error().kind, ErrorKind::permission_denied);
}

TEST(StoreFile, whose_name_and_sibling_belong_to_others_is_refused) {
  const TempDirectory directory;
  for (const char* name : {"cache.sqlite", "cache-answers.sqlite"})
    execute(directory.file(name), "CREATE TABLE theirs(a)");
  StoreHarness harness(directory.file("cache.sqlite"));
  ASSERT_FALSE(harness.is_open());
  EXPECT_EQ(harness.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(harness.error().message.find("databases of another program"), std::string::npos);
}

TEST(StoreFile, with_a_schema_that_is_not_ours_is_damaged) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 3);
  execute(path, "ALTER TABLE answer RENAME COLUMN rewrite TO other");
  StoreHarness harness(path);
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_EQ(directory.names_with(".corrupt-").size(), 1U);
  ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
}

TEST(StoreFile, with_facts_that_cannot_be_read_opens_all_the_same) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  fill(path, 3);
  execute(path, "DROP TABLE fact; CREATE VIEW fact(name, value) AS SELECT key, missing FROM answer");
  StoreHarness harness(path);
  // A view cannot be written to, so the schema is not ours: the answers come along into a new file.
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_NE(harness.find(key_of(1)), nullptr);
}

TEST(StoreFile, that_is_put_aside_keeps_apart_from_others_of_the_same_second) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  const WallTime now(std::chrono::milliseconds(1'780'000'000'000));
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) {
    write_file(path, "damage " + std::to_string(i));
    const auto aside = move_aside(path, inspect_file(path)->identity, now);
    ASSERT_TRUE(aside) << aside.error().message;
    names.push_back(*aside);
    EXPECT_EQ(read_file(*aside), "damage " + std::to_string(i));
  }
  EXPECT_EQ(names[1], names[0] + "-2");
  EXPECT_EQ(names[2], names[0] + "-3");
  write_file(path, "another file by now");
  const auto moved = move_aside(path, {.device = 1, .inode = 1}, now);
  ASSERT_TRUE(moved);
  EXPECT_EQ(*moved, "") << "somebody else's file is not touched";
  EXPECT_EQ(read_file(path), "another file by now");
}

TEST(StoreFile, with_a_name_that_means_something_to_sqlite_is_salvaged_too) {
  const TempDirectory directory;
  const std::string path = directory.file("100%?#.sqlite");
  fill(path, 2000);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) * 3 / 4 / 4096 * 4096);
  StoreHarness harness(path);
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_EQ(harness.warnings().size(), 2U);
  EXPECT_NE(harness.find(key_of(5)), nullptr);
}

}  // namespace
}  // namespace sv::store
