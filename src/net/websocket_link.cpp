#include "net/websocket_link.hpp"

#include "net/network.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace stentor {

using boost::asio::ip::tcp;

websocket_link::websocket_link(network& below, tcp::socket socket, owner& whom)
  : below_(below), socket_(std::move(socket)), owner_(&whom), reader_({.message_bytes_max = below.config().socketio.max_payload_bytes}) {
}

websocket_link::websocket_link(network& below, released from, owner& whom)
  : below_(below), socket_(below.io(), tcp::v4(), from.descriptor), owner_(&whom), reader_(std::move(from.reader)),
    rest_(std::move(from.rest)) {
}

websocket_link::released websocket_link::release() {
  owner_ = nullptr;
  rest_.erase(0, std::exchange(rest_taken_, 0));
  return {socket_.release(), std::move(reader_), std::move(rest_)};
}

template <class Work>
void websocket_link::guarded(Work work) {
  auto alive = shared_from_this();
  try {
    work();
  } catch (...) {
    if (owner_)
      owner_->on_failed(*this);
  }
}

void websocket_link::start(std::string early) {
  rest_ = std::move(early);
  guarded([this] { take_rest(); });
  read();
}

/// Again when what comes of it has been taken in: whoever pauses and resumes meanwhile changes nothing.
void websocket_link::read() {
  if (awaits_input_ || !owner_ || !owner_->takes_input(*this))
    return;
  awaits_input_ = true;
  if (rest_.empty())
    socket_.async_wait(tcp::socket::wait_read, [this, alive = shared_from_this()](const auto& error) {
      if (!error && owner_ && owner_->takes_input(*this))
        guarded([this] { on_readable(); });
      awaits_input_ = false;
      if (!error)
        read();
    });
  else // through the loop: whoever resumes may be in the middle of a packet
    boost::asio::post(below_.io(), [this, alive = shared_from_this()] {
      guarded([this] { take_rest(); });
      awaits_input_ = false;
      read();
    });
}

/// What was read before its owner paused.
void websocket_link::take_rest() {
  if (!owner_ || !owner_->takes_input(*this))
    return;
  rest_taken_ += feed(std::span{rest_}.subspan(rest_taken_));
  if (rest_taken_ == rest_.size()) {
    std::string{}.swap(rest_);
    rest_taken_ = 0;
  }
}

size_t websocket_link::feed(std::span<char> bytes) {
  return reader_.feed(bytes.data(), bytes.size(), *this);
}

void websocket_link::on_readable() {
  auto buffer = below_.input();
  auto size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) {
    auto bytes = buffer.first(static_cast<size_t>(size));
    auto rest = bytes.subspan(feed(bytes));
    rest_.assign(rest.data(), rest.size());
  } else if (size == 0 || (errno != EAGAIN && errno != EINTR))
    owner_->on_lost(*this, size != 0);
}

size_t websocket_link::write(std::string_view bytes) {
  if (awaits_output_ || !owner_ || bytes.empty())
    return 0;
  auto size = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0 && errno != EAGAIN && errno != EINTR) {
    owner_->on_lost(*this, true);
    return 0;
  }
  auto written = size < 0 ? 0 : static_cast<size_t>(size);
  if (written < bytes.size())
    await_output();
  return written;
}

void websocket_link::await_output() {
  awaits_output_ = true;
  socket_.async_wait(tcp::socket::wait_write, [this, alive = shared_from_this()](const auto& error) {
    awaits_output_ = false;
    if (!error && owner_)
      guarded([this] { owner_->on_writable(*this); });
  });
}

void websocket_link::end() {
  owner_ = nullptr;
  reader_.stop();
  auto ignored = boost::system::error_code{};
  socket_.close(ignored);
}

void websocket_link::pause_if_asked() {
  if (owner_ && !owner_->takes_input(*this))
    reader_.pause();
}

void websocket_link::on_text(std::string_view payload) {
  owner_->on_frame_text(*this, payload);
  pause_if_asked();
}

void websocket_link::on_binary(std::string_view payload) {
  owner_->on_frame_binary(*this, payload);
  pause_if_asked();
}

void websocket_link::on_ping(std::string_view payload) {
  owner_->on_frame_ping(*this, payload);
}

void websocket_link::on_close(websocket::close_code) {
  owner_->on_frame_close(*this, websocket::close_code::none, true);
}

void websocket_link::on_error(websocket::close_code code) {
  owner_->on_frame_close(*this, code, false);
}

} // namespace stentor
