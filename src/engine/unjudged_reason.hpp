// Why a row could not be judged, as it stands in its review: for the analyst, in the review's language.
#pragma once

#include "base/error.hpp"
#include "domain/language.hpp"

#include <string>

namespace sv::engine {

// "Not checked: the provider's limit did not pass in time (groq: HTTP 429: …)".
std::string unjudged_reason(const Error& error, domain::Language language);

// For a row that the run did not come to: "Not checked yet: the run was stopped before".
std::string unreached_reason(domain::Language language);

// For a row whose identifier cell is blank although that column is mapped. Not in the review, where the row
// has no place: it is told to whoever started the run.
std::string skipped_reason();

}  // namespace sv::engine
