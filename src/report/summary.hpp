// The closing summary, for people.
#pragma once

#include "domain/language.hpp"
#include "metrics/run_summary.hpp"

#include <cstddef>
#include <string>

namespace sv::report {

struct RenderOptions {
  bool color = false;
  std::size_t columns = 0;  // longer lines are cut with `…`; 0: never
};

// An aligned block of lines for standard error, each ending in a line break. Names of providers and their
// messages are made safe for terminals.
std::string render_summary(const metrics::RunSummary& summary, domain::Language language,
                           RenderOptions options);

// The same figures as one JSON object on one line, without the line break: {"type":"summary","rows":…}. Names
// and units do not depend on the language; times are milliseconds.
std::string summary_json(const metrics::RunSummary& summary);

}  // namespace sv::report
