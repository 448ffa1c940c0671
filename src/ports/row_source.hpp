// Where rows come from.
#pragma once

#include "base/error.hpp"
#include "domain/row.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace sv::ports {

// Reads the rows in source order, as often as rewound: the first pass places the rows, the second judges
// them.
class RowSource {
 public:
  virtual ~RowSource() = default;

  // Up to `max` further rows; an empty vector is the end. Errors name the place (row and line) of the
  // mistake.
  virtual boost::asio::awaitable<Result<std::vector<domain::Row>>> read(std::size_t max) = 0;
  virtual boost::asio::awaitable<Result<void>> rewind() = 0;
  virtual domain::MappedColumns columns() const = 0;
};

}  // namespace sv::ports
