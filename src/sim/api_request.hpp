// One whole request to the simulated provider, without a connection.
#pragma once

#include <string>
#include <string_view>

namespace sv::sim {

struct ApiRequest {
  std::string_view method;
  std::string_view target;  // path and query
  std::string_view content_type;
  std::string_view credential;  // the key that the client sent; empty for none
  std::string body;             // its own: a file that is uploaded is kept without another copy
};

}  // namespace sv::sim
