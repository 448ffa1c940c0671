#include "config/provider_reader.hpp"

#include "base/text.hpp"
#include "config/base_url.hpp"
#include "config/scalars.hpp"
#include "config/settings_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace sv::config {

namespace {

// More than anybody has; aliases could repeat one provider as often as a file is long.
// Seconds. OpenAI asks for a quarter of an hour where flex is used.
constexpr double kFlexTimeout = 900;
constexpr std::size_t kMostProviders = 100;

std::string provider_path(std::string_view key) {
  return std::string(kProviderSection) + "." + std::string(key);
}

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

// A value that an environment variable was to give.
struct Missing {
  Place place;
  std::string message;
  bool is_key = false;
};

// One provider while it is being read.
struct Candidate {
  ProviderSettings settings;
  Place place;
  std::vector<Missing> missing;
};

class ProviderReader {
 public:
  ProviderReader(const Environment& environment, const Overrides& overrides, MistakeCollector& mistakes,
                 std::vector<std::string>& warnings)
      : environment_(environment), overrides_(overrides), mistakes_(mistakes), warnings_(warnings) {}

  // `section` holds the provider's keys; `is_single` in the older form, where the variables have default
  // names.
  Candidate read(const Section& section, std::uint32_t priority, bool is_single) {
    Candidate candidate;
    candidate.place = section.place();
    ProviderSettings& provider = candidate.settings;
    provider.priority = priority;
    const auto own_name = is_single ? section.text("provider") : std::nullopt;
    provider.name = section.text("name").value_or(own_name.value_or(fmt::format("provider-{}", priority)));
    read_numbers(section, provider, is_single);
    provider.organization = header_text(section, "organization");
    read_model(section, candidate, is_single);
    const bool needs_key = read_base_url(section, candidate, is_single);
    read_key(section, candidate, is_single, needs_key);
    return candidate;
  }

  std::string header_text(const Section& section, std::string_view key) {
    std::string text = section.text(key).value_or("");
    if (is_header_text(text)) return text;
    mistakes_.add(section.place_of(key),
                  fmt::format("{} must be one line without control characters", section.path_of(key)),
                  "it is sent as an HTTP header");
    return {};
  }

 private:
  void read_numbers(const Section& section, ProviderSettings& provider, bool is_single) {
    provider.temperature =
        section.number("temperature").value_or(default_number(provider_path("temperature")));
    // An explicit null: do not send it.
    const YamlNode* temperature = section.node("temperature");
    if (temperature != nullptr && temperature->kind == NodeKind::null) provider.temperature.reset();
    provider.max_output_tokens =
        static_cast<std::uint32_t>(section.whole_number("max_output_tokens")
                                       .value_or(default_whole_number(provider_path("max_output_tokens"))));
    const std::string tier =
        section.text("service_tier").value_or(default_text(provider_path("service_tier")));
    if (tier != "default" && tier != "flex") {
      mistakes_.add(section.place_of("service_tier"),
                    fmt::format("{} must be default or flex", section.path_of("service_tier")));
    }
    provider.is_flex = tier == "flex";
    const double seconds =
        section.number("request_timeout")
            .value_or(provider.is_flex ? kFlexTimeout : default_number(provider_path("request_timeout")));
    provider.request_timeout = overrides_.request_timeout_seconds
                                   ? std::chrono::seconds(*overrides_.request_timeout_seconds)
                                   : from_seconds(seconds);
    provider.reasoning_enabled =
        section.boolean("reasoning_enabled").value_or(default_boolean(provider_path("reasoning_enabled")));
    // In the older form `max_workers` is the run's.
    const auto workers = is_single ? std::nullopt : section.whole_number("max_workers");
    if (workers) provider.max_workers = static_cast<std::uint32_t>(*workers);
    provider.rpm = section.whole_number("rpm");
    provider.tpm = section.whole_number("tpm");
  }

  // The name of the variable: from the file, else (older form only) the table's.
  std::optional<std::string> variable(const Section& section, std::string_view key,
                                      std::string_view value_key, bool is_single) {
    std::optional<std::string> name = section.text(key);
    if (!name) {
      if (!is_single || section.has(key)) return std::nullopt;
      return std::string(find_setting(provider_path(value_key))->environment);
    }
    if (is_variable_name(*name)) return name;
    mistakes_.add(section.place_of(key),
                  fmt::format("{} must be the name of an environment variable", section.path_of(key)),
                  fmt::format("a value itself belongs to {}", section.path_of(value_key)));
    return std::nullopt;
  }

  void read_model(const Section& section, Candidate& candidate, bool is_single) {
    const std::optional<std::string> given = section.text("model");
    const std::optional<std::string> name = variable(section, "model_env", "model", is_single);
    Place place = section.place_of(section.has("model") ? "model" : "model_env");
    std::optional<std::string> model = given;
    if (!model && name) model = environment_.find(*name);
    if (candidate.settings.priority == 1 && overrides_.model) {
      model = overrides_.model;
      place = Place{};
    }
    if (model) {
      candidate.settings.model = trim(*model);
      if (!is_header_text(*model))
        mistakes_.add(place, "the model's id must be one line without control characters");
      return;
    }
    if (name) {
      candidate.missing.push_back(
          {place, is_single && !section.has("model_env")
                      ? fmt::format("no model: give --model MODEL or set {}", *name)
                      : fmt::format("environment variable {} is not set", show_variable(*name))});
      return;
    }
    if (section.has("model") || section.has("model_env") || section.has_unknown_keys()) return;  // reported
    mistakes_.add(place, fmt::format("{} is missing: give model or model_env", section.path_of("model")));
  }

  // Whether the server wants a key, as far as its address tells.
  bool read_base_url(const Section& section, Candidate& candidate, bool is_single) {
    const std::optional<std::string> given = section.text("base_url");
    const std::optional<std::string> name = variable(section, "base_url_env", "base_url", is_single);
    Place place = section.place_of(section.has("base_url") ? "base_url" : "base_url_env");
    std::string what = section.path_of("base_url");
    std::optional<std::string> url = given;
    if (!url && name) {
      url = environment_.find(*name);
      if (url) what = fmt::format("the address in environment variable {}", show_variable(*name));
    }
    if (candidate.settings.priority == 1 && overrides_.base_url) {
      url = overrides_.base_url;
      what = "--base-url";
      place = Place{};
    }
    const Result<BaseUrl> checked = check_base_url(url.value_or(default_text(provider_path("base_url"))));
    if (!checked) {
      mistakes_.add(place, what + " " + checked.error().message, "for example https://api.openai.com/v1");
      return true;
    }
    if (checked->is_unencrypted_network) {
      warnings_.push_back(fmt::format("provider '{}': rows and key go unencrypted over the network (http)",
                                      sanitize_for_terminal(candidate.settings.name)));
    }
    candidate.settings.base_url = checked->url;
    return !checked->is_loopback;
  }

  void read_key(const Section& section, Candidate& candidate, bool is_single, bool needs_key) {
    std::optional<std::string> key = section.text("api_key");
    const std::optional<std::string> name = variable(section, "api_key_env", "api_key", is_single);
    const Place place = section.place_of(section.has("api_key") ? "api_key" : "api_key_env");
    if (!key && name) key = environment_.find(*name);
    if (key) {
      const auto bad = std::ranges::find_if(*key, [](char c) { return c <= 0x20 || c >= 0x7F; });
      if (bad != key->end()) {
        // A line break in a key would add a header to the request.
        mistakes_.add(place,
                      fmt::format("the key holds a character that keys do not have (number {} of {})",
                                  bad - key->begin() + 1, key->size()),
                      "a space, a line break or a letter beyond ASCII: copy the key again");
        return;
      }
      candidate.settings.api_key = Secret(std::move(*key));
      return;
    }
    if (!needs_key) return;
    if (name) {
      candidate.missing.push_back(
          {place,
           is_single && !section.has("api_key_env")
               ? fmt::format("no API key: environment variable {} is not set", *name)
               : fmt::format("environment variable {} is not set", show_variable(*name)),
           true});
      return;
    }
    if (section.has("api_key") || section.has("api_key_env") || section.has_unknown_keys())
      return;  // reported
    mistakes_.add(
        place, fmt::format("{} is missing: give api_key_env (or api_key)", section.path_of("api_key_env")));
  }

  const Environment& environment_;
  const Overrides& overrides_;
  MistakeCollector& mistakes_;
  std::vector<std::string>& warnings_;
};

bool has_providers(const Section& top) {
  const YamlNode* llm = top.node("llm");
  return llm != nullptr && llm->kind == NodeKind::map &&
         std::ranges::find(llm->entries, "providers", &Entry::key) != llm->entries.end();
}

// The providers in priority order; empty when their numbers are wrong.
std::vector<Candidate> read_providers(const Section& llm, ProviderReader& reader,
                                      MistakeCollector& mistakes) {
  const YamlNode* map = llm.node("providers");
  const std::string_view help = "number the providers 1, 2, 3, … without gaps: 1 is asked first";
  if (map->kind != NodeKind::map || map->entries.empty() || map->entries.size() > kMostProviders) {
    const std::string got = map->kind != NodeKind::map ? describe(*map) : std::to_string(map->entries.size());
    mistakes.add(
        map->kind == NodeKind::null ? llm.place_of("providers") : map->place,
        fmt::format("llm.providers must hold 1..{} providers by priority, got {}", kMostProviders, got),
        std::string(help));
    return {};
  }
  std::vector<std::pair<std::int64_t, const Entry*>> numbered;
  for (const Entry& entry : map->entries) {
    const WholeNumber number = to_whole_number(entry.key);
    if (number.problem || number.value < 1) {
      mistakes.add(entry.key_place, "the priority of a provider must be a whole number from 1",
                   std::string(help));
      continue;
    }
    numbered.emplace_back(number.value, &entry);
  }
  // The same number twice ("1" and "01"): in the file's order.
  std::ranges::sort(numbered, {}, [](const auto& pair) {
    return std::tuple(pair.first, pair.second->key_place.line, pair.second->key_place.column);
  });
  const bool are_all_numbers = numbered.size() == map->entries.size();
  std::vector<Candidate> candidates;
  std::int64_t expected = 1;
  bool is_gap_reported = !are_all_numbers;
  for (const auto& [priority, entry] : numbered) {
    if (priority != expected && !is_gap_reported) {
      mistakes.add(entry->key_place,
                   priority < expected
                       ? fmt::format("priority {} is given twice", priority)
                       : fmt::format("provider {} has no provider {} before it", priority, expected),
                   std::string(help));
      is_gap_reported = true;
    }
    const Section section(entry->value, entry->key_place, fmt::format("llm.providers.{}", priority),
                          {kProviderSection}, mistakes);
    candidates.push_back(reader.read(section, static_cast<std::uint32_t>(expected), false));
    ++expected;
  }
  return candidates;
}

// Who sends nothing can do without keys.
void forgive_missing_keys(std::vector<Candidate>& candidates, const SourceText& source,
                          std::vector<std::string>& warnings) {
  for (Candidate& candidate : candidates) {
    if (!std::ranges::all_of(candidate.missing, &Missing::is_key)) continue;
    for (const Missing& missing : candidate.missing) {
      const std::string where = missing.place.line == 0 ? "" : at(source, missing.place) + ": ";
      warnings.push_back(fmt::format("{}; a run needs it", where + missing.message));
    }
    candidate.missing.clear();
  }
}

// As in the Python original: what the environment does not provide for is left out while another one is
// usable.
void keep_usable(std::vector<Candidate> candidates, const Environment& environment,
                 const Overrides& overrides, bool needs_keys, LlmSettings& llm, MistakeCollector& mistakes,
                 std::vector<std::string>& warnings) {
  const bool is_first_only = overrides.model || overrides.base_url;
  if (is_first_only && candidates.size() > 1) {
    warnings.push_back(fmt::format("only provider 1 of {} is used, because --model or --base-url was given",
                                   candidates.size()));
    candidates.resize(1);
  }
  const auto is_usable = [](const Candidate& candidate) { return candidate.missing.empty(); };
  if (!needs_keys && std::ranges::none_of(candidates, is_usable)) {
    forgive_missing_keys(candidates, mistakes.source(), warnings);
  }
  const bool is_any_usable = std::ranges::any_of(candidates, is_usable);
  for (Candidate& candidate : candidates) {
    if (candidate.missing.empty()) {
      llm.providers.push_back(std::move(candidate.settings));
      continue;
    }
    for (Missing& missing : candidate.missing) {
      if (is_any_usable) {
        warnings.push_back(fmt::format("{}: {}; provider '{}' is left out",
                                       at(mistakes.source(), missing.place), missing.message,
                                       sanitize_for_terminal(candidate.settings.name)));
      } else {
        mistakes.add(missing.place, std::move(missing.message), environment.help_for_unset());
      }
    }
  }
}

}  // namespace

LlmSettings read_llm(const Section& top, const Environment& environment, const Overrides& overrides,
                     bool needs_keys, MistakeCollector& mistakes, std::vector<std::string>& warnings) {
  const bool is_single = !has_providers(top);
  const Section section =
      top.section("llm", is_single ? std::vector<std::string_view>{"llm", kProviderSection}
                                   : std::vector<std::string_view>{"llm"});
  LlmSettings llm;
  llm.hedge_budget = section.number("hedge_budget").value_or(default_number("llm.hedge_budget"));
  llm.spill = section.boolean("spill").value_or(default_boolean("llm.spill"));
  llm.max_retries = static_cast<std::uint32_t>(
      section.whole_number("max_retries").value_or(default_whole_number("llm.max_retries")));
  if (const auto workers = section.whole_number("max_workers")) {
    llm.max_workers = static_cast<std::uint32_t>(*workers);
  }
  if (overrides.workers) llm.max_workers = overrides.workers;
  llm.rate_limit_retry_delay = from_seconds(
      section.number("rate_limit_retry_delay").value_or(default_number("llm.rate_limit_retry_delay")));
  llm.first_byte_timeout =
      from_seconds(section.number("first_byte_timeout").value_or(default_number("llm.first_byte_timeout")));

  ProviderReader reader(environment, overrides, mistakes, warnings);
  llm.http_referer = reader.header_text(section, "http_referer");
  llm.x_title = reader.header_text(section, "x_title");
  std::vector<Candidate> candidates;
  if (is_single) {
    candidates.push_back(reader.read(section, 1, true));
    // The provider may stand behind a key that was mistyped; one mistake must not look like three.
    const bool is_perhaps_mistyped =
        section.has_unknown_keys() || (!top.has("llm") && top.has_unknown_keys());
    if (is_perhaps_mistyped) candidates.front().missing.clear();
  } else {
    candidates = read_providers(section, reader, mistakes);
  }
  keep_usable(std::move(candidates), environment, overrides, needs_keys, llm, mistakes, warnings);
  return llm;
}

}  // namespace sv::config
