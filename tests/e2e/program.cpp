#include "e2e/program.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sv::e2e {

namespace {

namespace json = boost::json;
using tcp = boost::asio::ip::tcp;

constexpr std::chrono::minutes kPatience(2);
// A real process gives no other sign of having ended or printed; virtual time does not reach into it.
constexpr std::chrono::milliseconds kPoll(5);

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

void pause_briefly() { ::usleep(static_cast<useconds_t>(std::chrono::microseconds(kPoll).count())); }

}  // namespace

Call::Call(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment)
    : words_{SV_PROGRAM} {
  words_.insert(words_.end(), arguments.begin(), arguments.end());
  for (const char* inherited : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"}) {
    if (const char* value = std::getenv(inherited)) environment.emplace(inherited, value);
  }
  for (const auto& [key, value] : environment) lines_.push_back(key + "=" + value);
  for (std::string& word : words_) argv_.push_back(word.data());
  argv_.push_back(nullptr);
  for (std::string& line : lines_) envp_.push_back(line.data());
  envp_.push_back(nullptr);
}

Process::Process(const std::vector<std::string>& arguments, const std::string& directory,
                 const std::map<std::string, std::string>& environment) {
  char name[] = "/tmp/sv-e2e-XXXXXX";
  const int made = ::mkstemp(name);
  if (made < 0) throw std::runtime_error("no temporary file");
  ::close(made);
  prefix_ = name;

  std::map<std::string, std::string> variables{
      {"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"TZ", "UTC"}, {"HOME", directory}};
  for (const auto& [key, value] : environment) variables[key] = value;
  const Call call(arguments, std::move(variables));

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, (prefix_ + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                   0600);
  posix_spawn_file_actions_addopen(&actions, 2, (prefix_ + ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                   0600);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  // Under nohup the tests' own SIGHUP is ignored, and the program would leave it so.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t usual;
  sigemptyset(&usual);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&usual, signal);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawn(&pid_, SV_PROGRAM, &actions, &attributes, call.argv(), call.envp());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(std::string("cannot start ") + SV_PROGRAM);
}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const char* suffix : {"", ".out", ".err"}) ::unlink((prefix_ + suffix).c_str());
}

void Process::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

bool Process::has_ended() const {
  siginfo_t info{};
  // Left to be waited for by wait().
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

Finished Process::wait() {
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  pid_t done = 0;
  struct rusage used{};
  while ((done = ::wait4(pid_, &status, WNOHANG, &used)) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << "the program does not end:\n" << err();
      ::kill(pid_, SIGKILL);
      done = ::waitpid(pid_, &status, 0);
      break;
    }
    pause_briefly();
  }
  if (done == pid_) pid_ = -1;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {.exit_code = code, .peak_kib = used.ru_maxrss, .out = out(), .err = err()};
}

std::string Process::out() const { return read_file(prefix_ + ".out"); }
std::string Process::err() const { return read_file(prefix_ + ".err"); }

Directory::Directory() {
  char name[] = "/tmp/sv-e2e-dir-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

Directory::~Directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Directory::write(const std::string& name, const std::string& content) const {
  std::ofstream(file(name), std::ios::binary) << content;
}
std::string Directory::read(const std::string& name) const { return read_file(file(name)); }
bool Directory::has(const std::string& name) const { return std::filesystem::exists(file(name)); }

namespace {

std::vector<std::string> simulator_arguments(const std::vector<std::string>& options, const std::string& of) {
  std::vector<std::string> arguments{"simulate", of, "--port", "0"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

}  // namespace

Simulator::Simulator(const std::vector<std::string>& options, const std::string& of)
    : process_(simulator_arguments(options, of), directory_.path()) {
  const std::string label = "listening on ";
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const std::string out = process_.out();
    if (const std::size_t line_end = out.find('\n');
        out.starts_with(label) && line_end != std::string::npos) {
      base_url_ = out.substr(label.size(), line_end - label.size());
      return;
    }
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no simulator: " + process_.err());
    pause_briefly();
  }
}

std::string Simulator::request(const std::string& method, const std::string& target) const {
  const std::size_t colon = base_url_.rfind(':');
  const std::string port = base_url_.substr(colon + 1, base_url_.find('/', colon) - colon - 1);
  boost::asio::io_context io;
  tcp::socket socket(io);
  boost::asio::connect(socket, tcp::resolver(io).resolve("127.0.0.1", port));
  boost::asio::write(socket, boost::asio::buffer(method + " " + target +
                                                 " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                                                 "Connection: close\r\n\r\n"));
  std::string reply;
  boost::system::error_code error;
  boost::asio::read(socket, boost::asio::dynamic_buffer(reply), error);
  return reply.substr(reply.find("\r\n\r\n") + 4);
}

std::uint64_t Simulator::ledger(const std::string& path) const {
  return figure(request("GET", "/_ledger"), path);
}

void Simulator::wait_until(const std::string& path, std::uint64_t count) const {
  wait_for([&] { return ledger(path) >= count; }, path + " stays below what was waited for");
}

std::map<std::string, std::uint64_t> Simulator::answers_per_row() const {
  std::map<std::string, std::uint64_t> answers;
  const json::value ledger = json::parse(request("GET", "/_ledger?rows=1"));
  for (const json::value& row : ledger.at("row_answers").as_array()) {
    answers[std::string(row.at("row").as_string())] = row.at("answered").to_number<std::uint64_t>();
  }
  return answers;
}

void Simulator::reset() const { request("POST", "/_reset"); }

int Simulator::stop() {
  process_.signal(SIGTERM);
  return process_.wait().exit_code;
}

void wait_for(const std::function<bool()>& condition, const std::string& what,
              std::chrono::minutes patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error(what);
    pause_briefly();
  }
}

Finished run(const Directory& directory, const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& environment) {
  Process process(arguments, directory.path(), environment);
  return process.wait();
}

std::uint64_t figure(const std::string& text, const std::string& path) {
  const json::value root = json::parse(text);
  const json::value* value = &root;
  std::istringstream names(path);
  for (std::string name; std::getline(names, name, '.');) {
    const json::object* object = value->if_object();
    value = object == nullptr ? nullptr : object->if_contains(name);
    if (value == nullptr) return 0;
  }
  return value->to_number<std::uint64_t>();
}

std::string last_line(const std::string& text) {
  std::string_view rest = text;
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  return std::string(rest.substr(rest.rfind('\n') + 1));
}

std::vector<std::vector<std::string>> read_csv(const std::string& text, char delimiter) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool is_quoted = false;
  std::size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (std::size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        is_quoted = false;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == delimiter) {
      row.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      row.push_back(std::move(cell));
      cell.clear();
      rows.push_back(std::move(row));
      row.clear();
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (!cell.empty() || !row.empty()) {
    row.push_back(std::move(cell));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sv::e2e
