// Reviews into a tab of a Google spreadsheet, while people may work in it (ADR 20).
//
//   begin()      the tab, its header and, where nobody has worked yet, its look
//   announce()   a row with its anchor and number for each row of the source that has none there
//   put()        look: where is each row now?  write: cells of the rows that were found
//   finish()     rows that could not be judged; the last look
//
// Google has no conditional write: between looking and writing people may move rows. So each look also tells
// what the writes before it have hit (row_finder.hpp), and what was hit wrongly is written again from a copy
// on disk. A write whose reply was lost is followed by a look as well, never by the same write. Each step is
// one read and one write.
//
// On the run's strand.
#pragma once

#include "base/random.hpp"
#include "ports/outcome_sink.hpp"
#include "sheets/conflicts.hpp"
#include "sheets/review_requests.hpp"
#include "sheets/row_finder.hpp"
#include "sheets/sheets_client.hpp"
#include "sheets/tab_lease.hpp"
#include "sheets/target_tab.hpp"
#include "tables/review_columns.hpp"
#include "tables/row_spool.hpp"

#include <boost/json/array.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sv::sheets {

class SheetsSink final : public ports::OutcomeSink {
 public:
  // `enough_rows`: how many reviews make a write (batch_size). Errors: those of open_scratch_file().
  // References outlive the sink.
  // `lease`: of the tab; null: nobody else writes to it.
  static Result<std::unique_ptr<SheetsSink>> open(SheetsClient& client, Random& random, TargetRequest request,
                                                  TargetTab tab, std::size_t enough_rows,
                                                  std::unique_ptr<TabLease> lease = nullptr);

  ports::PutPace pace() const override;
  bool wants_announcement() const override { return true; }
  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t max) override;
  boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) override;
  boost::asio::awaitable<Result<void>> announce(std::vector<ports::AnnouncedRow> rows) override;
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) override;
  boost::asio::awaitable<Result<void>> finish() override;

  // For people, at the end of the run: what could not be written and why.
  std::vector<std::string> warnings() const;

 private:
  // What of a row is to be written; later ones include earlier ones.
  enum class Part : std::uint8_t { number, review, row };
  struct Written {
    std::uint64_t place = 0;
    std::uint64_t row = 0;
    Part part = Part::review;
    std::string check_date;  // that the row has since it was written; empty: its date is no other
  };
  struct Lost {
    Part part = Part::review;
    std::string name;
  };
  struct Insertion {
    std::ptrdiff_t copies_before = 0;  // of the first new row's key
    std::uint64_t row = 0;
  };

  SheetsSink(SheetsClient& client, Random& random, TargetRequest request, TargetTab tab,
             tables::RowSpool records, std::size_t enough_rows, std::unique_ptr<TabLease> lease);

  // Looks: what is to be written, going by what is there now (SheetsClient::write_by_looking).
  boost::asio::awaitable<Result<boost::json::array>> look_at_tab(std::optional<Error> failure);
  boost::asio::awaitable<Result<boost::json::array>> look_for_new_rows(std::optional<Error> failure,
                                                                       Insertion* insertion);
  boost::asio::awaitable<Result<boost::json::array>> look_for_due_rows(std::optional<Error> failure);

  boost::asio::awaitable<Result<void>> prepare_tab();
  boost::json::array tab_requests();
  Result<void> announce_one(const domain::Row& row, std::uint64_t place);
  void announce_existing(std::uint64_t place, std::uint64_t number, bool has_formula);
  boost::asio::awaitable<Result<void>> insert_new_rows();
  std::uint64_t row_for_new_ones() const;

  // Until everything that is due is written.
  boost::asio::awaitable<Result<void>> deliver();
  boost::asio::awaitable<Result<void>> step();
  boost::asio::awaitable<Result<void>> look();
  boost::asio::awaitable<Result<TabKeys>> read_tab_keys();
  boost::asio::awaitable<Result<void>> find_title();
  void check_written(boost::json::array& repairs);
  // The due rows that fit into one write: `batch_`, and their requests behind those that are there.
  Result<void> make_batch(boost::json::array& requests);
  Result<std::vector<std::string>> cells_of(std::uint64_t place);
  void want(std::uint64_t place, Part part);
  void note_written();
  bool has_arrived(const Written& written) const;

  SheetsClient& client_;
  Random& random_;
  TargetRequest request_;
  TargetTab tab_;
  std::size_t enough_rows_;
  std::unique_ptr<TabLease> lease_;
  tables::ReviewCells cells_;
  KeyColumns keys_;
  ReviewRequests requests_;
  RowFinder finder_;
  std::vector<std::string> check_dates_;  // of the rows, at the last look; empty: there is no such column
  tables::RowSpool records_;              // what the row of a place is to hold, packed
  // Rows of the tab below the last with a key, at the start: notes of people; new rows go behind them.
  std::uint64_t rows_below_ = 0;
  std::unordered_map<std::string, std::uint64_t> row_of_anchor_;  // at the start, without identifiers
  std::unordered_map<std::uint64_t, std::uint64_t> old_content_;  // by place: its row in tab_.contents

  std::size_t next_existing_ = 0;
  std::vector<std::pair<std::uint64_t, RowKey>> new_rows_;  // announced, not in the tab yet
  std::size_t new_bytes_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> new_numbers_;  // by place, until they are written
  std::map<std::uint64_t, Part> due_;
  std::map<std::uint64_t, std::string> held_;  // unjudged rows, packed: written at the end
  std::map<std::uint64_t, Lost> lost_;         // due, but their rows have gone
  std::vector<Written> batch_;                 // in the write that is under way
  std::vector<Written> unverified_;            // since the last look
  std::set<std::pair<std::string, std::uint64_t>>
      foreign_;  // keys of rows that are nobody's, at the last look
  // Numbers that the last writes may have left in rows where they do not belong, with their anchors.
  std::unordered_map<std::uint64_t, std::string> suspects_;
  bool has_cleared_ = false;  // with the last write: a row that was hit wrongly
  Conflicts conflicts_;
};

}  // namespace sv::sheets
