// Any bytes are a service account's key file: an account, or an error that says what is wrong.
#include "base/assert.hpp"
#include "sheets/service_account.hpp"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto account = sv::sheets::parse_service_account(text);
  if (account) {
    SV_ASSERT(!account->client_email.empty(), "an account has a name");
  } else {
    SV_ASSERT(!account.error().message.empty(), "what is wrong is told");
  }
  return 0;
}
