#include "base/heap.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace sv {
namespace {

// More than any machine has.
constexpr std::size_t kTooMuch = std::numeric_limits<std::size_t>::max() / 4;

struct Ended {};

TEST(Heap, memory_that_is_there_is_given_as_by_the_c_library) {
  auto* text = static_cast<char*>(checked_malloc(4));
  std::memcpy(text, "abc", 4);
  text = static_cast<char*>(checked_realloc(text, 100));
  EXPECT_STREQ(text, "abc");
  char* copy = checked_strdup(text);
  EXPECT_STREQ(copy, "abc");
  auto* zeros = static_cast<char*>(checked_calloc(2, 3));
  EXPECT_EQ(zeros[5], 0);
  std::free(text);
  std::free(copy);
  std::free(zeros);
}

TEST(Heap, memory_that_is_not_there_is_told_to_the_handler_and_never_as_a_null_pointer) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers end the process themselves";
#endif
  const std::new_handler before = std::set_new_handler([] { throw Ended(); });
  EXPECT_THROW(checked_malloc(kTooMuch), Ended);
  EXPECT_THROW(checked_calloc(kTooMuch, 2), Ended);
  void* block = checked_malloc(8);
  EXPECT_THROW(checked_realloc(block, kTooMuch), Ended);
  std::free(block);
  std::set_new_handler(nullptr);
  EXPECT_THROW(out_of_memory(), std::bad_alloc);
  std::set_new_handler(before);
}

}  // namespace
}  // namespace sv
