// A bounded queue between coroutines of one thread.
//
// push() waits while it is full, pop() waits while it is empty. After close() pushes are refused and pops
// drain what is left, then give nothing. Stop by closing: coroutines then run out by themselves, no
// cancellation needed.
#pragma once

#include "base/wait_queue.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace sv {

template <typename T>
class Channel {
 public:
  explicit Channel(std::size_t capacity) : capacity_(capacity) {}

  // False when the channel is closed; the value is then lost.
  boost::asio::awaitable<bool> push(T value) {
    while (items_.size() >= capacity_ && !closed_) {
      co_await not_full_.wait();
    }
    if (closed_) co_return false;
    items_.push_back(std::move(value));
    not_empty_.notify_one();
    co_return true;
  }

  boost::asio::awaitable<std::optional<T>> pop() {
    while (items_.empty() && !closed_) {
      co_await not_empty_.wait();
    }
    if (items_.empty()) co_return std::nullopt;
    std::optional<T> value(std::move(items_.front()));
    items_.pop_front();
    not_full_.notify_one();
    co_return value;
  }

  void close() {
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  std::size_t size() const { return items_.size(); }
  bool is_closed() const { return closed_; }

 private:
  std::size_t capacity_;
  bool closed_ = false;
  std::deque<T> items_;
  WaitQueue not_full_;
  WaitQueue not_empty_;
};

}  // namespace sv
