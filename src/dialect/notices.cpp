#include "dialect/notices.hpp"

#include "dialect/fields.hpp"

namespace stentor::dialect {

notice authenticated(const user& who) {
  return {"authenticated",
          {{"userId", text(who.id)},
           {"name", who.name},
           {"image", or_null(who.image)},
           {"user", {{"id", text(who.id)}, {"name", who.name}, {"email", or_null(who.email)}}}}};
}

notice status_changed(const known_status& what) {
  return {"user:status-changed", {{"userId", text(what.who)}, {"status", what.is_online ? "online" : "offline"}}};
}

std::vector<notice> token_expired(dialect_set spoken) {
  auto notices = std::vector<notice>{{"auth:expired", json::object()}};
  if (spoken.test(number(snake)))
    notices.push_back({"error", {{"message", "Authentication failed"}, {"code", name(errc::invalid_token)}}});
  return notices;
}

} // namespace stentor::dialect
