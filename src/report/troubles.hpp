// What of a run is told at once, above the progress: rows that need a person, and storms of retries.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/language.hpp"
#include "domain/outcome.hpp"
#include "report/block_layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::report {

struct TroubleLine {
  std::string text;  // safe for terminals
  Tone tone = Tone::plain;
};

// An INVALID row is no trouble, it is a result. Of the rows the first kMostRows are told, then that no more
// will be: a run in which everything fails must stay readable.
class Troubles {
 public:
  static constexpr std::size_t kMostRows = 50;
  // A storm: so many retries in kWindow, and more than half as many as requests ended. It is over when they
  // are less than a quarter.
  static constexpr std::uint64_t kStormRetries = 20;
  static constexpr Duration kWindow = std::chrono::seconds(10);

  explicit Troubles(domain::Language language) : language_(language) {}

  void note_row(const domain::Outcome& outcome);
  void note_request_finished() { ++requests_; }
  void note_retry(ErrorKind reason);
  // What is to be told since the last time.
  std::vector<TroubleLine> take(TimePoint now);

 private:
  static constexpr std::size_t kErrorKinds = static_cast<std::size_t>(ErrorKind::io) + 1;
  struct Second {
    std::int64_t number = -1;  // since the clock's epoch
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
  };

  void watch_storm(TimePoint now);

  domain::Language language_;
  std::vector<TroubleLine> lines_;
  std::size_t rows_ = 0;
  std::uint64_t requests_ = 0;  // since the last take()
  std::uint64_t retries_ = 0;
  std::array<std::uint64_t, kErrorKinds> reasons_{};  // since the storm before
  std::array<Second, kWindow / std::chrono::seconds(1)> seconds_{};
  bool is_storm_ = false;
};

}  // namespace sv::report
