// A broken invariant is a bug: say which, and stop. On in every build; what was paid for is already in the
// answer cache, so an abort loses nothing, while going on could write a wrong verdict.
#pragma once

namespace sv {
[[noreturn]] void assertion_failed(const char* condition, const char* why, const char* file, int line);
}

// A place that is reached by a bug only.
#define SV_UNREACHABLE(why) ::sv::assertion_failed("never here", why, __FILE__, __LINE__)

#ifdef SV_COVERAGE
// Checked as ever, but in functions whose branches are not counted: the way out of a broken invariant can
// only be taken by a bug, so no test could take it.
namespace sv {
template <typename Condition>
__attribute__((no_profile_instrument_function)) void require(Condition holds, const char* condition,
                                                             const char* why, const char* file, int line) {
  if (!holds()) assertion_failed(condition, why, file, line);
}
}  // namespace sv
#define SV_ASSERT(condition, why)                                                                     \
  ::sv::require(                                                                                      \
      [&]() __attribute__((no_profile_instrument_function)) { return static_cast<bool>(condition); }, \
      #condition, why, __FILE__, __LINE__)
#else
#define SV_ASSERT(condition, why) \
  ((condition) ? static_cast<void>(0) : ::sv::assertion_failed(#condition, why, __FILE__, __LINE__))
#endif
