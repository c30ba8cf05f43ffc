#pragma once

#include "base/broadcast.hpp"
#include "chat/types.hpp"
#include "dialect/dialect.hpp"
#include "dialect/notices.hpp"

namespace stentor {

/// The variant of a listener who speaks a dialect. Chat lives in namespace `/`.
variant_id variant_of(const dialect::table& spoken);

/// A room's event, told in the words of each dialect that is present.
class chat_broadcast final : public broadcast {
public:
  chat_broadcast(room_label room, event_ptr what) : room_(std::move(room)), what_(std::move(what)) {}
  spoken_event say(variant_id variant) const override;
  const event& what() const { return *what_; }

private:
  room_label room_;
  event_ptr what_;
};

/// The same for what passes.
class hint_broadcast final : public broadcast {
public:
  hint_broadcast(room_label room, hint_ptr what) : room_(std::move(room)), what_(std::move(what)) {}
  spoken_event say(variant_id variant) const override;

private:
  room_label room_;
  hint_ptr what_;
};

/// A notice for sockets in namespace `/`; the same in every variant.
class notice_broadcast final : public broadcast {
public:
  explicit notice_broadcast(dialect::notice what) : what_(std::move(what)) {}
  spoken_event say(variant_id variant) const override;

private:
  dialect::notice what_;
};

} // namespace stentor
