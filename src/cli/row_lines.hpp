// Finished rows as JSON lines (`--json`).
#pragma once

#include "ports/run_observer.hpp"
#include "report/row_events.hpp"

#include <cstdio>

namespace sv::cli {

class RowLines final : public ports::RunObserver {
 public:
  explicit RowLines(std::FILE* output) : output_(output) {}

  // In the order in which rows are finished; a reader that went away ends the output, not the run.
  void on_row_finished(const domain::Outcome& outcome) override {
    std::string line = report::outcome_json_line(outcome);
    line += '\n';
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), output_));
    static_cast<void>(std::fflush(output_));
  }

 private:
  std::FILE* output_;
};

}  // namespace sv::cli
