// Lines of security.md's checklist S that concern the whole program.
#include "e2e/program.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string code;
  for (std::size_t i = 0; i + 3 <= bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = (group << 8U) | static_cast<unsigned char>(bytes[i + j]);
    for (int shift = 18; shift >= 0; shift -= 6)
      code += kAlphabet[(group >> static_cast<unsigned>(shift)) & 63U];
  }
  return code;
}

class Security : public testing::Test {
 protected:
  Security() {
    directory_.write("statuses.csv",
                     "Project,Status,Comment\nA,Done,\"Done: all. Plan: none.\"\nB,Done,Soon\n");
    directory_.write("rules.md", "1. The comment has a heading \"Done:\".\n");
  }
  Words job(const Words& more = {}) const {
    Words words{"run",      "statuses.csv", "--output", "review.csv", "--rules",
                "rules.md", "--model",      "m",        "--base-url", simulator_.base_url()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Simulator simulator_;
  Directory directory_;
};

// S-09. The key in every form in which it could slip through.
TEST_F(Security, keys_are_in_no_output_and_no_file) {
  const std::string canary = "sk-canary-4f9a8b7c6d5e4f3a2b1c0d9e";
  const std::map<std::string, std::string> environment{{"OPENAI_API_KEY", canary}};
  std::string said;
  const auto note = [&](const Finished& finished) { said += finished.out + finished.err; };
  note(run(directory_, job({"--verbose", "--json"}), environment));
  note(run(directory_, job({"--verbose", "--force", "--metrics-file", "run.prom"}), environment));
  note(run(directory_, {"status"}, environment));
  note(run(directory_, {"status", "--json"}, environment));
  note(run(directory_, {"explain", "2"}, environment));
  note(run(directory_, {"explain", "2", "--json"}, environment));
  note(run(
      directory_,
      {"plan", "statuses.csv", "--rules", "rules.md", "--model", "m", "--base-url", simulator_.base_url()},
      environment));
  directory_.write(
      "config.yaml",
      "source: statuses.csv\ntarget: out.csv\nrules_file: rules.md\nllm:\n  model: m\n  api_key: " + canary +
          "\n  base_url: " + simulator_.base_url() + "\n");
  note(run(directory_, {"check-config", "--config", "config.yaml"}, environment));
  note(run(directory_, {"--config", "config.yaml", "--verbose"}, environment));
  // A mistake in the very line of the key, and in the one below.
  directory_.write("broken.yaml",
                   "llm:\n  model: m\n  api_key: [" + canary + "]\n  api_kez: " + canary + "\n");
  note(run(directory_, {"check-config", "--config", "broken.yaml"}, environment));
  // Refused, unreachable, not HTTP at all.
  const Simulator strict({"--api-key", "another"});
  note(run(directory_,
           {"run", "statuses.csv", "--output", "x.csv", "--rules", "rules.md", "--model", "m", "--base-url",
            strict.base_url(), "--verbose"},
           environment));
  note(run(directory_,
           {"run", "statuses.csv", "--output", "x.csv", "--rules", "rules.md", "--model", "m", "--base-url",
            "http://127.0.0.1:9", "--verbose", "--max-time", "1"},
           environment));
  // Killed in the middle, by signals that would leave a core.
  for (const int number : {SIGSEGV, SIGABRT}) {
    const Simulator slow({"--latency", "60s"});
    Process process({"run", "statuses.csv", "--output", "y.csv", "--rules", "rules.md", "--model", "m",
                     "--base-url", slow.base_url()},
                    directory_.path(), environment);
    slow.wait_until("requests", 1);
    process.signal(number);
    note(process.wait());
  }
  std::filesystem::remove(directory_.file("config.yaml"));
  std::filesystem::remove(directory_.file("broken.yaml"));
  const std::string middle = canary.substr(3, 24);
  const Words forms{canary,
                    middle,
                    base64(canary).substr(0, 24),
                    base64(canary.substr(1)).substr(0, 24),
                    base64(canary.substr(2)).substr(0, 24),
                    "sk%2Dcanary"};
  for (const std::string& form : forms) EXPECT_FALSE(said.contains(form)) << form << "\n" << said;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("core")) << entry.path();
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string bytes = content_of(entry.path());
    for (const std::string& form : forms) EXPECT_FALSE(bytes.contains(form)) << entry.path() << ": " << form;
  }
  EXPECT_GT(files, 6U) << "cache, journals, review, metrics";
}

// S-10.
TEST_F(Security, files_are_private_whatever_the_umask) {
  const ::mode_t before = ::umask(0);
  const Finished finished = run(directory_, job({"--cache", "deep/er/answers.sqlite"}));
  ::umask(before);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  std::size_t checked = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.file("deep"))) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, entry.is_directory() ? 0700U : 0600U) << entry.path();
    ++checked;
  }
  EXPECT_GE(checked, 4U) << "directory, answers, journal, lock";
}

TEST_F(Security, a_key_file_that_others_may_read_is_refused) {
  const Simulator google({"--write-key", directory_.file("key.json")}, "sheets");
  std::filesystem::permissions(directory_.file("key.json"), std::filesystem::perms(0640));
  directory_.write("config.yaml",
                   "sheets:\n  credentials_file: " + directory_.file("key.json") +
                       "\n  source_spreadsheet_id: demo\n  source_sheet_name: Sheet1\n"
                       "  api_base_url: " +
                       google.base_url() +
                       "\ntarget: out.csv\nrules_file: rules.md\nllm:\n  model: m\n  api_key: k\n");
  const Finished finished = run(directory_, {"--config", "config.yaml"});
  EXPECT_EQ(finished.exit_code, 77) << finished.err;
  EXPECT_TRUE(finished.err.contains("chmod 600")) << finished.err;
  // As systemd hands it over, with an access list that looks like a group's permission.
  const Finished credential = run(directory_, {"--config", "config.yaml"},
                                  {{"OPENAI_API_KEY", "k"}, {"CREDENTIALS_DIRECTORY", directory_.path()}});
  EXPECT_EQ(credential.exit_code, 65) << "taken: now it is the sheet that is empty; " << credential.err;
  EXPECT_EQ(run(directory_, {"--config", "config.yaml"},
                {{"OPENAI_API_KEY", "k"}, {"CREDENTIALS_DIRECTORY", directory_.path() + "/other"}})
                .exit_code,
            77);
}

// S-07. What cells, models and servers say reaches a terminal as text only.
TEST_F(Security, nothing_that_others_wrote_controls_the_terminal) {
  const Words hostile{"\x1b[2J\x1b[31mred",
                      "\x1b]0;title\x07",
                      "\x1b]8;;http://x\x1b\\link",
                      "\x1b]52;c;YQ==\x07",
                      "\x1bP1;2q\x1b\\",
                      "\xc2\x9b"
                      "31m",
                      "\xc2\x9d"
                      "0;t\xc2\x9c",
                      "over\rwritten",
                      "\xe2\x80\xae"
                      "desrever",
                      "\xe2\x81\xa6iso",
                      "bell\x07",
                      "back\x08\x08",
                      "\x7f"
                      "del",
                      "vertical\x0b\x0c"};
  std::string csv = "Project,Status,Comment\n";
  for (const std::string& text : hostile) csv += text + "," + text + ",\"" + text + "\"\n";
  directory_.write("statuses.csv", csv);
  std::string shown;
  const auto note = [&](const Finished& finished) { shown += finished.err; };
  note(run(directory_, job({"--verbose"})));
  const Finished explained = run(directory_, {"explain", "2"});
  note(explained);
  shown += explained.out;
  shown += run(directory_, {"status"}).out;
  note(run(directory_, {"run", hostile[0] + ".csv", "--output", "z.csv", "--rules", "rules.md", "--model",
                        hostile[1], "--base-url", simulator_.base_url()}));
  note(run(directory_,
           {"run", "statuses.csv", "--output", "z.csv", "--rules", "rules.md", "--model", hostile[1],
            "--base-url", simulator_.base_url(), "--column", "comment=" + hostile[2]}));
  note(run(directory_, {hostile[3]}));
  ASSERT_GT(shown.size(), 1000U);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    const auto next = static_cast<unsigned char>(i + 1 < shown.size() ? shown[i + 1] : ' ');
    const bool is_c1 = byte == 0xC2 && next >= 0x80 && next <= 0x9F;
    const bool is_bidi = shown.compare(i, 3, "\xe2\x80\xae") == 0 || shown.compare(i, 3, "\xe2\x81\xa6") == 0;
    ASSERT_FALSE((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F || is_c1 || is_bidi)
        << "byte " << int{byte} << " after: " << shown.substr(i < 60 ? 0 : i - 60, 60);
  }
}

// S-14. A file is written where the operator said, whatever names come from elsewhere.
TEST_F(Security, names_from_outside_are_no_paths) {
  Words names{"../up", "..",           "/etc/passwd", "a/b", "a\\b", "-rf", "--config",
              "~root", "$(touch pwn)", "`touch pwn`", "a;b", "nul",  "CON", "....//....//x"};
  for (int i = 0; i < 36; ++i)
    names.push_back(std::string(static_cast<std::size_t>(i), '.') + "/" + std::to_string(i));
  const Directory beside;
  std::string csv = "Project,Status,Comment\n";
  for (const std::string& name : names) csv += "\"" + name + "\",Done,\"Done: " + name + "\"\n";
  directory_.write("statuses.csv", csv);
  const Words before{"rules.md", "statuses.csv"};
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  for (const std::string& name : names) {
    static_cast<void>(run(directory_, {"explain", "2", "--run", name}));
    static_cast<void>(run(directory_, {"resume", name}));
  }
  Words there;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    there.push_back(entry.path().filename());
  }
  std::ranges::sort(there);
  EXPECT_EQ(there, (Words{"review.csv", "rules.md", "status_validator_answers.sqlite",
                          "status_validator_answers.sqlite-asking", "status_validator_answers.sqlite-limits",
                          "status_validator_answers.sqlite-runs", "statuses.csv"}));
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 4096> bytes{};
  while (const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), pipe))
    text.append(bytes.data(), got);
  ::pclose(pipe);
  return text;
}

// S-17.
TEST(Sbom, lists_every_library_that_the_program_loads) {
  const std::string made =
      output_of(std::string(SV_SOURCE_DIR) + "/packaging/sbom " SV_PROGRAM " 1.2.3 2>&1");
  boost::system::error_code failure;
  const boost::json::value document = boost::json::parse(made, failure);
  ASSERT_FALSE(failure) << made;
  EXPECT_EQ(document.at("spdxVersion").as_string(), "SPDX-2.3");
  EXPECT_EQ(document.at("dataLicense").as_string(), "CC0-1.0");
  std::string comments;
  for (const boost::json::value& package : document.at("packages").as_array()) {
    for (const char* member : {"SPDXID", "name", "versionInfo", "downloadLocation"}) {
      ASSERT_TRUE(package.as_object().contains(member)) << package;
    }
    if (const auto* comment = package.as_object().if_contains("comment"))
      comments += std::string(comment->as_string()) + "\n";
  }
  EXPECT_EQ(document.at("relationships").as_array().size(), document.at("packages").as_array().size());
  std::istringstream libraries(output_of("ldd " SV_PROGRAM));
  std::string line;
  std::size_t loaded = 0;
  while (std::getline(libraries, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name.starts_with("linux-vdso")) continue;
    ++loaded;
    EXPECT_TRUE(comments.contains("loads " + name.substr(name.rfind('/') + 1) + "\n")) << name;
  }
  EXPECT_GT(loaded, 10U);
  EXPECT_TRUE(comments.contains("linked in")) << "SQLite, fmt and others are in the program itself";
}

}  // namespace
}  // namespace sv::e2e
