// Runs the built program as its users do: a process, files, sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sv::e2e {

struct Finished {
  int exit_code = -1;  // 128 + N when signal N ended it
  long peak_kib = 0;   // the most memory that it had (resident set)
  std::string out;
  std::string err;
};

// How the program is called: what exec and spawn want, valid as long as this is.
class Call {
 public:
  Call(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  char* const* argv() const { return argv_.data(); }
  char* const* envp() const { return envp_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<std::string> lines_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
};

// A process with its streams in files. Killed by the destructor if it still runs.
class Process {
 public:
  // `environment` comes on top of a minimal one (PATH, LANG=C.UTF-8, TZ=UTC).
  Process(const std::vector<std::string>& arguments, const std::string& directory,
          const std::map<std::string, std::string>& environment = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  void signal(int number) const;
  bool has_ended() const;
  // Fails the test and kills the process when it has not ended within two minutes.
  Finished wait();
  // What it has printed so far.
  std::string out() const;
  std::string err() const;

 private:
  std::string prefix_;
  pid_t pid_ = -1;
};

// A directory of its own for each test, removed at the end.
class Directory {
 public:
  Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory();

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const;

 private:
  std::string path_;
};

// `status-validator simulate llm` (or what else it simulates) with these options, on a free port.
class Simulator {
 public:
  explicit Simulator(const std::vector<std::string>& options = {}, const std::string& of = "llm");

  const std::string& base_url() const { return base_url_; }
  // A figure of GET /_ledger: "requests", "tokens.input", "by_status.429" … 0 when it is not there.
  std::uint64_t ledger(const std::string& path) const;
  // Until that figure is at least `count`; throws after two minutes.
  void wait_until(const std::string& path, std::uint64_t count) const;
  // Rows and how often each got a verdict.
  std::map<std::string, std::uint64_t> answers_per_row() const;
  void reset() const;
  // Ends it as a user would; gives its exit code.
  int stop();
  // The body of the reply.
  std::string request(const std::string& method, const std::string& target) const;

 private:
  Directory directory_;
  Process process_;
  std::string base_url_;
};

// Asks again and again until it holds; throws with `what` when `patience` is over.
void wait_for(const std::function<bool()>& condition, const std::string& what,
              std::chrono::minutes patience = std::chrono::minutes(2));

// The program with these arguments in `directory`, to its end; the key of the simulated provider is set.
Finished run(const Directory& directory, const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& environment = {
                 {"OPENAI_API_KEY", "sk-test-0123456789abcdef"}});

// The summary that `--json` prints last: a figure by its path, as in Simulator::ledger.
std::uint64_t figure(const std::string& json, const std::string& path);
std::string last_line(const std::string& text);

// Rows of a CSV file, cells unquoted; independent of the code under test.
std::vector<std::vector<std::string>> read_csv(const std::string& text, char delimiter = ',');

}  // namespace sv::e2e
