#include "store/claims_file.hpp"

#include "store/store_harness.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sv::store {
namespace {

domain::AnswerKey question(std::uint8_t which) {
  domain::AnswerKey key{};
  key.fill(which);
  return key;
}

class ClaimsFileTest : public testing::Test {
 protected:
  std::unique_ptr<ClaimsFile> open() {
    auto opened = ClaimsFile::open(cache_);
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return std::move(*opened);
  }
  // As if killed: nothing is destroyed.
  void a_process_claims_and_dies(const std::vector<domain::AnswerKey>& questions) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto claims = open();
      for (const domain::AnswerKey& each : questions) {
        if (!claims->try_claim(each)) ::_exit(1);
      }
      ::_exit(0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }
  TempDirectory directory_;
  std::string cache_ = directory_.file("cache.sqlite");
};

TEST_F(ClaimsFileTest, what_one_asks_no_other_asks_until_it_lets_go) {
  const auto one = open();
  const auto other = open();
  EXPECT_TRUE(one->try_claim(question(1)));
  EXPECT_FALSE(other->try_claim(question(1)));
  EXPECT_TRUE(other->try_claim(question(2))) << "another question";
  EXPECT_TRUE(other->try_claim(question(255))) << "the last place is one too";
  one->release(question(1), false);
  EXPECT_TRUE(other->try_claim(question(1)));
  EXPECT_FALSE(one->try_claim(question(1)));
}

TEST_F(ClaimsFileTest, letting_go_of_what_others_hold_does_nothing) {
  const auto one = open();
  const auto other = open();
  ASSERT_TRUE(one->try_claim(question(1)));
  other->release(question(1), false);
  EXPECT_FALSE(other->try_claim(question(1)));
}

TEST_F(ClaimsFileTest, answers_of_others_are_counted_and_own_ones_are_not) {
  const auto one = open();
  ASSERT_TRUE(one->try_claim(question(1)));
  one->release(question(1), true);
  const auto other = open();
  EXPECT_EQ(one->answers_of_others(), 0U);
  EXPECT_EQ(other->answers_of_others(), 0U) << "what was answered before it came";
  ASSERT_TRUE(other->try_claim(question(2)));
  other->release(question(2), true);
  ASSERT_TRUE(other->try_claim(question(3)));
  other->release(question(3), false);
  EXPECT_EQ(one->answers_of_others(), 1U);
  EXPECT_EQ(other->answers_of_others(), 0U);
}

TEST_F(ClaimsFileTest, a_process_that_dies_claims_nothing_any_more) {
  a_process_claims_and_dies({question(1)});
  EXPECT_TRUE(open()->try_claim(question(1)));
}

TEST_F(ClaimsFileTest, who_gets_the_number_of_a_dead_process_does_not_inherit_its_questions) {
  const auto before = open();
  a_process_claims_and_dies({question(1)});
  const auto after = open();
  EXPECT_TRUE(before->try_claim(question(1)));
}

// More questions than one bucket has room for, all in the same one.
TEST_F(ClaimsFileTest, a_full_table_lets_ask) {
  const auto one = open();
  const auto other = open();
  const auto in_one_bucket = [](std::uint8_t which) {
    domain::AnswerKey key{};
    key[0] = which;
    return key;
  };
  for (std::uint8_t i = 0; i < 40; ++i) EXPECT_TRUE(one->try_claim(in_one_bucket(i))) << int{i};
  EXPECT_FALSE(other->try_claim(in_one_bucket(0)));
  EXPECT_TRUE(other->try_claim(in_one_bucket(39))) << "nobody knows of it";
  for (std::uint8_t i = 0; i < 40; ++i) one->release(in_one_bucket(i), true);
  EXPECT_TRUE(other->try_claim(in_one_bucket(0)));
}

TEST_F(ClaimsFileTest, what_the_dead_have_left_makes_room) {
  const auto one = open();
  for (int process = 0; process < 3; ++process) {
    std::vector<domain::AnswerKey> questions(16);
    for (std::uint8_t i = 0; i < 16; ++i) questions[i][0] = i;
    a_process_claims_and_dies(questions);
  }
  domain::AnswerKey key{};
  key[0] = 200;
  ASSERT_TRUE(one->try_claim(key));
  EXPECT_FALSE(open()->try_claim(key)) << "it found room to write its claim down";
}

// Many that want the same few questions: never two have one.
TEST_F(ClaimsFileTest, no_two_have_the_same_question_however_they_race) {
  constexpr int kProcesses = 4;
  std::array<std::atomic<int>, 8> holders{};
  std::atomic<int> collisions = 0;
  std::atomic<int> claims_made = 0;
  std::vector<std::thread> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([&] {
      const auto claims = open();
      for (int round = 0; round < 20'000; ++round) {
        const auto which = static_cast<std::uint8_t>(round % 8);
        if (!claims->try_claim(question(which))) continue;
        if (holders.at(which).fetch_add(1) != 0) ++collisions;
        ++claims_made;
        holders.at(which).fetch_sub(1);
        claims->release(question(which), false);
      }
    });
  }
  for (std::thread& process : processes) process.join();
  EXPECT_EQ(collisions, 0);
  EXPECT_GT(claims_made, 20'000);
}

TEST_F(ClaimsFileTest, is_readable_for_its_owner_only) {
  open();
  struct stat status{};
  ASSERT_EQ(::stat((cache_ + "-asking").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ClaimsFileTest, files_of_others_are_left_alone) {
  std::ofstream(cache_ + "-asking") << "shopping list: bread, butter";
  const auto opened = ClaimsFile::open(cache_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().message.find("it belongs to another program"), std::string::npos);
  std::ifstream file(cache_ + "-asking");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, "shopping list: bread, butter");
}

TEST_F(ClaimsFileTest, a_link_is_not_followed) {
  ASSERT_EQ(::symlink("/dev/null", (cache_ + "-asking").c_str()), 0);
  EXPECT_FALSE(ClaimsFile::open(cache_).has_value());
}

}  // namespace
}  // namespace sv::store
