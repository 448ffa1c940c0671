#include "llm/fallback_client.hpp"

#include "base/assert.hpp"
#include "limits/retry_policy.hpp"

#include <utility>

namespace sv::llm {

namespace {

bool is_failure_on_the_way(ErrorKind kind) {
  return kind == ErrorKind::connect || kind == ErrorKind::timeout || kind == ErrorKind::server_error ||
         kind == ErrorKind::overloaded || kind == ErrorKind::protocol;
}

}  // namespace

FallbackClient::FallbackClient(std::vector<Provider> providers, Clock& clock, ports::RunObserver& observer)
    : clock_(clock), observer_(observer) {
  SV_ASSERT(!providers.empty(), "a run has at least one provider");
  for (Provider& provider : providers)
    entries_.push_back({.provider = std::move(provider), .disabled = std::nullopt});
}

boost::asio::awaitable<Result<domain::Answer>> FallbackClient::judge(ports::Ask ask) {
  std::optional<Error> first_error;
  for (Entry& entry : entries_) {
    if (entry.disabled) continue;
    Result<domain::Answer> answer = co_await entry.provider.client->judge(ask);
    if (answer) entry.rows_in_vain = 0;
    if (answer || limits::is_answer_final(answer.error().kind)) co_return answer;
    note_failure(entry, answer.error());
    if (!first_error) first_error = with_context(entry.provider.name, std::move(answer.error()));
  }
  if (first_error) co_return std::unexpected(std::move(*first_error));
  const Entry& last = entries_.back();
  co_return std::unexpected(with_context(last.provider.name, *last.disabled));
}

void FallbackClient::note_failure(Entry& entry, const Error& error) {
  if (limits::disables_provider(error.kind)) {
    disable(entry, error);
    return;
  }
  if (!is_failure_on_the_way(error.kind)) {
    entry.rows_in_vain = 0;  // it is there: it answered, if only to say no
    return;
  }
  const TimePoint now = clock_.now();
  if (entry.rows_in_vain++ == 0) entry.in_vain_since = now;
  if (entry.rows_in_vain >= kRowsInVain && now - entry.in_vain_since >= kPatience) {
    disable(entry, with_context("nothing was answered for two minutes", error));
  }
}

void FallbackClient::disable(Entry& entry, const Error& error) {
  if (entry.disabled) return;  // another row was quicker
  entry.disabled = error;
  observer_.on_provider_disabled(entry.provider.name, error);
}

}  // namespace sv::llm
