// A broken invariant is a bug: say which, and stop. On in every build; what was paid for is already in the
// answer cache, so an abort loses nothing, while going on could write a wrong verdict.
#pragma once

namespace sv {
[[noreturn]] void assertion_failed(const char* condition, const char* why, const char* file, int line);
}

#define SV_ASSERT(condition, why) \
  ((condition) ? static_cast<void>(0) : ::sv::assertion_failed(#condition, why, __FILE__, __LINE__))
