#include "base/heap.hpp"

#include <openssl/crypto.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace sv {

void out_of_memory() {
  if (const std::new_handler handler = std::get_new_handler()) handler();
  throw std::bad_alloc();
}

void* checked_malloc(std::size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr && size > 0) out_of_memory();
  return block;
}

void* checked_calloc(std::size_t count, std::size_t size) {
  void* block = std::calloc(count, size);
  if (block == nullptr && count > 0 && size > 0) out_of_memory();
  return block;
}

void* checked_realloc(void* block, std::size_t size) {
  void* moved = std::realloc(block, size);
  if (moved == nullptr && size > 0) out_of_memory();
  return moved;
}

char* checked_strdup(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  return static_cast<char*>(std::memcpy(checked_malloc(size), text, size));
}

void check_memory_of_openssl() {
  CRYPTO_set_mem_functions(
      [](std::size_t size, const char*, int) { return checked_malloc(size); },
      [](void* block, std::size_t size, const char*, int) { return checked_realloc(block, size); },
      [](void* block, const char*, int) { std::free(block); });
}

}  // namespace sv

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SV_HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SV_HAS_SANITIZER 1
#endif

#if defined(__GLIBC__) && !defined(SV_HAS_SANITIZER)

#include <algorithm>
#include <malloc.h>
#include <memory>
#include <sys/mman.h>
#include <vector>

namespace sv {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;
// Below glibc's largest threshold (32 MB) for taking a block from the heap and not from a mapping of its own.
constexpr std::size_t kBlock = std::size_t{16} << 20U;
constexpr int kBlockThreshold = 24 << 20;
// glibc's defaults, which setting the threshold above has switched off.
constexpr int kUsualMappingThreshold = 128 << 10;
constexpr std::size_t kMostReserved = std::size_t{1} << 30U;

void ask_for_huge_pages(void* block, std::size_t size) {
  if (std::align(kHugePage, kHugePage, block, size) == nullptr) return;
  // Advice only: without huge pages all goes on as it would have.
  static_cast<void>(madvise(block, size / kHugePage * kHugePage, MADV_HUGEPAGE));
}

}  // namespace

void reserve_heap(std::size_t bytes) {
  bytes = std::min(bytes, kMostReserved);
  mallopt(M_MMAP_THRESHOLD, kBlockThreshold);
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(bytes + kBlock));
  // Blocks that lie one behind the other at the end of the heap; freed, they are one free piece there.
  std::vector<void*> blocks;
  for (std::size_t reserved = 0; reserved < bytes; reserved += kBlock) {
    void* block = std::malloc(kBlock);
    if (block == nullptr) break;
    ask_for_huge_pages(block, kBlock);
    blocks.push_back(block);
  }
  std::ranges::for_each(blocks, [](void* block) { std::free(block); });
  mallopt(M_MMAP_THRESHOLD, kUsualMappingThreshold);
}

}  // namespace sv

#else

namespace sv {
void reserve_heap(std::size_t /*bytes*/) {}
}  // namespace sv

#endif
