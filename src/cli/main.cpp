#include "base/heap.hpp"
#include "cli/program.hpp"

#include <cstddef>

// libcurl brings GnuTLS along for protocols that this program never speaks (RTMPS, LDAPS), and GnuTLS sets
// itself up when the program is loaded: 2 ms of the 30 that there are until the first request. This is its
// documented way to say no (GNUTLS_SKIP_GLOBAL_INIT); whoever did want it would still set it up at first use.
extern "C" int _gnutls_global_init_skip();  // NOLINT(bugprone-reserved-identifier): GnuTLS's name
extern "C" int _gnutls_global_init_skip() { return 1; }

// Asio takes the memory of coroutines from aligned_alloc() and throws where a thread or a coroutine may have
// nobody to catch it. The linker puts this in its place (--wrap), so that it ends as with an operator new.
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
extern "C" void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
extern "C" void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size);
extern "C" void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
  void* block = __real_aligned_alloc(alignment, size);
  if (block == nullptr) sv::out_of_memory();
  return block;
}
// NOLINTEND(bugprone-reserved-identifier)

int main(int argc, char** argv) { return static_cast<int>(sv::cli::run_program(argc, argv)); }
