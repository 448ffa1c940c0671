// The key file of a Google service account: who signs in, and with what.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string>

namespace sv::sheets {

inline constexpr std::size_t kMostKeyFileBytes = std::size_t{64} << 10U;

struct ServiceAccount {
  std::string client_email;  // what a spreadsheet is shared with
  std::string key_id;        // may be empty
  Secret private_key;        // PEM
  std::string token_url;
};

// Errors are for people and name the file: not_found; permission_denied (also when other users may read the
// file: the message has the chmod); invalid_input for what is no key file. Never a part of the key.
Result<ServiceAccount> read_service_account(const std::string& path);

// Of the file's content.
Result<ServiceAccount> parse_service_account(std::string_view json);

}  // namespace sv::sheets
