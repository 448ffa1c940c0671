// What the simulated Sheets API refuses, as Google words it.
#pragma once

#include <boost/json/array.hpp>

#include <expected>
#include <string>
#include <utility>

namespace sv::sim_sheets {

struct ApiError {
  int code = 400;
  std::string status = "INVALID_ARGUMENT";
  std::string message;
  boost::json::array details;  // google.rpc.ErrorInfo and others; left out when empty
};

template <typename T>
using Answer = std::expected<T, ApiError>;

inline std::unexpected<ApiError> invalid(std::string message) {
  return std::unexpected<ApiError>(ApiError{.message = std::move(message), .details = {}});
}
inline std::unexpected<ApiError> not_found() {
  return std::unexpected<ApiError>(ApiError{
      .code = 404, .status = "NOT_FOUND", .message = "Requested entity was not found.", .details = {}});
}

}  // namespace sv::sim_sheets
