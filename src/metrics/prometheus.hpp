// The figures of a run in Prometheus' text format 0.0.4.
#pragma once

#include "metrics/run_summary.hpp"

#include <string>
#include <string_view>

namespace sv::metrics {

// Every metric has its HELP and TYPE line before its samples, in a fixed order. Labels come from closed sets
// (outcomes, kinds of error, kinds of LLM tokens) and from the names of the providers, so the text is bounded
// by the number of providers; never a row in it.
//
// Values of one counter add up without counting anything twice: cached LLM tokens, for example, are not in
// `input_uncached`, although a provider's own count of input includes them. docs/monitoring.md is the list
// for users.
std::string prometheus_text(const RunSummary& summary, std::string_view version);

}  // namespace sv::metrics
