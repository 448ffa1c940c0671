// The simulated judge: a verdict about a row by what code can see, in Russian or English.
//
// It is not a model and says so wherever it shows, but it is not canned either: it checks the rules that it
// understands in this rulebook against this row. Deterministic: the same rulebook, row and day give the same
// verdict.
#pragma once

#include "domain/verdict.hpp"
#include "sim/question_text.hpp"

namespace sv::sim {

domain::Verdict judge(const SystemPrompt& prompt, const RowQuestion& question);

}  // namespace sv::sim
