#include "cli/assemble_doctor.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "cli/open_tables.hpp"
#include "cli/reading_context.hpp"
#include "cli/simulated_provider.hpp"
#include "cli/wait_for.hpp"
#include "http/curl_transport.hpp"
#include "llm/provider_probe.hpp"
#include "report/json_line.hpp"
#include "store/run_history.hpp"
#include "store/run_journal_file.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace sv::cli {

namespace {

using namespace std::chrono_literals;

constexpr Duration kLongestProbe = 15s;
// Signed tokens of Google and certificates are not taken by a clock that is further off.
constexpr Duration kClockTolerance = 60s;

enum class State : std::uint8_t { ok, warning, fault };

std::string_view word_of(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::warning:
      return "note";
    case State::fault:
      return "FAULT";
  }
  return "";
}

class Doctor {
 public:
  explicit Doctor(const RunArguments& arguments) : arguments_(arguments) {}

  ExitCode examine() {
    const std::optional<config::Settings> settings = look_at_settings();
    if (!settings) return ExitCode::config;
    look_at_tables(*settings);
    look_at_cache(*settings);
    for (const config::ProviderSettings& provider : settings->llm.providers) {
      look_at_provider(provider, *settings);
    }
    if (is_config_wrong_) return ExitCode::config;
    return is_provider_wrong_ ? ExitCode::unavailable : ExitCode::ok;
  }

 private:
  void tell(State state, std::string_view subject, const std::string& text,
            const std::string& fix = {}) const {
    if (arguments_.is_json) {
      report::JsonLine line;
      line.text("type", "examined").text("subject", subject).text("state", word_of(state)).text("text", text);
      if (!fix.empty()) line.text("fix", fix);
      fmt::print("{}\n", line.finish());
      return;
    }
    const bool is_english = message_language() == domain::Language::english;
    const std::size_t states = is_english ? 6 : 12;
    const std::size_t subjects = is_english ? 12 : 14;
    fmt::print("{:<{}}{:<{}}{}\n", say(word_of(state)), states, say(subject), subjects,
               say(sanitize_for_terminal(text)));
    if (!fix.empty()) fmt::print("{:<{}}{}\n", "", states + subjects, say(sanitize_for_terminal(fix)));
  }

  // What went wrong on this side.
  void fault(std::string_view subject, const std::string& text, const std::string& fix = {}) {
    is_config_wrong_ = true;
    tell(State::fault, subject, text, fix);
  }

  // Runs `look` and tells what it throws.
  template <typename Look>
  bool tried(std::string_view subject, Look look) {
    try {
      look();
      return true;
    } catch (const Fatal& fatal) {
      fault(subject, fatal.what());
      return false;
    }
  }

  std::optional<config::Settings> look_at_settings() {
    std::optional<config::Settings> settings;
    tried("settings", [&] { settings = load_settings(arguments_); });
    if (!settings) return settings;
    for (const std::string& warning : settings->warnings) tell(State::warning, "settings", warning);
    tell(State::ok, "settings",
         fmt::format("providers: {}, bytes of rules: {}, checks: {}", settings->llm.providers.size(),
                     settings->rules_text.size(), settings->checks.list.size()));
    return settings;
  }

  void look_at_tables(const config::Settings& settings) {
    const AssembleRequest request = context_.request(settings, arguments_);
    std::optional<OpenedSource> source;
    if (!tried("source", [&] { source = open_source(request, context_.quota); })) return;
    const domain::MappedColumns columns = source->rows->columns();
    tell(State::ok, "source",
         fmt::format("{}: status, comment{}{}{}", settings.source.empty() ? source->name : settings.source,
                     columns.completion_date ? ", completion date" : "",
                     columns.identifier ? ", identifier" : "", columns.project_manager ? ", manager" : ""));
    if (source->warnings) {
      for (const std::string& warning : source->warnings()) tell(State::warning, "source", warning);
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "we"),
                                                                  &std::fclose);
    const bool is_written = tried("output", [&] {
      // Opened as for a run; nothing that people see changes before a run begins.
      static_cast<void>(open_sink(request, *source, context_.quota, nowhere.get()));
    });
    if (is_written)
      tell(State::ok, "output", shown_target(settings).empty() ? "none is named" : shown_target(settings));
  }

  void look_at_cache(const config::Settings& settings) {
    std::filesystem::path directory = std::filesystem::absolute(settings.cache_path).parent_path();
    std::error_code error;
    while (!std::filesystem::exists(directory, error) && directory.has_relative_path())
      directory = directory.parent_path();
    struct statvfs disk{};
    if (::access(directory.c_str(), W_OK | X_OK) != 0) {
      fault(
          "cache",
          fmt::format("{} cannot be written: {}", directory.string(), std::generic_category().message(errno)),
          "make it writable, or name another place: --cache FILE");
    } else if (::statvfs(directory.c_str(), &disk) == 0 &&
               std::uint64_t{disk.f_bavail} * disk.f_frsize < store::RunJournalFile::kSpareBytes) {
      fault("cache", fmt::format("the disk of {} is full", directory.string()),
            fmt::format("a run needs {} MB and 2 KB a row", store::RunJournalFile::kSpareBytes >> 20U));
    } else {
      tell(State::ok, "cache", settings.cache_path);
    }
    for (const auto& entry :
         std::filesystem::directory_iterator(store::journal_directory(settings.cache_path), error)) {
      if (entry.path().extension() != ".lock") continue;
      const std::string holder = store::holder_of(entry.path());
      if (!holder.empty()) tell(State::warning, "runs", "a run is going on: " + holder);
    }
  }

  void look_at_provider(const config::ProviderSettings& provider, const config::Settings& settings) {
    const std::string subject = fmt::format("provider {}", provider.priority);
    const std::string name = fmt::format("{} {}", provider.name, provider.model);
    if (arguments_.is_simulated) {
      tell(State::warning, subject, name + ": the built-in stand-in for a model, which is always there");
      return;
    }
    http::TransportOptions options;
    options.connect_timeout = kLongestProbe;
    http::CurlTransport transport(context_.io.get_executor(), context_.clock, options);
    std::optional<llm::ProviderProbe> probe;
    boost::asio::co_spawn(context_.io,
                          llm::probe_provider(transport,
                                              {.base_url = provider.base_url,
                                               .model = provider.model,
                                               .api_key = provider.api_key,
                                               .organization = provider.organization,
                                               .http_referer = settings.llm.http_referer,
                                               .x_title = settings.llm.x_title},
                                              context_.clock, kLongestProbe),
                          [&](const std::exception_ptr& error, llm::ProviderProbe found) {
                            if (error) std::rethrow_exception(error);
                            probe = std::move(found);
                          });
    context_.io.restart();
    context_.io.run();
    tell_probe(subject, name, *probe, provider);
  }

  void tell_probe(const std::string& subject, const std::string& name, const llm::ProviderProbe& probe,
                  const config::ProviderSettings& provider) {
    if (probe.clock_ahead && std::chrono::abs(*probe.clock_ahead) > kClockTolerance) {
      const double seconds = to_seconds(*probe.clock_ahead);
      fault("clock",
            fmt::format("this machine's clock is {:.0f} s {} that of {}", std::abs(seconds),
                        seconds > 0 ? "ahead of" : "behind", provider.name),
            "set it (timedatectl set-ntp true): signed tokens and certificates depend on it");
    }
    if (!probe.failure) {
      if (probe.has_model || probe.models == 0) {
        tell(State::ok, subject, name + ": it answers, and takes the key");
        return;
      }
      is_provider_wrong_ = true;
      tell(State::fault, subject, fmt::format("{}: none of its {} models has this name", name, probe.models),
           probe.nearest.empty() ? "" : fmt::format("did you mean {}?", probe.nearest));
      return;
    }
    if (probe.failure->kind == ErrorKind::not_found) {
      tell(State::warning, subject, name + ": it answers, but " + probe.failure->message,
           "some servers have none; if requests are refused, look at base_url");
      return;
    }
    is_provider_wrong_ = true;
    tell(State::fault, subject, name + ": " + probe.failure->message, fix_of(probe.failure->kind));
  }

  static std::string fix_of(ErrorKind kind) {
    switch (kind) {
      case ErrorKind::unauthorized:
        return "the key is not taken: look at api_key_env, at the variable, and at the account";
      case ErrorKind::connect:
        return "look at base_url, at the network and at http_proxy, https_proxy";
      case ErrorKind::tls:
        return "it speaks no TLS (a server of one's own may want http://), or its certificate is not trusted "
               "(a company's own authority belongs to the system's ca-certificates)";
      case ErrorKind::timeout:
        return "nothing came in time: look at the network and at proxies";
      case ErrorKind::quota_exhausted:
        return "no credit or quota is left: look at the account, its billing and its limits";
      case ErrorKind::rate_limited:
        return "it refuses for its limits just now: that passes by itself";
      default:
        return "look at base_url: it should end in /v1 or as the provider's documents say";
    }
  }

  const RunArguments& arguments_;
  ReadingContext context_;
  bool is_config_wrong_ = false;
  bool is_provider_wrong_ = false;
};

}  // namespace

ExitCode doctor_command(const RunArguments& arguments) { return Doctor(arguments).examine(); }

}  // namespace sv::cli
