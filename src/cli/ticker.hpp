// Calls something ten times a second on the event loop until it is stopped: the beat of the progress view.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace sv::cli {

class Ticker {
 public:
  Ticker(boost::asio::io_context& io, std::function<void()> beat) : timer_(io), beat_(std::move(beat)) {
    arm();
  }

  void stop() {
    is_stopped_ = true;
    timer_.cancel();
  }

 private:
  void arm() {
    beat_();
    timer_.expires_after(std::chrono::milliseconds(100));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error && !is_stopped_) arm();
    });
  }

  boost::asio::steady_timer timer_;
  std::function<void()> beat_;
  bool is_stopped_ = false;
};

}  // namespace sv::cli
