#include "cli/exit_codes.hpp"

namespace sv::cli {

ExitCode source_exit_code(ErrorKind kind) {
  if (kind == ErrorKind::not_found) return ExitCode::no_input;
  if (kind == ErrorKind::permission_denied) return ExitCode::no_permission;
  if (kind == ErrorKind::io) return ExitCode::io;
  return ExitCode::bad_data;
}

ExitCode target_exit_code(ErrorKind kind) {
  if (kind == ErrorKind::permission_denied) return ExitCode::no_permission;
  if (kind == ErrorKind::io) return ExitCode::io;
  return ExitCode::cannot_create;
}

ExitCode sheets_exit_code(ErrorKind kind) {
  if (kind == ErrorKind::unauthorized) return ExitCode::no_permission;
  if (kind == ErrorKind::rate_limited || kind == ErrorKind::already_locked) return ExitCode::try_again;
  if (kind == ErrorKind::connect || kind == ErrorKind::timeout || kind == ErrorKind::server_error ||
      kind == ErrorKind::tls) {
    return ExitCode::unavailable;
  }
  if (kind == ErrorKind::protocol || kind == ErrorKind::oversized) return ExitCode::protocol;
  return source_exit_code(kind);
}

ExitCode run_exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return ExitCode::bad_data;
    // Only a spreadsheet ends a run so; a file's right to be written was tried before.
    case ErrorKind::permission_denied:
    case ErrorKind::unauthorized:
      return ExitCode::no_permission;
    case ErrorKind::already_locked:
    case ErrorKind::rate_limited:
    case ErrorKind::connect:
    case ErrorKind::timeout:
    case ErrorKind::server_error:
      return ExitCode::try_again;
    default:
      return ExitCode::io;
  }
}

ExitCode store_exit_code(ErrorKind kind) {
  if (kind == ErrorKind::permission_denied) return ExitCode::no_permission;
  if (kind == ErrorKind::already_locked) return ExitCode::try_again;
  if (kind == ErrorKind::not_found) return ExitCode::cannot_create;
  return ExitCode::io;
}

ExitCode provider_exit_code(ErrorKind kind) {
  if (kind == ErrorKind::unauthorized) return ExitCode::no_permission;
  if (kind == ErrorKind::unknown_model) return ExitCode::config;
  if (kind == ErrorKind::quota_exhausted) return ExitCode::try_again;
  return ExitCode::unavailable;
}

}  // namespace sv::cli
