// How the simulated provider goes wrong: one reply for each kind of fault.
#include "sim/dialect_errors.hpp"
#include "sim/llm_work.hpp"
#include "sim/reply_body.hpp"
#include "sim/tokenizer.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <utility>

namespace sv::sim {

namespace {

// Content that finish_reason `stop` presents as an answer and that is none.
std::string spoilt_content(std::string_view content, std::uint64_t form) {
  switch (form % 4) {
    case 0:
      return "Sure! I have looked at the row and in my opinion it needs some work before it can be accepted.";
    case 1:
      return std::string(cut_to_tokens(content, std::max<std::uint64_t>(2, count_tokens(content) * 2 / 3)));
    case 2:
      return R"({"issues":[],"is_valid":"yes","rewrite_suggestion":""})";
    default:
      return "{'issues': [], 'is_valid': True, 'rewrite_suggestion': ''}";
  }
}

constexpr std::string_view kHtmlPage =
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad "
    "Gateway</h1></center>"
    "<hr><center>simulation</center></body></html>\n";

// Made once: inflating is what the client has to be careful with.
const std::string& gzip_bomb() {
  static const std::string bomb = [] {
    z_stream stream{};
    constexpr int kWithGzipHeader = 15 + 16;
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kWithGzipHeader, 9, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
    std::string block(std::size_t{1} << 20U, ' ');
    std::string packed(std::size_t{256} << 10U, '\0');
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    for (std::size_t made = 0; made < kOversizedReply; made += block.size()) {
      stream.next_in = reinterpret_cast<Bytef*>(block.data());
      stream.avail_in = static_cast<uInt>(block.size());
      deflate(&stream, made + block.size() < kOversizedReply ? Z_NO_FLUSH : Z_FINISH);
    }
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }();
  return bomb;
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a list, one case for each fault
ModelReply LlmModel::reply_with_fault(Work& work, Fault fault) {
  const std::string content =
      make_content(work.known.prompt, work.request, work.question, options_.is_gullible);
  const auto fail_with = [&](const ApiError& error, Duration delay) {
    ModelReply reply = chat_refusal(error);
    reply.receipt.row = work.receipt.row;
    reply.delay = delay;
    return reply;
  };
  const auto completed_with = [&](Completion completion, bool with_usage = true) {
    ModelReply reply = complete(work, content, "stop");
    if (with_usage) completion.usage = work.receipt.usage;
    completion.number = work.number;
    completion.created = work.created;
    reply.body = completion_body(completion);
    reply.receipt.is_verdict = false;
    return reply;
  };
  const auto broken = [&](Delivery delivery) {
    ModelReply reply = complete(work, content, "stop");
    reply.delivery = delivery;
    reply.receipt.is_verdict = false;
    reply.receipt.status = 0;
    return reply;
  };
  const auto spoilt = [&](std::string_view text, std::string_view finish_reason) {
    ModelReply reply = complete(work, text, finish_reason);
    reply.receipt.is_verdict = false;
    return reply;
  };
  switch (fault) {
    case Fault::rate_limited: {
      // Figures that agree with the wait by OpenAI's own formula: wait = (used + requested - limit) / limit *
      // 60 s.
      // A limit that is far away: the client reads it, and the fault is meant to pass by itself.
      constexpr std::uint64_t kLimit = 60'000'000;
      constexpr std::uint64_t kRequested = 1'500;
      const auto missing =
          static_cast<std::uint64_t>(to_seconds(options_.fault_wait) / 60 * static_cast<double>(kLimit));
      ModelReply reply =
          from_dialect(rate_limit_reply(options_.dialect, work.request.model,
                                        {.of_tokens = true,
                                         .limit = kLimit,
                                         .used = kLimit + missing - std::min(kRequested, kLimit + missing),
                                         .requested = kRequested,
                                         .wait = options_.fault_wait}));
      reply.receipt.row = work.receipt.row;
      return reply;
    }
    case Fault::quota:
      return fail_with(exhausted_credit(options_.dialect), Duration::zero());
    case Fault::server_error:
      return fail_with({.status = 500,
                        .message = "The server had an error while processing your request. Sorry about that!",
                        .type = "server_error"},
                       work.latency);
    case Fault::bad_gateway:
      return fail_with({.status = 502, .message = "Bad gateway.", .type = "server_error"}, work.latency);
    case Fault::unavailable: {
      ApiError error = overload(options_.dialect);
      error.status = 503;  // as the fault is called, also where the dialect's own is another
      return fail_with(error, Duration::zero());
    }
    case Fault::overloaded:
      return fail_with({.status = 529, .message = "Overloaded", .type = "overloaded_error"},
                       Duration::zero());
    case Fault::reset:
      return broken(Delivery::reset_midway);
    case Fault::truncated:
      return broken(Delivery::cut_short);
    case Fault::lost:
      return broken(Delivery::dropped);
    case Fault::slow:
      return broken(Delivery::dripping);
    case Fault::oversized:
      return broken(Delivery::oversized);
    case Fault::endless:
      return broken(Delivery::endless);
    case Fault::bad_chunk:
      return broken(Delivery::bad_chunk);
    case Fault::bomb: {
      ModelReply reply = broken(Delivery::bomb);
      reply.headers += "content-encoding: gzip\r\n";
      reply.body = gzip_bomb();
      return reply;
    }
    case Fault::late: {
      // Nobody takes it any more by then; whoever does has a good answer.
      constexpr Duration kLate = std::chrono::seconds(30);
      ModelReply reply = reply_with_verdict(work);
      reply.delay += kLate;
      return reply;
    }
    case Fault::hang: {
      ModelReply reply;
      reply.delivery = Delivery::never;
      reply.receipt = work.receipt;
      return reply;
    }
    case Fault::invalid_json:
      return spoilt(spoilt_content(content, work.chance), "stop");
    case Fault::refusal:
      return completed_with({.refusal = "I'm sorry, but I can't assist with that request."});
    case Fault::content_filter:
      return spoilt("", options_.dialect == Dialect::gigachat ? "blacklist" : "content_filter");
    case Fault::length:
      return spoilt(cut_to_tokens(content, count_tokens(content) / 2), "length");
    case Fault::unknown_finish:
      return spoilt(content, "error");
    case Fault::html: {
      ModelReply reply =
          fail_with({.status = work.chance % 2 == 0 ? 200 : 502, .message = "html"}, work.latency);
      reply.content_type = "text/html; charset=utf-8";
      reply.body = kHtmlPage;
      return reply;
    }
    case Fault::empty_choices:
      return completed_with({.has_choices = false});
    case Fault::error_200: {
      ModelReply reply = fail_with(
          {.status = 502, .message = "Provider returned error", .type = "server_error"}, work.latency);
      reply.status = 200;
      reply.receipt.status = 200;
      reply.body = error_body(Dialect::openrouter,
                              {.status = 502, .message = "Provider returned error", .type = "server_error"});
      return reply;
    }
    case Fault::no_usage: {
      ModelReply reply = completed_with({.content = content}, false);
      reply.receipt.is_verdict = work.question.has_value();
      return reply;
    }
    case Fault::none:
      break;
  }
  return reply_with_verdict(work);
}

}  // namespace sv::sim
