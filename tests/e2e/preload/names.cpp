// Loaded into the program with LD_PRELOAD: a name server for names that end in `.internal`. They are this
// machine (127.0.0.1); the first SV_NAMES_FAIL_FIRST look-ups and after them every SV_NAMES_FAIL_EVERY-th are
// answered "temporary failure", each of which adds a byte to the file SV_NAMES_FAILED.
#include <atomic>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <string_view>
#include <unistd.h>

namespace {
std::atomic<long> lookups{0};

long setting(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::atol(text);
}

int fail() {
  if (const char* name = std::getenv("SV_NAMES_FAILED"); name != nullptr) {
    const int file = ::open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || ::write(file, "x", 1) != 1) std::abort();
    ::close(file);
  }
  return EAI_AGAIN;
}
}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const struct addrinfo* hints,
                           struct addrinfo** found) {
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || !std::string_view(node).ends_with(".internal")) {
    return real(node, service, hints, found);
  }
  static const long fail_first = setting("SV_NAMES_FAIL_FIRST");
  static const long fail_every = setting("SV_NAMES_FAIL_EVERY");
  const long number = ++lookups;
  if (number <= fail_first) return fail();
  if (fail_every > 0 && (number - fail_first) % fail_every == 0) return fail();
  return real("127.0.0.1", service, hints, found);
}
