// People work in the spreadsheet while a run writes to it: no row's review ends at another row.
#include "scenario/sheets_world.hpp"
#include "sheets/tab_reader.hpp"
#include "tables/csv_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace sv::scenario {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kProjects = 300;
constexpr int kEdits = 200;

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t kSeeds = 3;
#else
constexpr std::uint64_t kSeeds = 10;
#endif

// Inserts, deletes and sorts rows, as people would; never the header. Each project's row has a note of theirs
// in a column of their own, which must stay with it.
class People {
 public:
  People(SheetsWorld& world, std::uint64_t seed, Duration during)
      : world_(world), random_(seed), during_(during) {}

  boost::asio::awaitable<void> work() {
    for (int i = 0; i < kEdits; ++i) {
      const Duration pause = from_seconds(random_.uniform() * 2 * to_seconds(during_) / kEdits);
      co_await world_.clock.sleep_until(world_.clock.now() + pause);
      if (sim_sheets::Tab* target = world_.document().find_tab("Review")) edit(*target, true);
      if (sim_sheets::Tab* source = world_.document().find_tab("Sheet1")) edit(*source, false);
    }
  }

  // Names of projects whose rows people deleted from the target.
  std::set<std::string> deleted;
  int sorts = 0;
  int inserts = 0;

 private:
  void edit(sim_sheets::Tab& tab, bool is_target) {
    const int rows = used_rows(tab);
    if (rows < 3) return;
    const int row = 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(rows - 1)));
    switch (random_.below(8)) {
      case 0: {
        const std::string name = text_at(tab, row, 1);
        tab.remove(sim_sheets::Dimension::rows, row, row + 1);
        if (is_target && !name.empty()) deleted.insert(name);
        return;
      }
      case 1: {
        std::vector<int> order(static_cast<std::size_t>(rows - 1));
        std::iota(order.begin(), order.end(), 1);
        const int by = static_cast<int>(random_.below(3));
        std::ranges::sort(order, [&](int a, int b) { return text_at(tab, a, by) < text_at(tab, b, by); });
        if (random_.below(2) == 0) std::ranges::reverse(order);
        tab.reorder({1, rows, 0, tab.column_count}, order);
        ++sorts;
        return;
      }
      default:
        tab.insert(sim_sheets::Dimension::rows, row, 1);
        ++inserts;
    }
  }

  static int used_rows(const sim_sheets::Tab& tab) { return tab.rows_in_use(); }

  SheetsWorld& world_;
  Random random_;
  Duration during_;
};

void fill_source(SheetsWorld& world) {
  sim_sheets::Tab& source = *world.document().find_tab("Sheet1");
  const std::vector<std::string> header = {"Nr", "Project", "Status", "Comment"};
  for (std::size_t i = 0; i < header.size(); ++i)
    source.change_cell(0, static_cast<int>(i)).value = header[i];
  for (std::size_t i = 0; i < kProjects; ++i) {
    const int row = static_cast<int>(i) + 1;
    source.change_cell(row, 0).value = fmt::format("{:03}", (i * 37) % kProjects);
    source.change_cell(row, 1).value = name_of(i);
    source.change_cell(row, 2).value = std::string("In progress");
    source.change_cell(row, 3).value = fmt::format("comment of {}", name_of(i));
  }
}

// The rows as the program reads them, though people sort meanwhile: it says so, and is started again.
std::vector<domain::Row> read_source(SheetsWorld& world) {
  const sheets::TabRequest request{.spreadsheet_id = "doc",
                                   .tab = "Sheet1",
                                   .tab_id = {},
                                   .header_row = 1,
                                   .day_column = {},
                                   .guesses_days = false,
                                   .directory = std::filesystem::temp_directory_path()};
  const Result<sheets::FetchedTab> tab = world.wait_for(sheets::fetch_tab(world.client, request));
  EXPECT_TRUE(tab.has_value());
  tables::CsvSourceOptions options;
  options.path = fmt::format("/proc/self/fd/{}", tab->file.number());
  options.columns = {.status = "Status",
                     .comment = "Comment",
                     .completion_date = {},
                     .identifier = "Project",
                     .project_manager = {}};
  const auto source = tables::open_csv_source(options);
  EXPECT_TRUE(source.has_value());
  std::vector<domain::Row> all;
  for (;;) {
    const auto rows = world.wait_for((*source)->read(256));
    if (!rows || rows->empty()) break;
    all.insert(all.end(), rows->begin(), rows->end());
  }
  return all;
}

struct Tally {
  int reviews = 0;
  int deleted = 0;
  int conflicts = 0;
  int strayed_notes = 0;
  int sorts = 0;
};

// A target of an earlier run, with notes of people; then a run during which they work in it.
void check(std::uint64_t seed, Tally& tally) {
  SheetsWorld world({});
  fill_source(world);
  std::vector<domain::Row> rows = read_source(world);
  ASSERT_EQ(rows.size(), kProjects);
  // Half of the projects have been reviewed before; of them an old comment is there.
  std::vector<domain::Row> earlier(rows.begin(), rows.begin() + kProjects / 2);
  for (domain::Row& row : earlier) row.comment = "old";
  world.source = engine::fakes::Source(earlier, true);
  world.play(20);
  sim_sheets::Tab& before = world.target_tab();
  before.change_cell(0, 12).value = std::string("Notes");
  for (int row = 1; row <= static_cast<int>(kProjects) / 2; ++row) {
    before.change_cell(row, 12).value = "note on " + text_at(before, row, 1);
  }

  world.clock.advance(24h);
  world.source = engine::fakes::Source(rows, true);
  Random latency(seed);
  world.llm.latency = [&](const domain::Row&) { return from_seconds(0.5 + 3 * latency.uniform()); };
  People people(world, seed, 60s);
  const engine::RunResult result = world.play(10, people.work());
  EXPECT_FALSE(result.error.has_value()) << (result.error ? result.error->message : "");
  EXPECT_EQ(result.counts.judged, kProjects);

  std::set<std::string> there;
  const sim_sheets::Tab& tab = world.target_tab();
  for (int row = 1; row < static_cast<int>(cells_of(tab).size()); ++row) {
    const std::string name = text_at(tab, row, 1);
    const std::string comment = text_at(tab, row, 4);
    if (name.empty()) {
      EXPECT_EQ(comment, "") << "a review without a name, row " << row + 1 << ", seed " << seed;
      EXPECT_EQ(text_at(tab, row, 5), "") << "row " << row + 1 << ", seed " << seed;
      continue;
    }
    EXPECT_TRUE(there.insert(name).second) << name << " is there twice, seed " << seed;
    EXPECT_EQ(comment, "comment of " + name) << "row " << row + 1 << ", seed " << seed;
    EXPECT_NE(text_at(tab, row, 5), "") << name << " has no review, seed " << seed;
    const auto source = std::ranges::find(rows, name, &domain::Row::identifier);
    ASSERT_NE(source, rows.end()) << name;
    EXPECT_EQ(text_at(tab, row, 0), fmt::format("{}", source->number)) << name << ", seed " << seed;
    EXPECT_EQ(sim_sheets::link_of(tab.cell(row, 1)), fmt::format("{}{}", kLink, source->number)) << name;
    const std::string note = text_at(tab, row, 12);
    if (!note.empty() && note != "note on " + name) ++tally.strayed_notes;
    ++tally.reviews;
  }
  std::size_t missing = 0;
  for (const domain::Row& row : rows) {
    if (there.contains(row.identifier)) continue;
    EXPECT_TRUE(people.deleted.contains(row.identifier)) << row.identifier << " was lost, seed " << seed;
    ++missing;
  }
  for (const std::string& warning : world.sink->warnings()) {
    EXPECT_TRUE(warning.find("deleted or renamed") != std::string::npos) << warning << ", seed " << seed;
    // Whose review was not written has lost its row, and is counted once.
    EXPECT_LE(std::stoul(warning), missing) << warning << ", seed " << seed;
    for (std::size_t at = warning.find("Project "); at != std::string::npos;
         at = warning.find("Project ", at + 1)) {
      const std::string name = warning.substr(at, warning.find(" (", at) - at);
      EXPECT_TRUE(people.deleted.contains(name) && !there.contains(name))
          << name << " is listed, seed " << seed;
    }
    ++tally.conflicts;
  }
  tally.deleted += static_cast<int>(missing);
  tally.sorts += people.sorts;
}

TEST(SheetsPeople, no_review_ends_at_another_row) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) check(seed, tally);
  std::printf(
      "%llu runs with %d edits each (%d sorts in all): %d reviews at their rows, %d rows deleted by people, "
      "conflicts listed in %d runs, %d notes beside another project\n",
      static_cast<unsigned long long>(kSeeds), kEdits, tally.sorts, tally.reviews, tally.deleted,
      tally.conflicts, tally.strayed_notes);
  EXPECT_EQ(tally.strayed_notes, 0);
  EXPECT_GT(tally.conflicts, 0);
}

}  // namespace
}  // namespace sv::scenario
