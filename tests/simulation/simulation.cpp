#include "simulation/simulation.hpp"

#include "base/fault_point.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/assemble_simulated.hpp"
#include "engine/run.hpp"
#include "scenario/sheets_world.hpp"
#include "sim/model_transport.hpp"
#include "simulation/outside.hpp"
#include "simulation/plan.hpp"
#include "simulation/watch.hpp"
#include "store/run_history.hpp"
#include "store/run_journal_file.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace sv::simulation {

namespace {

using namespace std::chrono_literals;

// A day of virtual time: whoever is not done by then never will be.
constexpr Duration kLongestProcess = std::chrono::hours(24);

class SeededInjector final : public FaultInjector {
 public:
  explicit SeededInjector(Random& random) : random_(random) {
    for (double& chance : chances_) {
      // FoundationDB's figures: a point takes part in a quarter of the seeds, and fires in a quarter of the
      // cases then; the journal's full disk ends a process, so it fires seldom.
      chance = random_.uniform() < 0.25 ? 0.25 : 0;
    }
    chances_[static_cast<std::size_t>(FaultPoint::journal_is_full)] *= 0.05;
  }
  bool fires(FaultPoint point) override {
    const double chance = chances_[static_cast<std::size_t>(point)];
    if (is_off_ || chance == 0 || random_.uniform() >= chance) return false;
    ++fired_;
    return true;
  }
  void switch_off() { is_off_ = true; }
  std::uint64_t fired() const { return fired_; }

 private:
  Random& random_;
  std::array<double, kFaultPointCount> chances_{};
  bool is_off_ = false;
  std::uint64_t fired_ = 0;
};

struct Outside {
  Disk disk;
  sim_sheets::SheetsModel sheets;
  std::vector<std::unique_ptr<sim::LlmModel>> models;
  Duration elapsed{};

  explicit Outside(sim_sheets::SheetsOptions options) : sheets(std::move(options)) {
    sheets.add_spreadsheet("doc", "Plans");
  }
  std::uint64_t requests() const {
    std::uint64_t sum = 0;
    for (const auto& model : models) sum += model->ledger().requests();
    return sum;
  }
  std::uint64_t verdicts() const {
    std::uint64_t sum = 0;
    for (const auto& model : models) sum += model->ledger().verdicts();
    return sum;
  }
};

// One process. When it is killed it is left as it lies, never destroyed: a killed process runs no
// destructors.
struct Process {
  boost::asio::io_context io{1};
  sim::VirtualClock clock;
  Random random;
  engine::fakes::Source source;
  DiskFacts facts;
  DiskCache cache;
  Watch watch;
  StopSignal stop;
  sim::ModelTransport to_provider;
  sim_sheets::SheetsTransport to_sheets;
  sheets::ServiceAccount account = sheets::test_account();
  sheets::CallQuota quota{clock};
  sheets::AccessToken token{account, sheets::Access::write, to_sheets, clock};
  sheets::SheetsClient client{
      std::string(sheets::kGoogleSheets), token, account.client_email, to_sheets, quota, clock, random};
  domain::Rulebook rulebook{.rules_text = "1. Say what was done.\n"};
  prompt::QuestionBuilder question{rulebook, source.columns()};
  config::LlmSettings settings;
  cli::ProviderKeys keys = cli::keys_of(question, settings.providers);
  std::unique_ptr<store::RunJournalFile> file;
  std::unique_ptr<sheets::SheetsSink> sheet;
  std::unique_ptr<CountingSink> sink;
  std::unique_ptr<CheckedJournal> journal;
  std::unique_ptr<cli::LlmStack> llm;
  std::optional<engine::RunResult> result;
  std::optional<Error> failure;  // of the target, before the run

  Process(const Plan& plan, Outside& outside, std::uint64_t seed, Trace& trace, Findings& findings,
          std::optional<std::uint64_t> disk_full_after)
      : random(seed),
        source(plan.rows, true),
        facts(outside.disk),
        cache(io, clock, random, outside.disk, disk_full_after),
        watch(clock, trace, findings),
        to_provider(origins_of(outside), clock, {.seed = seed}),
        to_sheets("https://sheets.googleapis.com", outside.sheets, clock),
        settings(settings_of(plan)) {
    clock.advance(outside.elapsed);
    to_sheets.answer_aside([](const ports::HttpRequest& request, WallTime) {
      if (!request.endpoint->url.ends_with("/token")) return std::optional<sim_sheets::SheetsReply>();
      return std::optional(sim_sheets::SheetsReply{
          .status = 200, .body = R"({"access_token":"t","expires_in":3599,"token_type":"Bearer"})"});
    });
  }

  static std::vector<sim::SimulatedOrigin> origins_of(const Outside& outside) {
    std::vector<sim::SimulatedOrigin> origins;
    for (std::size_t i = 0; i < outside.models.size(); ++i) {
      origins.push_back({.base_url = cli::simulated_address(i), .model = outside.models[i].get()});
    }
    return origins;
  }

  sheets::TargetRequest request() const {
    return {.spreadsheet_id = "doc",
            .tab = "Review",
            .columns = source.columns(),
            .row_link = scenario::kLink,
            .source_name = {},
            .source_spreadsheet_id = {},
            .source_tab_id = {},
            .scratch_directory = std::filesystem::temp_directory_path()};
  }

  // As cli/assemble and the run command do it.
  boost::asio::awaitable<void> live(const Outside& outside, Findings& findings) {
    Result<sheets::TargetTab> target = co_await sheets::read_target(client, request());
    if (!target) {
      failure = target.error();
      co_return;
    }
    sheet = *sheets::SheetsSink::open(client, random, request(), std::move(*target), 10);
    sink = std::make_unique<CountingSink>(*sheet);
    auto opened = store::RunJournalFile::open({.cache_path = outside.disk.directory + "/answers.sqlite",
                                               .source = "source",
                                               .target = "doc/Review",
                                               .shown_target = "Review",
                                               .fingerprint = "the job",
                                               .arguments = {},
                                               .directory = outside.disk.directory},
                                              clock);
    if (!opened) {
      findings.note("the journal cannot be opened: " + opened.error().message);
      co_return;
    }
    file = std::move(*opened);
    journal = std::make_unique<CheckedJournal>(*file, outside.disk, *sink, findings);
    llm = std::make_unique<cli::LlmStack>(settings,
                                          llm::OpenAiClientContext{.transport = to_provider,
                                                                   .question = question,
                                                                   .facts = facts,
                                                                   .observer = watch,
                                                                   .clock = clock,
                                                                   .journal = journal.get()},
                                          random, stop);
    const engine::RunContext context{.executor = io.get_executor(),
                                     .source = source,
                                     .sink = *sink,
                                     .cache = cache,
                                     .llm = llm->client(),
                                     .keys = keys,
                                     .rulebook = rulebook,
                                     .observer = watch,
                                     .clock = clock,
                                     .stop = stop,
                                     .journal = journal.get()};
    result = co_await engine::run(context, {.workers = settings.max_workers.value_or(1)});
  }
};

// Kept where a leak checker can see it.
void bury(std::unique_ptr<Process> killed) {
  static std::vector<Process*>& graves = *new std::vector<Process*>;  // NOLINT: outlives everything
  graves.push_back(killed.release());
}

// Its lock is the kernel's to release, and it was held by an open file.
void close_files_below(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string path = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!gone && path.starts_with(directory)) ::close(std::stoi(entry.path().filename().string()));
  }
}

class Simulation {
 public:
  Simulation(std::uint64_t seed, bool prints_trace)
      : random_(seed),
        plan_(make_plan(random_)),
        injector_(random_),
        outside_(unruly_sheets(random_)),
        trace_(prints_trace) {
    for (const sim::LlmOptions& model : plan_.models) {
      outside_.models.push_back(std::make_unique<sim::LlmModel>(model));
    }
    const std::filesystem::path memory = "/dev/shm";  // thousands of small files; any disk will do
    outside_.disk.directory =
        (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
        fmt::format("sv-simulation-{}-{}", ::getpid(), seed);
    std::filesystem::create_directories(outside_.disk.directory);
    fault_injector = &injector_;
  }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation() {
    fault_injector = nullptr;
    std::error_code ignored;
    std::filesystem::remove_all(outside_.disk.directory, ignored);
  }

  Played play() {
    for (int i = 1; i <= plan_.processes && findings_.empty(); ++i) {
      const bool is_last = i == plan_.processes;
      if (is_last) heal();
      live_and_die(is_last);
      if (is_last && findings_.empty()) check_end();
    }
    return {.violation = findings_.first(),
            .trace_hash = trace_.hash(),
            .events = trace_.events(),
            .processes = plan_.processes,
            .kills = kills_,
            .requests = outside_.requests() + requests_before_,
            .fired = injector_.fired()};
  }

 private:
  void heal() {
    injector_.switch_off();
    requests_before_ = outside_.requests();
    outside_.models.clear();
    for (std::size_t i = 0; i < plan_.models.size(); ++i) {
      sim::LlmOptions model;
      model.latency = sim::Latency::fixed(200ms);
      outside_.models.push_back(std::make_unique<sim::LlmModel>(model));
    }
  }

  void live_and_die(bool is_last) {
    std::optional<std::uint64_t> disk_full_after;
    if (!is_last && happens(random_, 0.1)) disk_full_after = random_.below(20);
    // Steps between one and some thousands, each order of magnitude as often.
    std::optional<std::uint64_t> killed_at;
    if (!is_last && happens(random_, 0.8)) {
      killed_at = 1 + random_.below(std::uint64_t{1} << (3 + random_.below(11)));
    }
    std::optional<Duration> stopped_at;
    if (!is_last && happens(random_, 0.3)) stopped_at = std::chrono::milliseconds(random_.below(30'000));

    auto process =
        std::make_unique<Process>(plan_, outside_, random_.next(), trace_, findings_, disk_full_after);
    const bool has_ended = run(*process, killed_at, stopped_at);
    outside_.elapsed = process->clock.elapsed() + 1s;
    if (findings_.empty()) check_death(*process, has_ended);
    if (has_ended && is_last) last_ = process->result;
    if (has_ended) return;
    ++kills_;
    bury(std::move(process));
    close_files_below(outside_.disk.directory);
    damage_journal();
  }

  // False: it was killed, or a promise did not hold.
  bool run(Process& process, std::optional<std::uint64_t> killed_at, std::optional<Duration> stopped_at) {
    bool is_over = false;
    boost::asio::co_spawn(process.io, process.live(outside_, findings_), [&](std::exception_ptr error) {
      is_over = true;
      if (!error) return;
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& thrown) {
        findings_.note(std::string("an exception came out of the run: ") + thrown.what());
      }
    });
    const TimePoint start = process.clock.now();
    for (std::uint64_t step = 1;; ++step) {
      if (!findings_.empty()) return false;
      if (killed_at && step == *killed_at) return false;
      if (stopped_at && process.clock.now() - start >= *stopped_at) process.stop.request();
      process.io.restart();
      if (process.io.poll_one() > 0) continue;
      const std::optional<TimePoint> next = process.clock.next_wake();
      if (!next && is_over) return true;
      if (!next) {
        findings_.note(fmt::format("the run stands still with {} of {} rows finished, {} requests in flight",
                                   process.watch.finished(), plan_.rows.size(), process.watch.in_flight()));
        return false;
      }
      if (*next - start > kLongestProcess) {
        findings_.note("the run does not end");
        return false;
      }
      process.clock.advance_to(*next);
    }
  }

  std::string journal_path() const {
    const std::vector<std::string> journals =
        store::list_journals(outside_.disk.directory + "/answers.sqlite");
    return journals.empty() ? std::string() : journals.front();
  }

  void check_death(const Process& process, bool has_ended) {
    if (has_ended && process.watch.in_flight() != 0) {
      findings_.note(fmt::format("the run has ended with {} requests in flight", process.watch.in_flight()));
    }
    const std::string path = journal_path();
    if (path.empty() || process.journal == nullptr) return;
    const Result<ports::RunRecord> record = store::read_journal(path);
    if (!record) {
      findings_.note("the journal cannot be read: " + record.error().message);
      return;
    }
    if (changed_journals_.contains(path) && record->damaged_lines == 0) {
      findings_.note("a journal with a changed bit is believed");
    }
    const std::uint64_t asked = process.journal->asked();
    std::uint64_t& noted = noted_[path];
    noted += asked;
    asked_ += asked;
    if (!damaged_journals_.contains(path) && record->requests != noted) {
      findings_.note(
          fmt::format("the journal tells of {} requests, and {} were noted", record->requests, noted));
    }
    // A request may be noted and the process die before it is sent; never the other way round.
    const std::uint64_t sent = outside_.requests() + requests_before_;
    if (asked_ < sent) findings_.note(fmt::format("{} requests came and {} were noted", sent, asked_));
  }

  // As a crash of the machine may: the end is torn off, or a bit is another.
  void damage_journal() {
    const std::string path = journal_path();
    if (path.empty() || !happens(random_, 0.3)) return;
    std::error_code gone;
    const std::uintmax_t size = std::filesystem::file_size(path, gone);
    if (gone || size < 100) return;
    damaged_journals_.insert(path);
    if (happens(random_, 0.3)) {
      std::filesystem::resize_file(path, size - 1 - random_.below(std::min<std::uint64_t>(size - 1, 80)),
                                   gone);
      return;
    }
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto at = static_cast<std::streamoff>(random_.below(size));
    file.seekg(at);
    const auto bit = static_cast<char>(1U << random_.below(8));
    const char changed = static_cast<char>(file.get() ^ bit);
    file.seekp(at);
    file.put(changed);
    changed_journals_.insert(path);
  }

  void check_end() {
    if (!last_) {
      findings_.note("the last process has no result");
      return;
    }
    if (last_->error) {
      findings_.note("the last process failed: " + last_->error->message);
      return;
    }
    const ports::RunProgress& counts = last_->counts;
    if (!last_->is_written || counts.judged + counts.cached != plan_.rows.size()) {
      findings_.note(fmt::format("at the end {} of {} rows have a verdict, written: {}",
                                 counts.judged + counts.cached, plan_.rows.size(), last_->is_written));
      return;
    }
    const auto cells = scenario::cells_of(*outside_.sheets.find("doc")->find_tab("Review"));
    if (cells.size() != plan_.rows.size() + 1) {
      findings_.note(
          fmt::format("the sheet has {} rows, the source {}", cells.size() - 1, plan_.rows.size()));
      return;
    }
    for (std::size_t i = 0; i < plan_.rows.size(); ++i) {
      const std::vector<std::string>& row = cells[i + 1];
      const bool has_name = std::ranges::find(row, plan_.rows[i].identifier + " -> " + scenario::kLink +
                                                       std::to_string(plan_.rows[i].number)) != row.end();
      const bool has_comment = std::ranges::find(row, plan_.rows[i].comment) != row.end();
      const bool has_verdict =
          std::ranges::any_of(row, [](const std::string& cell) { return cell == "YES" || cell == "NO"; });
      if (has_name && has_comment && has_verdict) continue;
      findings_.note(fmt::format("row {} of the sheet is not that of {}: {}", i + 2, plan_.rows[i].identifier,
                                 fmt::join(row, " | ")));
      return;
    }
  }

  Random random_;
  Plan plan_;
  SeededInjector injector_;
  Outside outside_;
  Trace trace_;
  Findings findings_;
  std::optional<engine::RunResult> last_;
  std::uint64_t asked_ = 0;            // by all processes
  std::uint64_t requests_before_ = 0;  // that the ledgers of the unruly models have
  // By path; a journal that is damaged at its head is left alone, and another one begun.
  std::map<std::string, std::uint64_t> noted_;
  std::set<std::string> damaged_journals_;
  std::set<std::string> changed_journals_;
  int kills_ = 0;
};

}  // namespace

Played play(std::uint64_t seed, bool prints_trace) { return Simulation(seed, prints_trace).play(); }

}  // namespace sv::simulation
