#include "sim_sheets/sheets_ledger.hpp"

#include <algorithm>
#include <chrono>

namespace sv::sim_sheets {

void SheetsLedger::Minute::note(WallTime when) {
  while (!last.empty() && when - last.front() >= std::chrono::minutes(1)) last.pop_front();
  last.push_back(when);
  most = std::max(most, last.size());
}

void SheetsLedger::note(bool is_write, int status, WallTime when) {
  ++(is_write ? writes_ : reads_);
  if (status == 429) ++refused_;
  (is_write ? write_minute_ : read_minute_).note(when);
}

boost::json::object SheetsLedger::to_json() const {
  return {{"simulation", true},
          {"reads", reads_},
          {"writes", writes_},
          {"refused_429", refused_},
          {"most_reads_a_minute", most_reads_a_minute()},
          {"most_writes_a_minute", most_writes_a_minute()}};
}

}  // namespace sv::sim_sheets
