// Whose server a base URL points to, and how its URL and headers are made.
#pragma once

#include "base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::llm {

enum class Vendor : std::uint8_t {
  openai,
  azure,
  openrouter,
  groq,
  anthropic,
  gemini,
  yandex,
  gigachat,
  unknown
};

// By the host alone. `unknown` are servers of one's own and all the other compatible ones.
Vendor vendor_of(std::string_view base_url);

// Its 429 is about requests at a time unless it says otherwise: it limits no rate.
bool limits_requests_at_a_time(Vendor vendor);

// "https://host/v1" → "https://host/v1/chat/completions"; a query (Azure's api-version) stays at the end. A
// base URL that already ends in /chat/completions is taken as it is.
std::string chat_completions_url(std::string_view base_url);

// The same for the other calls of an API: "https://host/v1" and "files/ID" → "https://host/v1/files/ID".
// `query` without its question mark; it comes behind the base URL's own.
std::string api_url(std::string_view base_url, std::string_view path, std::string_view query = {});

struct AddressDetails {
  std::string base_url = {};
  std::string model = {};
  Secret api_key = {};
  std::string organization = {};
  std::string http_referer = {};
  std::string x_title = {};
};

// Whole header lines; some hold the key: never log them.
std::vector<std::string> request_headers(const AddressDetails& details);

}  // namespace sv::llm
