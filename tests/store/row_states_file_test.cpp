#include "store/row_states_file.hpp"

#include "store/run_history.hpp"
#include "store/run_journal_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

class RowStates : public testing::Test {
 protected:
  RowStates() {
    std::string pattern = (std::filesystem::temp_directory_path() / "row-states-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~RowStates() override { std::filesystem::remove_all(directory_); }

  static ports::RunStates sample(const std::string& id = "20261125-093000-1f0c9a2b") {
    ports::RunStates states;
    states.run_id = id;
    states.started_at = WallTime(1'795'600'000'000ms);
    states.question = "9c1e";
    states.is_complete = true;
    states.rows = {
        {.number = 2,
         .identifier = "Мост \"через\"\nКаму",
         .manager = "А. Иванова",
         .text_hash = "5e21c07da9e4d310",
         .verdict = ports::RowVerdict::valid},
        {.number = 3, .identifier = "", .manager = "", .text_hash = "0", .verdict = ports::RowVerdict::none},
        {.number = 4,
         .identifier = "[1,2]",
         .manager = "\x01",
         .text_hash = "1",
         .verdict = ports::RowVerdict::needs_review}};
    return states;
  }
  std::string journal(const std::string& run = "20261125-093000-1f0c9a2b",
                      const std::string& target = "6f1d03aa51c7e290") const {
    return runs() + "/" + target + "-" + run + ".journal";
  }
  std::string cache() const { return directory_ + "/cache.sqlite"; }
  std::string runs() const { return journal_directory(cache()); }

  void keep(const ports::RunStates& states, const std::string& journal_path) const {
    std::filesystem::create_directories(runs());
    std::ofstream(journal_path).put('\n');
    Result<RowStatesFile> file = RowStatesFile::create(journal_path, states);
    ASSERT_TRUE(file) << file.error().message;
    for (auto row = states.rows.rbegin(); row != states.rows.rend(); ++row) file->add(*row);
    ASSERT_TRUE(file->finish(states.is_complete));
  }

  std::string directory_;
};

TEST_F(RowStates, come_back_as_they_were_in_the_order_of_the_sheet) {
  keep(sample(), journal());
  EXPECT_EQ(read_row_states(journal()), sample());
  struct stat info{};
  ASSERT_EQ(::stat(row_states_path_of(journal()).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U) << "names of people and projects";
}

TEST_F(RowStates, a_file_that_was_cut_or_bent_is_not_believed) {
  keep(sample(), journal());
  const std::string path = row_states_path_of(journal());
  std::ifstream file(path);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bent = whole;
    bent[at] = static_cast<char>(bent[at] ^ 4);
    std::ofstream(path) << bent;
    const auto read = read_row_states(journal());
    EXPECT_TRUE(!read || *read == sample()) << "byte " << at;
    std::ofstream(path) << whole.substr(0, at);
    EXPECT_FALSE(read_row_states(journal())) << "cut at " << at;
  }
}

TEST_F(RowStates, a_run_that_dies_leaves_what_was_there_before) {
  keep(sample(), journal());
  {
    Result<RowStatesFile> file = RowStatesFile::create(journal(), sample());
    ASSERT_TRUE(file);
    file->add(sample().rows.front());
  }
  EXPECT_EQ(read_row_states(journal()), sample());
  EXPECT_FALSE(std::filesystem::exists(row_states_path_of(journal()) + ".tmp"));
}

TEST_F(RowStates, the_run_before_is_the_latest_whole_one_of_the_same_target) {
  const auto add = [this](const std::string& id, std::chrono::seconds after, const auto& change,
                          const std::string& target = "6f1d03aa51c7e290") {
    ports::RunStates states = sample(id);
    states.started_at += after;
    change(states);
    keep(states, journal(id, target));
  };
  const auto as_it_is = [](ports::RunStates&) {};
  add("20261101-090000-00000001", 0s, as_it_is);
  add("20261102-090000-000000ff", 10s, as_it_is);
  add("20261102-090000-00000001", 11s, as_it_is);  // in the same second, later
  add("20261103-090000-00000001", 20s, [](ports::RunStates& states) { states.is_complete = false; });
  add("20261104-090000-00000001", 30s, [](ports::RunStates& states) { states.limit = 10; });
  add("20261104-100000-00000001", 35s, [](ports::RunStates& states) {
    for (ports::RowState& row : states.rows) row.verdict = ports::RowVerdict::none;
  });
  add("20261105-090000-00000001", 40s, as_it_is, "aaaaaaaaaaaaaaaa");
  add("20261107-090000-00000001", 60s, as_it_is);  // after it
  const JournalHistory history(cache());
  ports::RunRecord run;
  run.path = journal("20261106-090000-00000001");
  run.started_at = sample().started_at + 50s;
  const auto before = history.states_before(run, 0);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->run_id, "20261102-090000-00000001");
  EXPECT_EQ(history.states_before(run, 10)->run_id, "20261104-090000-00000001");
  EXPECT_FALSE(history.states_before(run, 7));
}

}  // namespace
}  // namespace sv::store
