// Cannot start: thrown only in config/ and cli/, caught only in main, which prints the message and exits.
#pragma once

#include "base/exit_code.hpp"

#include <stdexcept>
#include <string>

namespace sv {

class Fatal : public std::runtime_error {
 public:
  Fatal(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace sv
