#include "cli/simulated_provider.hpp"

#include "sim/llm_model.hpp"
#include "sim/model_transport.hpp"

#include <chrono>
#include <string>

namespace sv::cli {

namespace {

using namespace std::chrono_literals;

class SimulatedProvider final : public ports::HttpTransport {
 public:
  explicit SimulatedProvider(Clock& clock)
      : model_(options()),
        transport_({{.base_url = std::string(kSimulatedAddress), .model = &model_}}, clock) {}

  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    return transport_.send(std::move(request));
  }

 private:
  static sim::LlmOptions options() {
    sim::LlmOptions options;
    options.latency = sim::Latency::lognormal(300ms, 900ms);
    return options;
  }

  sim::LlmModel model_;
  sim::ModelTransport transport_;
};

}  // namespace

std::unique_ptr<ports::HttpTransport> simulated_provider(Clock& clock) {
  return std::make_unique<SimulatedProvider>(clock);
}

}  // namespace sv::cli
