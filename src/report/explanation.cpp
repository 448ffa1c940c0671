#include "report/explanation.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "report/json_line.hpp"
#include "report/numbers.hpp"
#include "report/run_list.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sv::report {

namespace {

constexpr std::size_t kLabelColumns = 10;
constexpr std::size_t kIssueColumns = 100;
constexpr std::size_t kShownKey = 16;  // digits, as many as the journal has

// Whether the run asked exactly what would be asked now.
bool is_same_question(const Explanation& explanation, const ports::RequestRecord& request) {
  return !request.key.empty() && explanation.key.starts_with(request.key);
}

bool has_changed(const Explanation& explanation) {
  return std::ranges::any_of(explanation.requests, [&](const ports::RequestRecord& request) {
    return !request.key.empty() && !is_same_question(explanation, request);
  });
}

std::string_view word_for(const domain::Verdict& verdict) {
  if (verdict.needs_review) return "to be looked at by a person";
  return verdict.is_valid ? "valid" : "not valid";
}

std::string verdict_text(const Explanation& explanation) {
  const domain::Answer& answer = *explanation.answer;
  const std::size_t issues = explanation.verdict.issues.size();
  if (explanation.is_decided) {
    return fmt::format("{}, {} {}\n{:10}by the settings' checks: no model was asked",
                       word_for(explanation.verdict), issues, issues == 1 ? "issue" : "issues", "");
  }
  std::string text = fmt::format("{}, {} {}\n{:10}answered by {} {} on {}", word_for(explanation.verdict),
                                 issues, issues == 1 ? "issue" : "issues", "", shown_name(answer.provider),
                                 shown_name(answer.model), format_check_date(answer.answered_at));
  if (explanation.said != explanation.verdict) {
    text += fmt::format("\n{:10}the model said {}, the checks in code made it stricter", "",
                        word_for(explanation.said));
  }
  return text;
}

std::string cache_text(const Explanation& explanation) {
  if (explanation.is_decided) return "not looked at: a row that fails a check is not asked about";
  if (explanation.answer == nullptr) {
    if (explanation.is_skipped) return "not looked at";
    if (has_changed(explanation)) {
      return "no answer: row, rulebook, model or settings have changed since";
    }
    const bool has_answer = std::ranges::any_of(
        explanation.requests,
        [](const ports::RequestRecord& request) { return request.has_ended && request.error.empty(); });
    if (has_answer) return "no answer: it came, but could not be kept, or the cache was replaced since";
    if (explanation.requests.empty()) {
      return "no answer: this question was never asked with this cache";
    }
    return "no answer: no request about the row brought one";
  }
  return explanation.answer->answered_at < explanation.run.started_at
             ? "a hit: the answer is older than the run, so nothing was asked"
             : "the answer is kept: the next run asks nothing about this row";
}

std::string outcome_text(const ports::RequestRecord& request, const words::Phrasebook& in) {
  if (!request.has_ended) {
    return in.translate("no end is known: the program was killed, or it is under way");
  }
  const std::string after = duration_text(request.latency, in.language());
  std::string text =
      request.error.empty()
          ? in.translate(fmt::format("answered after {}", after))
          : fmt::format(fmt::runtime(in.language() == Language::russian ? "{} через {}" : "{} after {}"),
                        in.translate(sanitize_for_terminal(request.error)), after);
  if (request.http_status != 0 && request.http_status != 200)
    text += fmt::format(", HTTP {}", request.http_status);
  if (request.usage.input + request.usage.output > 0) {
    text += in.translate(fmt::format(", {} tokens in ({} from the prompt cache), {} out",
                                     grouped(request.usage.input), grouped(request.usage.cached_input),
                                     grouped(request.usage.output)));
  }
  if (request.cost) text += ", " + money_text(*request.cost, in.language());
  return text;
}

}  // namespace

std::string render_explanation(const Explanation& explanation, const words::Phrasebook& in) {
  const ports::RunRecord& run = explanation.run;
  std::string text;
  const auto fact = [&](std::string_view label, const std::string& value) {
    text += fmt::format("{:<{}}{}\n", in.translate(label), kLabelColumns, value);
  };
  const auto said = [&](std::string_view label, const std::string& value) {
    fact(label, in.translate(value));
  };
  fact("row", explanation.row.identifier.empty()
                  ? fmt::format("{}", explanation.row.number)
                  : fmt::format("{}, {}", explanation.row.number, shown_name(explanation.row.identifier)));
  fact("source", sanitize_for_terminal(run.source));
  fact("run", fmt::format("{}, {}", shown_name(run.run_id),
                          in.translate(fmt::format("{}, started {}", state_of(run),
                                                   format_check_date(run.started_at)))));
  said("verdict", explanation.answer ? verdict_text(explanation)
                  : explanation.is_skipped
                      ? std::string("none: the row is skipped, its identifier cell is empty")
                      : std::string("none"));
  if (explanation.answer) {
    for (const domain::Issue& issue : explanation.verdict.issues) {
      const std::string rule = issue.rule ? fmt::format(" [{}]", sanitize_for_terminal(*issue.rule)) : "";
      fact("", "• " + shorten(sanitize_for_terminal(issue.message) + rule, kIssueColumns));
    }
  }
  fact("key", explanation.key.substr(0, kShownKey) + "…");
  said("cache", cache_text(explanation));
  if (explanation.requests.empty()) {
    said("requests", "none in this run");
    return text;
  }
  said("requests", fmt::format("{} in this run", explanation.requests.size()));
  for (const ports::RequestRecord& request : explanation.requests) {
    std::string about;
    if (request.row_number != explanation.row.number)
      about = fmt::format(" (about row {}, which is identical)", request.row_number);
    else if (!request.key.empty() && !is_same_question(explanation, request))
      about = " (another question than now)";
    fact("", fmt::format("{}  {} {} {}{}\n{:13}{}", request.number, format_check_date(request.sent_at),
                         shown_name(request.provider), shown_name(request.model), in.translate(about), "",
                         outcome_text(request, in)));
  }
  return text;
}

std::string explanation_json(const Explanation& explanation) {
  JsonLine line;
  line.text("type", "row")
      .number("row", explanation.row.number)
      .text("identifier", explanation.row.identifier)
      .text("run", explanation.run.run_id)
      .text("state", state_of(explanation.run))
      .text("key", explanation.key)
      .text("cache", cache_text(explanation));
  if (explanation.answer) {
    line.text("verdict", explanation.verdict.needs_review ? "needs_review"
                         : explanation.verdict.is_valid   ? "valid"
                                                          : "invalid")
        .text("model_verdict", explanation.said.is_valid ? "valid" : "invalid")
        .number("issues", explanation.verdict.issues.size())
        .text("provider", explanation.answer->provider)
        .text("model", explanation.answer->model)
        .number("answered_at_ms",
                static_cast<std::uint64_t>(explanation.answer->answered_at.time_since_epoch().count()));
  } else {
    line.null("verdict");
  }
  line.number("requests", explanation.requests.size());
  std::string lines = line.finish() + "\n";
  for (const ports::RequestRecord& request : explanation.requests) {
    JsonLine one;
    one.text("type", "request")
        .number("number", request.number)
        .number("row", request.row_number)
        .text("key", request.key)
        .text("provider", request.provider)
        .text("model", request.model)
        .number("sent_at_ms", static_cast<std::uint64_t>(request.sent_at.time_since_epoch().count()))
        .boolean("has_ended", request.has_ended)
        .text("error", request.error)
        .number("http_status", static_cast<std::uint64_t>(request.http_status))
        .number("latency_ms", static_cast<std::uint64_t>(request.latency.count()))
        .number("input_tokens", request.usage.input)
        .number("cached_tokens", request.usage.cached_input)
        .number("output_tokens", request.usage.output);
    if (request.cost) one.text("cost", money_text(*request.cost, Language::english));
    lines += one.finish() + "\n";
  }
  return lines;
}

}  // namespace sv::report
