// A row of the report's page, as JSON. It is an array, because the names of 22 members would be a third of a
// row's text; page/20-data.js names the cells in the same order:
//
//   number, identifier, manager, status, date, comment,
//   verdict (- none, v valid, i invalid, r to be looked at), kind (j judged, c cached, u unjudged, s
//   skipped), issues [[message, rule, severity, quote], …], rewrite, reason, provider, model, answered at
//   (Unix ms), tokens in, of them cached, out, cost (trillionths of a unit, -1 not known), latency (ms, 0 not
//   known), requests, change (report/changes.hpp, -1 nothing to compare with), edited (0, 1), earlier
//   identifier, source changed since (0, 1)
#pragma once

#include "domain/outcome.hpp"
#include "report/changes.hpp"
#include "report/request_figures.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::report {

// What the outcome tells: all up to the tokens. The array is left open.
std::string begin_page_row(const domain::Outcome& outcome);

struct PageRowRest {
  RowFigures figures = {};
  std::optional<RowChange> change = std::nullopt;  // empty: there is nothing to compare with
  bool has_source_changed = false;
};
// Of a row that was begun.
std::uint64_t number_of_page_row(std::string_view row);
// The rest of it, once it is known.
void end_page_row(std::string& row, const PageRowRest& rest);

}  // namespace sv::report
