#include "llm/fallback_client.hpp"

#include <utility>

#include "base/assert.hpp"
#include "limits/retry_policy.hpp"

namespace sv::llm {

FallbackClient::FallbackClient(std::vector<Provider> providers, ports::RunObserver& observer) : observer_(observer) {
  SV_ASSERT(!providers.empty(), "a run has at least one provider");
  for (Provider& provider : providers) entries_.push_back({.provider = std::move(provider), .disabled = std::nullopt});
}

boost::asio::awaitable<Result<domain::Answer>> FallbackClient::judge(ports::Ask ask) {
  std::optional<Error> first_error;
  for (Entry& entry : entries_) {
    if (entry.disabled) continue;
    Result<domain::Answer> answer = co_await entry.provider.client->judge(ask);
    if (answer || limits::is_answer_final(answer.error().kind)) co_return answer;
    if (limits::disables_provider(answer.error().kind)) disable(entry, answer.error());
    if (!first_error) first_error = with_context(entry.provider.name, std::move(answer.error()));
  }
  if (first_error) co_return std::unexpected(std::move(*first_error));
  const Entry& last = entries_.back();
  co_return std::unexpected(with_context(last.provider.name, *last.disabled));
}

void FallbackClient::disable(Entry& entry, const Error& error) {
  if (entry.disabled) return;  // another row was quicker
  entry.disabled = error;
  observer_.on_provider_disabled(entry.provider.name, error);
}

}  // namespace sv::llm
