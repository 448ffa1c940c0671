#include "engine/row_judge.hpp"

#include "base/fault_point.hpp"
#include "checks/after_model.hpp"
#include "engine/place_rows.hpp"
#include "engine/unjudged_reason.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sv::engine {

namespace {

// Rows read and looked up together: one hop to the store's thread for all of them. A look-up may wait there
// for a commit's fsync (6-12 ms on a common disk), so the groups are large enough that 8,000 rows a second
// pass all the same; the first is small, so that the first request does not wait for a whole group.
constexpr std::size_t kRowsInFirstGroup = 32;
constexpr std::size_t kRowsPerGroup = 512;
// Rows that wait for a worker: enough that none idles while the next group is looked up. About 1 KB each.
constexpr std::size_t kQueuedQuestions = 1024;
// Answers that are being committed: bounds the memory, and what a crash could lose, when the disk is slow.
constexpr std::size_t kMaxPendingCommits = 4096;
// Between the looks at a question that another process asks.
constexpr Duration kShortestNap = std::chrono::milliseconds(50);
constexpr Duration kLongestNap = std::chrono::seconds(1);
// An outage is waited out for ten minutes (provider_guard), and then a row is given up: a process that holds
// a question for longer is stopped or stuck.
constexpr Duration kLongestClaim = std::chrono::minutes(15);

}  // namespace

RowJudge::RowJudge(RowJudgeContext context, Placement placement, std::uint64_t rows, bool must_ask_all)
    : context_(context),
      placement_(std::move(placement)),
      rows_after_(rows),
      must_ask_all_(must_ask_all),
      today_(std::chrono::sys_days(local_date(context_.clock.wall_now()))),
      questions_(kQueuedQuestions) {}

boost::asio::awaitable<void> RowJudge::feed() {
  placement_.rewind();
  std::size_t group_size = kRowsInFirstGroup;
  for (;;) {
    if (fires(FaultPoint::source_gives_one_row)) group_size = 1;
    Result<std::vector<domain::Row>> rows = co_await context_.source.read(group_size);
    group_size = kRowsPerGroup;
    if (!rows) {
      is_source_lost_ = true;
      stop_by(std::move(rows.error()));
      break;
    }
    if (rows->empty()) break;
    co_await feed_group(std::move(*rows));
    co_await context_.writer.room();
  }
  questions_.close();
}

boost::asio::awaitable<void> RowJudge::feed_group(std::vector<domain::Row> rows) {
  Group group = gather(std::move(rows));
  if (group.questions.empty()) co_return;
  const std::uint64_t others_answered = context_.claims == nullptr ? 0 : context_.claims->answers_of_others();
  auto found = co_await context_.cache.find(std::move(group.lookups));
  if (!found) {
    stop_by(std::move(found.error()));
    for (Question& question : group.questions) pass_over(std::move(question));
    co_return;
  }
  for (std::size_t i = 0; i < group.questions.size(); ++i) {
    Question& question = group.questions[i];
    if (const domain::SharedAnswer& answer = (*found)[i]) {
      if (rows_after_ > 0) --rows_after_;
      const bool is_new =
          context_.answered_now != nullptr && context_.answered_now->contains(question.id.key);
      finish(std::move(question), is_new ? domain::OutcomeKind::judged : domain::OutcomeKind::cached, answer);
      continue;
    }
    if (context_.stop.is_requested()) {
      pass_over(std::move(question));
      continue;
    }
    question.others_answered = others_answered;
    context_.observer.on_row_queued();
    co_await questions_.push(std::move(question));
  }
}

RowJudge::Group RowJudge::gather(std::vector<domain::Row> rows) {
  Group group;
  group.questions.reserve(rows.size());
  group.lookups.keys_per_row = context_.keys.keys_per_row();
  group.lookups.keys.reserve(rows.size() * group.lookups.keys_per_row);
  const domain::MappedColumns columns = context_.source.columns();
  for (domain::Row& row : rows) {
    if (is_skipped(row, columns)) {
      domain::Outcome outcome;
      outcome.kind = domain::OutcomeKind::skipped;
      outcome.reason = skipped_reason();
      outcome.row = std::move(row);
      context_.writer.add(std::move(outcome));
      continue;
    }
    if (decide(row)) continue;
    const Placement::Place place = placement_.place_of(row.index);
    const std::size_t first_key = group.lookups.keys.size();
    context_.keys.append_keys(row, group.lookups.keys);
    Question question{
        .id = {.key = group.lookups.keys[first_key], .must_ask = must_ask_all_ || place.must_ask_again},
        .row = {.row = std::move(row),
                .place = place.place,
                .is_new = place.is_new || place.place >= placement_.existing_rows()}};
    if (!shared_.lead_or_follow(question.id, question.row)) {
      group.lookups.keys.resize(first_key);
      continue;
    }
    group.lookups.this_run_only.push_back(question.id.must_ask);
    group.questions.push_back(std::move(question));
  }
  return group;
}

boost::asio::awaitable<void> RowJudge::work() {
  for (;;) {
    std::optional<Question> question = co_await questions_.pop();
    if (!question) {
      // Nothing waits any more: the first worker that finds none left sees to those that are late.
      if (!std::exchange(are_last_rows_watched_, true)) co_await context_.llm.watch_last_rows();
      co_return;
    }
    if (context_.stop.is_requested()) {
      pass_over(std::move(*question));
      continue;
    }
    co_await ask(*question);
  }
}

bool RowJudge::is_free(Question& question) {
  // Old answers do not count for it, whoever gives them.
  if (context_.claims == nullptr || question.id.must_ask) return true;
  question.is_claimed = context_.claims->try_claim(question.id.key);
  return question.is_claimed && context_.claims->answers_of_others() == question.others_answered;
}

boost::asio::awaitable<Result<domain::SharedAnswer>> RowJudge::claim(Question& question) {
  // Nobody is woken across processes; whoever waits looks again, ever more seldom.
  Duration nap = kShortestNap;
  const TimePoint end = context_.clock.now() + kLongestClaim;
  while (!question.is_claimed && !context_.stop.is_requested() && context_.clock.now() < end) {
    co_await context_.clock.sleep_until(context_.clock.now() + nap);
    nap = std::min(2 * nap, kLongestNap);
    question.is_claimed = context_.claims->try_claim(question.id.key);
  }
  ports::AnswerLookups lookups{
      .keys = {}, .keys_per_row = context_.keys.keys_per_row(), .this_run_only = {false}};
  context_.keys.append_keys(question.row.row, lookups.keys);
  auto found = co_await context_.cache.find(std::move(lookups));
  if (!found) co_return std::unexpected(std::move(found.error()));
  co_return std::move(found->front());
}

boost::asio::awaitable<void> RowJudge::ask(Question& question) {
  if (rows_after_ > 0) --rows_after_;
  if (!is_free(question)) {
    Result<domain::SharedAnswer> answered = co_await claim(question);
    if (answered && *answered) {
      finish(std::move(question), domain::OutcomeKind::cached, *answered);
      co_return;
    }
    if (!answered) stop_by(std::move(answered.error()));
    if (context_.stop.is_requested()) {
      pass_over(std::move(question));
      co_return;
    }
  }
  ports::Ask ask;
  ask.row = &question.row.row;
  ask.key = &question.id.key;
  ask.rows_after = rows_after_;
  Result<domain::SharedAnswer> answer = co_await context_.llm.judge(ask);
  while (answer && pending_commits_ >= kMaxPendingCommits) co_await commit_ended_.wait();
  conclude(question, answer);
}

// No coroutine: what it needs for itself is not kept for every request in flight.
void RowJudge::conclude(Question& question, Result<domain::SharedAnswer>& answer) {
  if (answer) {
    commit(std::move(question), *answer);
  } else if (answer.error().kind == ErrorKind::limit_reached) {
    if (!limit_) limit_ = std::move(answer.error());
    context_.stop.request();
    pass_over(std::move(question));
  } else if (context_.stop.is_requested()) {  // cut short: this is not its last word
    pass_over(std::move(question));
  } else if (answer.error().kind == ErrorKind::io) {
    // The disk of this machine, not a provider: the next row would meet it too.
    stop_by(std::move(answer.error()));
    pass_over(std::move(question));
  } else {
    give_up(std::move(question), answer.error());
  }
}

boost::asio::awaitable<void> RowJudge::settle() {
  co_await context_.cache.flush();
  while (pending_commits_ > 0) co_await commit_ended_.wait();
}

void RowJudge::commit(Question question, const domain::SharedAnswer& answer) {
  domain::AnswerKey key = question.id.key;
  if (const std::size_t provider = context_.keys.index_of(answer->provider); provider > 0) {
    std::vector<domain::AnswerKey> keys;
    context_.keys.append_keys(question.row.row, keys);
    key = keys[provider];
  }
  ++pending_commits_;
  context_.cache.commit(key, answer,
                        [this, question = std::move(question), answer](Result<void> committed) mutable {
                          --pending_commits_;
                          // The answer is good and paid for, so the row gets it all the same; but nothing
                          // more is bought that cannot be kept.
                          if (!committed) stop_by(std::move(committed.error()));
                          finish(std::move(question), domain::OutcomeKind::judged, answer);
                          commit_ended_.notify_all();
                        });
}

std::vector<PlacedRow> RowJudge::close(const Question& question, bool is_answered) {
  if (question.is_claimed) context_.claims->release(question.id.key, is_answered);
  return shared_.close(question.id);
}

void RowJudge::finish(Question question, domain::OutcomeKind kind, const domain::SharedAnswer& answer) {
  std::vector<PlacedRow> followers = close(question, kind == domain::OutcomeKind::judged);
  context_.writer.add(outcome_of(std::move(question.row), kind, answer));
  for (PlacedRow& follower : followers) {
    context_.writer.add(outcome_of(std::move(follower), domain::OutcomeKind::cached, answer));
  }
}

void RowJudge::give_up(Question question, const Error& error) {
  std::vector<PlacedRow> rows = close(question, false);
  rows.insert(rows.begin(), std::move(question.row));
  const std::string reason = unjudged_reason(error, context_.rulebook.language);
  for (PlacedRow& row : rows) {
    domain::Outcome outcome;
    outcome.row = std::move(row.row);
    outcome.kind = domain::OutcomeKind::unjudged;
    outcome.place = row.place;
    outcome.reason = reason;
    context_.writer.add(std::move(outcome));
  }
}

void RowJudge::pass_over(Question question) {
  std::vector<PlacedRow> rows = close(question, false);
  rows.insert(rows.begin(), std::move(question.row));
  for (PlacedRow& row : rows) {
    if (!row.is_new) continue;  // what the target has there is worth more
    domain::Outcome outcome;
    outcome.row = std::move(row.row);
    outcome.kind = domain::OutcomeKind::unjudged;
    outcome.place = row.place;
    outcome.reason = unreached_reason(context_.rulebook.language);
    outcome.is_unreached = true;
    context_.writer.add(std::move(outcome));
  }
}

domain::Outcome RowJudge::outcome_of(PlacedRow row, domain::OutcomeKind kind,
                                     const domain::SharedAnswer& answer) const {
  domain::Outcome outcome;
  outcome.verdict = answer->verdict;
  domain::restore(row.row, context_.rulebook.redaction, outcome.verdict);
  checks::apply_checks(row.row, context_.rulebook, check_day(*answer), outcome.verdict);
  outcome.row = std::move(row.row);
  outcome.kind = kind;
  outcome.place = row.place;
  outcome.answer = answer;
  return outcome;
}

bool RowJudge::decide(domain::Row& row) {
  if (!checks::is_decided_by_code(row, context_.rulebook, {.today = today_, .unchanged_since = {}}))
    return false;
  const Placement::Place place = placement_.place_of(row.index);
  auto answer = std::make_shared<const domain::Answer>(domain::answer_of_checks(context_.clock.wall_now()));
  context_.writer.add(outcome_of({.row = std::move(row), .place = place.place}, domain::OutcomeKind::decided,
                                 std::move(answer)));
  return true;
}

checks::CheckDay RowJudge::check_day(const domain::Answer& answer) const {
  checks::CheckDay day{.today = today_, .unchanged_since = {}};
  // Only asked for where a check wants it: the time zone's tables are no small thing for every row.
  const bool is_wanted = std::ranges::any_of(context_.rulebook.checks.list, [](const domain::Check& check) {
    return check.unchanged_days.has_value();
  });
  if (is_wanted) day.unchanged_since = std::chrono::sys_days(local_date(answer.answered_at));
  return day;
}

void RowJudge::stop_by(Error error) {
  if (!error_) error_ = std::move(error);
  context_.stop.request();
}

}  // namespace sv::engine
