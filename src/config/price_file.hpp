// The user's prices (`prices_file`, --prices): what they set wins over the built-in ones.
//
//   currency: USD                # of the whole file; USD unless given
//   read_on: 2026-11-23          # when somebody looked; may be left out
//   prices:                      # per million tokens
//     - model: gpt-4o-mini
//       base_url: https://api.openai.com/v1   # left out: wherever that model is asked
//       input: 0.15
//       cached_input: 0.075      # left out: as input
//       cache_write: 0.1875      # left out: as input
//       output: 0.60             # reasoning counts as output
#pragma once

#include "config/source_text.hpp"
#include "domain/token_prices.hpp"

#include <vector>

namespace sv::config {

// Throws Fatal (config) with every mistake of the file, each with its place. Amounts are read exactly: at
// most six digits after the point, at most a million.
std::vector<domain::ModelPrices> read_prices(const SourceText& source);

}  // namespace sv::config
