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
