// Whether a provider would take our requests, found out without a paid one: its list of models is asked for
// (GET …/models, free everywhere).
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "llm/provider_address.hpp"
#include "ports/http_transport.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sv::llm {

struct ProviderProbe {
  // Empty: it answered with a list. Kinds: those of the transport; unauthorized, rate_limited, …
  // (classify_error); not_found: there is no such list, which says nothing about the rest.
  std::optional<Error> failure;
  std::size_t models = 0;  // in the list
  bool has_model = false;  // ours is among them
  std::string nearest;     // to ours, when it is not; empty: nothing is near
  // How much this machine's clock is ahead of the provider's; empty: it did not say.
  std::optional<Duration> clock_ahead;
};

// `most_wait` bounds all of it.
boost::asio::awaitable<ProviderProbe> probe_provider(ports::HttpTransport& transport, AddressDetails address,
                                                     Clock& clock, Duration most_wait);

}  // namespace sv::llm
