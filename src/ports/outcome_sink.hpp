// Where outcomes go.
#pragma once

#include "base/error.hpp"
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

// Outcomes may be put in any order; each goes to its place, so that putting it twice does no harm. Nothing
// that people see changes before finish().
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;

  // The rows already in the target, in order; an empty vector is the end. Reading again after the end starts
  // over.
  virtual boost::asio::awaitable<Result<std::vector<ExistingRow>>> read_existing(std::size_t max) = 0;

  // Before the first put. `places` is how many rows the target will have; existing rows at places that
  // receive no outcome stay as they are when `keep_existing`.
  virtual boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) = 0;

  virtual boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) = 0;

  // Makes the result visible, all at once and durably.
  virtual boost::asio::awaitable<Result<void>> finish() = 0;
};

}  // namespace sv::ports
