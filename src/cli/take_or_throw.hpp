// The value, or Fatal with the exit code that fits: for what is opened before a run starts.
#pragma once

#include "base/error.hpp"
#include "base/exit_code.hpp"
#include "base/fatal.hpp"

#include <utility>

namespace sv::cli {

template <typename T>
T take_or_throw(Result<T> result, ExitCode (*code_of)(ErrorKind)) {
  if (!result) throw Fatal(code_of(result.error().kind), result.error().message);
  return std::move(*result);
}

inline void take_or_throw(Result<void> result, ExitCode (*code_of)(ErrorKind)) {
  if (!result) throw Fatal(code_of(result.error().kind), result.error().message);
}

}  // namespace sv::cli
