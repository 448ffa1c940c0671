#include "sheets/service_account.hpp"

#include "base/system_files.hpp"
#include "tables/files.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>

namespace sv::sheets {

namespace {

namespace json = boost::json;

constexpr std::size_t kDeepest = 8;
constexpr unsigned kOthers = 0077;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// A simulator on this machine: nothing but a port may follow the host, or `http://127.0.0.1:x@elsewhere/`
// would pass.
bool is_loopback(std::string_view url) {
  for (const std::string_view host : {"http://127.0.0.1:", "http://localhost:", "http://[::1]:"}) {
    if (!url.starts_with(host)) continue;
    const std::string_view rest = url.substr(host.size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    return digits > 0 && (digits == rest.size() || rest[digits] == '/');
  }
  return false;
}

}  // namespace

Result<ServiceAccount> parse_service_account(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDeepest;
  boost::system::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) {
    return fail(ErrorKind::invalid_input,
                "it is not JSON: download the key again (Google Cloud console, service account, Keys)");
  }
  const json::object& object = value.get_object();
  const std::string type = text_of(object, "type");
  if (type != "service_account") {
    return fail(
        ErrorKind::invalid_input,
        fmt::format(
            "it is a key of the type \"{}\"; needed is that of a service account (Google Cloud console, IAM, "
            "Service accounts, Keys, JSON)",
            type.empty() ? "unknown" : type.substr(0, 40)));
  }
  ServiceAccount account{.client_email = text_of(object, "client_email"),
                         .key_id = text_of(object, "private_key_id"),
                         .private_key = Secret(text_of(object, "private_key")),
                         .token_url = text_of(object, "token_uri")};
  for (const auto& [member, is_missing] : {std::pair("client_email", account.client_email.empty()),
                                           std::pair("private_key", account.private_key.is_empty()),
                                           std::pair("token_uri", account.token_url.empty())}) {
    if (is_missing)
      return fail(ErrorKind::invalid_input, fmt::format("it has no {}: download the key again", member));
  }
  if (!account.token_url.starts_with("https://") && !is_loopback(account.token_url)) {
    return fail(ErrorKind::invalid_input, "its token_uri is no https address, so the key is not used");
  }
  return account;
}

namespace {

// systemd (LoadCredential=) hands secrets over in a directory that only the service's user can enter; it lets
// that user read them by an access list, which looks like permissions of a group.
bool is_systemd_credential(const std::string& path) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory != nullptr && *directory == '/' && path.starts_with(std::string(directory) + "/") &&
         !path.contains("/../");
}

}  // namespace

Result<ServiceAccount> read_service_account(const std::string& path) {
  const std::string shown = "key file " + tables::shown_path(path);
  const Result<FileDescriptor> file = tables::open_regular_file(path);
  if (!file) return std::unexpected(with_context("sheets.credentials_file", file.error()));
  struct stat status{};
  if (::fstat(file->number(), &status) != 0)
    return std::unexpected(tables::file_error("look at", path, errno));
  if ((status.st_mode & kOthers) != 0 && !is_systemd_credential(path)) {
    return fail(ErrorKind::permission_denied,
                fmt::format("{}: other users of this machine may read it; take that away first: chmod 600 {}",
                            shown, tables::shown_path(path)));
  }
  std::string content(kMostKeyFileBytes + 1, '\0');
  const ssize_t got = read_up_to(file->number(), content.data(), content.size());
  if (got < 0) return std::unexpected(tables::file_error("read", path, static_cast<int>(-got)));
  content.resize(static_cast<std::size_t>(got));
  if (content.size() > kMostKeyFileBytes)
    return fail(ErrorKind::invalid_input, shown + ": it is too large for a key file");
  Result<ServiceAccount> account = parse_service_account(content);
  if (!account) return std::unexpected(with_context(shown, std::move(account.error())));
  return account;
}

}  // namespace sv::sheets
