// What was asked of the simulated Sheets: counts and, for any minute, how many reads and writes.
#pragma once

#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <vector>

namespace sv::sim_sheets {

class SheetsLedger {
 public:
  void note(bool is_write, int status, WallTime when);

  std::uint64_t reads() const { return reads_; }
  std::uint64_t writes() const { return writes_; }
  // Replies with 429, whether by quota or by fault.
  std::uint64_t refused() const { return refused_; }
  // The most requests that any 60 seconds saw, refused ones included.
  std::size_t most_reads_a_minute() const { return read_minute_.most; }
  std::size_t most_writes_a_minute() const { return write_minute_.most; }

  boost::json::object to_json() const;

 private:
  struct Minute {
    std::deque<WallTime> last;  // of the last 60 s
    std::size_t most = 0;
    void note(WallTime when);
  };
  std::uint64_t reads_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t refused_ = 0;
  Minute read_minute_;
  Minute write_minute_;
};

}  // namespace sv::sim_sheets
