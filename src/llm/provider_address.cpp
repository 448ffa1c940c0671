#include "llm/provider_address.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sv::llm {

namespace {

std::string host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  return lower_ascii(url.substr(0, url.find_first_of("/:?#")));
}

bool is_or_under(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

// A model of YandexGPT is "gpt://<folder>/yandexgpt/latest"; the folder goes into a header too.
std::string_view yandex_folder(std::string_view model) {
  constexpr std::string_view kScheme = "gpt://";
  if (!model.starts_with(kScheme)) return {};
  model.remove_prefix(kScheme.size());
  return model.substr(0, model.find('/'));
}

}  // namespace

Vendor vendor_of(std::string_view base_url) {
  const std::string host = host_of(base_url);
  if (is_or_under(host, "openai.azure.com") || is_or_under(host, "services.ai.azure.com") ||
      is_or_under(host, "cognitiveservices.azure.com")) {
    return Vendor::azure;
  }
  if (is_or_under(host, "openai.com")) return Vendor::openai;
  if (is_or_under(host, "openrouter.ai")) return Vendor::openrouter;
  if (is_or_under(host, "groq.com")) return Vendor::groq;
  if (is_or_under(host, "anthropic.com")) return Vendor::anthropic;
  if (is_or_under(host, "googleapis.com")) return Vendor::gemini;
  if (is_or_under(host, "api.cloud.yandex.net")) return Vendor::yandex;
  if (is_or_under(host, "sberbank.ru") || is_or_under(host, "sber.ru")) return Vendor::gigachat;
  return Vendor::unknown;
}

bool limits_requests_at_a_time(Vendor vendor) {
  return vendor == Vendor::yandex || vendor == Vendor::gigachat;
}

std::string api_url(std::string_view base_url, std::string_view path, std::string_view query) {
  constexpr std::string_view kEndpoint = "/chat/completions";
  const std::size_t question = std::min(base_url.find('?'), base_url.size());
  std::string_view root = base_url.substr(0, question);
  while (root.ends_with('/')) root.remove_suffix(1);
  if (root.ends_with(kEndpoint)) root.remove_suffix(kEndpoint.size());
  const std::string_view own_query = base_url.substr(question);
  std::string url = fmt::format("{}/{}{}", root, path, own_query);
  if (!query.empty()) url += (own_query.empty() ? "?" : "&") + std::string(query);
  return url;
}

std::string chat_completions_url(std::string_view base_url) { return api_url(base_url, "chat/completions"); }

std::vector<std::string> request_headers(const AddressDetails& details) {
  std::vector<std::string> headers{"Content-Type: application/json", "Accept: application/json"};
  if (!details.api_key.is_empty()) {
    headers.push_back(fmt::format("Authorization: Bearer {}", details.api_key.reveal()));
  }
  const Vendor vendor = vendor_of(details.base_url);
  if (vendor == Vendor::azure && !details.api_key.is_empty()) {
    headers.push_back(fmt::format("api-key: {}", details.api_key.reveal()));
  }
  if (const std::string_view folder = yandex_folder(details.model);
      vendor == Vendor::yandex && !folder.empty()) {
    headers.push_back(fmt::format("OpenAI-Project: {}", folder));
  }
  if (!details.organization.empty()) headers.push_back("OpenAI-Organization: " + details.organization);
  if (!details.http_referer.empty()) headers.push_back("HTTP-Referer: " + details.http_referer);
  if (!details.x_title.empty()) headers.push_back("X-Title: " + details.x_title);
  return headers;
}

}  // namespace sv::llm
