#include "cli/assemble_report_file.hpp"

#include "base/hash.hpp"
#include "cli/report_settings.hpp"
#include "report/changes.hpp"
#include "report/page_row.hpp"
#include "report/page_writer.hpp"
#include "report/row_state.hpp"
#include "tables/files.hpp"

#include <algorithm>
#include <utility>

namespace sv::cli {

namespace {

void count(const domain::Outcome& outcome, report::RowCounts& counts) {
  ++counts.rows;
  switch (outcome.kind) {
    case domain::OutcomeKind::judged:
      ++counts.judged;
      break;
    case domain::OutcomeKind::cached:
      ++counts.cached;
      break;
    case domain::OutcomeKind::decided:
      ++counts.decided;
      break;
    case domain::OutcomeKind::unjudged:
      ++counts.unjudged;
      break;
    case domain::OutcomeKind::skipped:
      ++counts.skipped;
      break;
  }
  switch (report::verdict_of(outcome)) {
    case ports::RowVerdict::valid:
      ++counts.valid;
      break;
    case ports::RowVerdict::invalid:
      ++counts.invalid;
      break;
    case ports::RowVerdict::needs_review:
      ++counts.needs_review;
      break;
    case ports::RowVerdict::none:
      break;
  }
}

// What has changed, by the row's number.
class ChangesByRow {
 public:
  ChangesByRow(const std::optional<ports::RunStates>& earlier, const std::vector<ports::RowState>& now)
      : now_(now) {
    if (earlier) changes_ = report::compare_rows(earlier->rows, now);
  }
  // Skipped rows are in no comparison.
  std::optional<report::RowChange> of(std::uint64_t number) const {
    if (!changes_) return std::nullopt;
    const auto found = std::ranges::lower_bound(now_, number, {}, &ports::RowState::number);
    if (found == now_.end() || found->number != number) return std::nullopt;
    return changes_->rows[static_cast<std::size_t>(found - now_.begin())];
  }
  std::vector<ports::RowState> take_gone() {
    return changes_ ? std::move(changes_->gone) : std::vector<ports::RowState>();
  }

 private:
  const std::vector<ports::RowState>& now_;
  std::optional<report::Changes> changes_;
};

}  // namespace

Result<ReportRows> ReportRows::open(const std::string& path) {
  Result<tables::RowSpool> spool = tables::RowSpool::open(tables::directory_of(path));
  if (!spool) return std::unexpected(with_context("report", std::move(spool.error())));
  return ReportRows(*std::move(spool));
}

void ReportRows::add(const domain::Outcome& outcome) {
  count(outcome, counts_);
  end_ = std::max(end_, outcome.row.index + 1);
  if (outcome.kind != domain::OutcomeKind::skipped) states_.push_back(report::state_of(outcome));
  if (error_) return;
  Result<void> put = spool_.put(outcome.row.index, report::begin_page_row(outcome));
  if (!put) error_ = std::move(put.error());
}

Result<void> ReportRows::write(const std::string& path, report::RunPage page,
                               const report::RequestFigures& figures, const report::TimeLine* waits,
                               const std::optional<ports::RunStates>& earlier, const std::string& question,
                               const std::set<std::uint64_t>& changed) {
  if (error_) return std::unexpected(*error_);
  std::ranges::sort(states_, {}, &ports::RowState::number);
  ChangesByRow changes(earlier, states_);
  page.counts = counts_;
  if (earlier) {
    page.earlier = report::EarlierRun{.run_id = earlier->run_id,
                                      .started_at = earlier->started_at,
                                      .asked_the_same = earlier->question == question,
                                      .gone = changes.take_gone()};
  }
  Result<tables::ReplacementFile> file = tables::ReplacementFile::open(path);
  if (!file) return std::unexpected(std::move(file.error()));
  report::PageWriter writer([&file](std::string_view bytes) { return file->write(bytes); });
  if (Result<void> begun = writer.begin(page.language); !begun) return begun;
  std::uint64_t written = 0;
  for (std::uint64_t index = 0; index < end_ && written < kMostInPage; ++index) {
    const Result<std::optional<std::string_view>> begin = spool_.read(index);
    if (!begin) return std::unexpected(begin.error());
    if (!*begin) continue;
    std::string row(**begin);
    const std::uint64_t number = report::number_of_page_row(row);
    report::end_page_row(row, {.figures = figures.of_row(number),
                               .change = changes.of(number),
                               .has_source_changed = changed.contains(number)});
    if (Result<void> added = writer.add_row(row); !added) return added;
    ++written;
  }
  if (counts_.rows > written) page.gaps.push_back({report::Gap::rows_left_out, counts_.rows - written});
  if (Result<void> ended = writer.finish(report::run_page_json(page, figures, waits)); !ended) return ended;
  return file->commit();
}

report::RunPage page_of(const config::Settings& settings, const Clock& clock) {
  report::RunPage page;
  page.language = settings.language;
  page.program = "status-validator " SV_VERSION;
  page.made_at = clock.wall_now();
  page.settings = settings_for_report(settings);
  page.rules_text = settings.rules_text;
  page.hashes.emplace_back("rulebook (SHA-256)", to_hex(sha256(settings.rules_text)));
  return page;
}

std::string question_identity(const std::string& revision, const config::LlmSettings& llm) {
  FieldHasher hasher;
  hasher.add(revision);
  for (const config::ProviderSettings& provider : llm.providers) hasher.add(provider.model);
  return to_hex(hasher.finish());
}

}  // namespace sv::cli
