#include "cli/assemble_batches.hpp"

#include "cli/assemble_llm.hpp"

#include <algorithm>

namespace sv::cli {

namespace {

// One call at a time; its own, because a file may take longer than any answer.
http::TransportOptions transport_options() {
  http::TransportOptions options;
  options.max_in_flight = 2;
  return options;
}

llm::BatchClientOptions options_of(const BatchContext& context) {
  llm::BatchClientOptions options;
  options.run_id = context.journal.run_id();
  if (context.arguments.batch_rows) {
    options.file.max_lines = std::min<std::size_t>(options.file.max_lines, *context.arguments.batch_rows);
  }
  return options;
}

}  // namespace

BatchAssembly::BatchAssembly(const BatchContext& context)
    : transport_(context.executor, context.clock, transport_options()),
      api_(address_of(context.settings.llm.providers.front(), context.settings.llm), transport_,
           context.clock, context.random),
      client_({.openai = context.openai,
               .api = api_,
               .journal = context.journal,
               .observer = context.observer,
               .spending = context.spending,
               .clock = context.clock,
               .random = context.random,
               .stop = context.stop},
              options_of(context)) {}

}  // namespace sv::cli
