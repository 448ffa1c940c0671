// Prepares the heap for a known load, and for having no more of it.
#pragma once

#include <cstddef>

namespace sv {

// Sets `bytes` of address space aside for the calling thread's heap, in huge pages where the system has them.
// Nothing is occupied before it is used; memory that is freed later is kept for the next use.
//
// A run with 1,000 requests in flight touches 28 MB for the first time within its first moments: in pages of
// 4 KB that were 8,700 page faults and 350 ms of CPU, in huge pages 1,200 and 205 ms (measured in a virtual
// machine, where faults are dear). Does nothing where the C library is not glibc, and under sanitizers.
void reserve_heap(std::size_t bytes);

// What an operator new does that gets nothing: std::get_new_handler(), which in the program ends it; else
// bad_alloc.
[[noreturn]] void out_of_memory();

// For C libraries that let their user allocate: what they would make of a null pointer is anybody's guess (a
// request that never ends, a broken hash), so they never see one.
void* checked_malloc(std::size_t size);
void* checked_calloc(std::size_t count, std::size_t size);
void* checked_realloc(void* block, std::size_t size);
char* checked_strdup(const char* text);
// Makes OpenSSL use them. Only before anything of OpenSSL is called; later it does nothing.
void check_memory_of_openssl();

}  // namespace sv
