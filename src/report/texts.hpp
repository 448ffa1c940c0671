// Every word of the summary and of the progress line, in each language. A text that is missing in one of them
// does not compile (-Wmissing-designated-field-initializers).
//
// Why not by the phrasebook (words/), as everything else that people read: these are words in places of a
// table and of a block that may be 20 columns wide, not sentences. One English word stands for several
// Russian ones
// ("output": «рецензия» of a run, «на выходе» of a model), so the place must choose and not the text. And the
// block is drawn ten times a second, while the phrasebook tries hundreds of phrases on each sentence.
#pragma once

#include "base/error.hpp"
#include "domain/language.hpp"
#include "domain/limits_now.hpp"

#include <string>
#include <string_view>

namespace sv::report {

struct Texts {
  // progress line
  std::string_view rows_per_second;
  std::string_view time_left;
  std::string_view in_flight;
  std::string_view retries;
  std::string_view from_cache;
  std::string_view unjudged;
  std::string_view tokens;
  std::string_view waits_for;  // before the reason
  // live block
  std::string_view refusals;      // before a number
  std::string_view prompt_cache;  // before a share
  std::string_view oldest_request;
  std::string_view of_about;  // {} = money so far, {} = of the whole run, as expected
  std::string_view pauses;    // of a provider; {} = how much longer
  std::string_view does_not_answer;
  std::string_view given_up;
  std::string_view steps_in;  // for a provider of a higher priority
  std::string_view stopping;  // {} = requests in flight
  std::string_view stopping_short;
  std::string_view waits_for_batches;  // {} = how many, {} = their rows
  std::string_view waits_for_batches_short;
  // lines above it
  std::string_view row_needs_review;  // {} = why
  std::string_view more_rows;
  std::string_view retry_storm;  // {} = retries, {} = requests, {} = most common reason
  // summary
  std::string_view rows;
  std::string_view judged;
  std::string_view cached;
  std::string_view decided;
  std::string_view decided_note;
  std::string_view skipped;
  std::string_view not_reached;
  std::string_view verdicts;
  std::string_view valid;
  std::string_view invalid;
  std::string_view needs_review;  // the text speaks to the checker
  std::string_view requests;
  std::string_view at_most_in_flight;  // {} = how many
  std::string_view latency;
  std::string_view latency_note;  // {} three times: p95, p99, longest
  std::string_view errors;
  std::string_view requests_used;
  std::string_view tokens_used;
  std::string_view of_limit;     // {} = per minute
  std::string_view at_provider;  // {} = its name
  std::string_view hedges;
  std::string_view hedges_note;
  std::string_view all_tokens;
  std::string_view input;
  std::string_view cached_input;  // {} = how many, {} = share
  std::string_view output;
  std::string_view reasoning;  // {} = how many
  std::string_view providers;
  std::string_view all_answered;
  std::string_view failed;    // {} = how many
  std::string_view disabled;  // {} = why
  std::string_view down;      // {} = how long
  std::string_view still_down;
  std::string_view in_time;   // {} = wall time, {} = rows per second
  std::string_view per_row;   // {} = time
  std::string_view answered;  // {} = share
  std::string_view rate_limited;
  std::string_view per_1000_rows;  // {} = number
  std::string_view per_request;    // {} = number
  std::string_view batches;
  std::string_view batch_answers;  // {} = number
  std::string_view flex;           // requests at the flex tier
  std::string_view flex_share;     // {} = share
  std::string_view cost;
  std::string_view cost_per_1000_rows;  // {} = amount
  std::string_view unknown;
  std::string_view no_price;  // {} = model
  // closing list
  std::string_view one_row_unjudged;
  std::string_view rows_unjudged;  // {} = how many
  std::string_view one_row_skipped;
  std::string_view rows_skipped;  // {} = how many
  std::string_view row;           // {} = its number
  std::string_view and_more;      // {} = how many
  std::string_view no_reason;
};

const Texts& texts(domain::Language language);

// The reason of a retry or an error: its name in English (the one of logs and metrics), words in Russian.
std::string_view kind_text(ErrorKind kind, domain::Language language);
// Likewise, by the kind's name, as journals have it. Another name stays as it is.
std::string_view kind_text(std::string_view kind, domain::Language language);

// What rows wait for, in the progress line.
std::string_view wait_text(domain::WaitReason reason, domain::Language language);
// The same in at most 19 columns, with "waits" in it.
std::string_view short_wait_text(domain::WaitReason reason, domain::Language language);

}  // namespace sv::report
