// Where outcomes go.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/outcome.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sv::ports {

// A row that the target already holds.
struct ExistingRow {
  std::uint64_t place = 0;  // from 0, the header not counted
  std::string identifier;   // without the safety prefix
  std::string check_date;   // as it stands there
};

// When a sink likes to be given outcomes: a group is put as soon as `enough` of them wait or one has waited
// for `longest_wait`, but never sooner after the group before than `least_gap`, and never more than `most`.
struct PutPace {
  std::size_t enough = 1;
  std::size_t most = 256;
  Duration longest_wait{};
  Duration least_gap{};
};

// A row of the source and the place that it will have.
struct AnnouncedRow {
  std::uint64_t place = 0;
  domain::Row row;
};

// Outcomes may be put in any order; each goes to its place, so that putting it twice does no harm. Nothing
// that people see changes before begin(). A file changes at finish(), all at once; a sheet that people watch
// while the run goes on changes with every put().
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;

  virtual PutPace pace() const { return {}; }

  // The rows already in the target, in order; an empty vector is the end. Reading again after the end starts
  // over.
  virtual boost::asio::awaitable<Result<std::vector<ExistingRow>>> read_existing(std::size_t max) = 0;

  // Before the first put. `places` is how many rows the target will have; existing rows at places that
  // receive no outcome stay as they are when `keep_existing`.
  virtual boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) = 0;

  // Whether it must know the rows before their outcomes: people may move the rows of such a target, so each
  // needs a name from the start. Then announce() is called between begin() and the first put(), with all
  // rows that have a place, in the order of the source; an empty group is the end.
  virtual bool wants_announcement() const { return false; }
  virtual boost::asio::awaitable<Result<void>> announce(std::vector<AnnouncedRow>) {
    co_return Result<void>();
  }

  virtual boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) = 0;

  // Makes the result visible and durable. Not called when an earlier review is worth more than what there is.
  virtual boost::asio::awaitable<Result<void>> finish() = 0;
};

}  // namespace sv::ports
