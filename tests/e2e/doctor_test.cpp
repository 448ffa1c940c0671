// Seeded faults, each found with a line that says how to mend it (user-experience.md U-06), and nothing paid.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

class Doctor : public testing::Test {
 protected:
  Doctor() {
    directory_.write("s.csv", "Project,Status,Comment\nA,Done,x\n");
    directory_.write("r.md", "1. Say what is done.\n");
  }

  Finished examine(const Words& changes = {}, const std::string& key = "good") {
    Words words{"doctor", "s.csv",   "--output",        "o.csv",      "--rules",
                "r.md",   "--model", "simulated-judge", "--base-url", simulator_.base_url()};
    for (std::size_t i = 0; i + 1 < changes.size(); i += 2) {
      const auto found = std::ranges::find(words, changes[i]);
      if (found == words.end()) {
        words.insert(words.end(), {changes[i], changes[i + 1]});
      } else {
        *(found + 1) = changes[i + 1];
      }
    }
    return run(directory_, words, {{"OPENAI_API_KEY", key}});
  }

  // With these flags, that exit code, and both texts.
  void expect_fault(const Words& changes, int code, const std::string& fault, const std::string& fix,
                    const std::string& key = "good") {
    const Finished finished = examine(changes, key);
    EXPECT_EQ(finished.exit_code, code) << finished.out << finished.err;
    EXPECT_TRUE(finished.out.contains("FAULT")) << finished.out;
    EXPECT_TRUE(finished.out.contains(fault)) << fault << "\n" << finished.out;
    EXPECT_TRUE(finished.out.contains(fix)) << fix << "\n" << finished.out;
  }

  Simulator simulator_{{"--api-key", "good"}};
  Directory directory_;
};

TEST_F(Doctor, is_content_with_what_is_well) {
  const Finished finished = examine();
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_FALSE(finished.out.contains("FAULT")) << finished.out;
  EXPECT_TRUE(finished.out.contains("it answers, and takes the key")) << finished.out;
  EXPECT_EQ(simulator_.ledger("requests"), 0U) << "no paid call";
  EXPECT_FALSE(directory_.has("o.csv"));
  EXPECT_FALSE(directory_.has("status_validator_answers.sqlite"));
}

TEST_F(Doctor, finds_what_is_wrong_with_a_provider) {
  expect_fault({}, 69, "HTTP 401", "the key is not taken", "bad");
  expect_fault({"--model", "simulated-juge"}, 69, "has this name", "did you mean simulated-judge?");
  expect_fault({"--base-url", "http://127.0.0.1:9/v1"}, 69, "127.0.0.1:9",
               "look at base_url, at the network");
  expect_fault({"--base-url", "https://nobody.invalid/v1"}, 69, "nobody.invalid", "proxy");
  std::string tls = simulator_.base_url();
  tls.replace(0, 4, "https");
  expect_fault({"--base-url", tls}, 69, "FAULT provider 1", "may want http://");
  EXPECT_EQ(simulator_.ledger("requests"), 0U) << "no paid call";
}

TEST_F(Doctor, finds_what_is_wrong_here) {
  expect_fault({"--rules", "none.md"}, 78, "none.md", "FAULT settings");
  expect_fault({"--output", "no/where/o.csv"}, 78, "no/where", "FAULT output");
  expect_fault({"--cache", "s.csv/answers.sqlite"}, 78, "cannot be written", "--cache FILE");
  expect_fault({"--column", "comment=Commnt"}, 78, "Commnt", "FAULT source");
  expect_fault({"--max-cost", "-1"}, 78, "--max-cost", "FAULT settings");
  std::filesystem::remove(directory_.file("s.csv"));
  expect_fault({}, 78, "s.csv", "FAULT source");
  directory_.write("s.csv", "A,B\n1,2\n");
  expect_fault({}, 78, "FAULT source", "--column");
  directory_.write("s.csv", "");
  expect_fault({}, 78, "FAULT source", "empty");
  directory_.write("c.yaml", "source: s.csv\ntarget: o.csv\nrules_file: r.md\nllm: {modell: x}\n");
  const Finished mistake = run(directory_, {"doctor", "--config", "c.yaml"});
  EXPECT_EQ(mistake.exit_code, 78);
  EXPECT_TRUE(mistake.out.contains("c.yaml:4:7")) << mistake.out;
  EXPECT_TRUE(mistake.out.contains("did you mean 'model'?")) << mistake.out;
  directory_.write("c.yaml",
                   "source: s.csv\ntarget: o.csv\nrules_file: r.md\nllm: {model: x, api_key_env: NOT_SET}\n");
  EXPECT_TRUE(run(directory_, {"doctor", "--config", "c.yaml"}).out.contains("NOT_SET is not set"));
}

TEST_F(Doctor, tells_of_a_run_that_is_going_on) {
  const Simulator slow({"--latency", "60s"});
  Process process(
      {"run", "s.csv", "--output", "o.csv", "--rules", "r.md", "--model", "m", "--base-url", slow.base_url()},
      directory_.path(), {{"OPENAI_API_KEY", "k"}});
  slow.wait_until("requests", 1);
  const Finished finished = examine();
  EXPECT_EQ(finished.exit_code, 0) << finished.out;
  EXPECT_TRUE(finished.out.contains("a run is going on: process ")) << finished.out;
}

TEST_F(Doctor, speaks_to_programs) {
  const Finished finished =
      run(directory_, {"doctor", "s.csv", "--output", "o.csv", "--rules", "r.md", "--model", "m",
                       "--base-url", "http://127.0.0.1:9/v1", "--json"});
  EXPECT_EQ(finished.exit_code, 69);
  EXPECT_TRUE(
      last_line(finished.out).starts_with(R"({"type":"examined","subject":"provider 1","state":"FAULT")"))
      << finished.out;
}

}  // namespace
}  // namespace sv::e2e
