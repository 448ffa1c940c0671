#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace sv {

void assertion_failed(const char* condition, const char* why, const char* file, int line) {
  std::fprintf(stderr, "status-validator: bug: %s (%s) at %s:%d\n", why, condition, file, line);
  std::abort();
}

}  // namespace sv
