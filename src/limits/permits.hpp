// The right to one more request in flight.
//
// Single-threaded: use on one io_context run by one thread. A freed permit is handed to the first waiter
// itself, so nobody who comes in between can take it: waiters are served in order, those in front (retries)
// first.
#pragma once

#include "base/wait_queue.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace sv::limits {

// Who gave a permit and takes it back. Outlives its permits.
class PermitSource {
 public:
  virtual void take_back() = 0;

 protected:
  ~PermitSource() = default;
};

// Held while a request is in flight; given back when destroyed. A moved-from permit holds nothing.
class Permit {
 public:
  Permit() = default;  // holds nothing
  explicit Permit(PermitSource& source) : source_(&source) {}
  Permit(Permit&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
  Permit& operator=(Permit&& other) noexcept {
    if (this != &other) {
      give_back();
      source_ = std::exchange(other.source_, nullptr);
    }
    return *this;
  }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() { give_back(); }

  // Before the end of its scope; doing it twice does no harm.
  void give_back() {
    if (PermitSource* source = std::exchange(source_, nullptr)) source->take_back();
  }

 private:
  PermitSource* source_ = nullptr;
};

class Permits final : public PermitSource {
 public:
  explicit Permits(std::size_t limit) : limit_(limit) {}
  Permits(const Permits&) = delete;
  Permits& operator=(const Permits&) = delete;
  ~Permits();  // every permit is back by then (asserted)

  boost::asio::awaitable<Permit> acquire(bool in_front = false);
  // Nothing when all are out or somebody waits already. Spares a coroutine frame.
  std::optional<Permit> try_acquire();

  // Takes effect at once when raised; when lowered, as permits come back. Zero lets nobody through.
  void set_limit(std::size_t limit);

  std::size_t limit() const { return limit_; }
  std::size_t in_flight() const { return in_flight_; }
  std::size_t waiting() const { return queue_.waiting(); }

  void take_back() override;

 private:
  void hand_out();

  std::size_t limit_;
  std::size_t in_flight_ = 0;  // includes permits on their way to a woken waiter
  WaitQueue queue_;
};

}  // namespace sv::limits
