#pragma once

#include <cstdint>
#include <string_view>

namespace stentor {

/// Why something was refused. Add a row to the table in errc.cpp with each code.
enum class errc : uint8_t {
  bad_request,
  unknown_event,
  too_large,
  unauthenticated,
  invalid_token,
  forbidden,
  not_found,
  message_not_found,
  attachment_not_found,
  not_a_member,
  not_the_author,
  already_deleted,
  last_owner,
  already_exists,
  id_reused,
  too_many,
  rate_limited,
  busy,
  unavailable,
  shutting_down,
  internal,
  count
};

/// The code as clients see it: "not_a_member".
std::string_view name(errc code);

/// One sentence for people, without a full stop.
std::string_view sentence(errc code);

/// The HTTP status that carries it.
unsigned http_status(errc code);

/// The name of that status in REST error bodies: "NotFoundError".
std::string_view http_name(errc code);

/// True if the same request may succeed later; clients keep the payload and try again.
bool retryable(errc code);

} // namespace stentor
