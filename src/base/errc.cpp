#include "base/errc.hpp"

#include <algorithm>
#include <cstddef>

namespace stentor {
namespace {

struct row {
  errc code;
  std::string_view name;
  std::string_view sentence;
  unsigned http_status;
  std::string_view http_name;
  bool retryable;
};

constexpr row rows[] = {
  {errc::bad_request, "bad_request", "The request is malformed", 400, "ValidationError", false},
  {errc::unknown_event, "unknown_event", "Unknown event", 404, "NotFoundError", false},
  {errc::too_large, "too_large", "The payload is too large", 413, "PayloadTooLargeError", false},
  {errc::unauthenticated, "unauthenticated", "Authentication required", 401, "UnauthorizedError", false},
  {errc::invalid_token, "invalid_token", "Invalid token", 401, "UnauthorizedError", false},
  {errc::forbidden, "forbidden", "Not allowed", 403, "ForbiddenError", false},
  {errc::not_found, "not_found", "Not found", 404, "NotFoundError", false},
  {errc::message_not_found, "message_not_found", "Message not found", 404, "NotFoundError", false},
  {errc::attachment_not_found, "attachment_not_found", "Attachment not found", 404, "NotFoundError", false},
  {errc::not_a_member, "not_a_member", "Not a member of this room", 403, "ForbiddenError", false},
  {errc::not_the_author, "not_the_author", "Only its author may do this", 403, "ForbiddenError", false},
  {errc::already_deleted, "already_deleted", "Message is already deleted", 409, "ConflictError", false},
  {errc::last_owner, "last_owner", "The last owner cannot go; make someone else an owner first", 409, "ConflictError", false},
  {errc::already_exists, "already_exists", "Already exists", 409, "ConflictError", false},
  {errc::id_reused, "id_reused", "clientMessageId reused", 409, "ConflictError", false},
  {errc::too_many, "too_many", "Too many of these at once", 409, "ConflictError", false},
  {errc::rate_limited, "rate_limited", "Rate limit exceeded. Please slow down.", 429, "RateLimitError", true},
  {errc::busy, "busy", "Too many requests are waiting, try again", 503, "ServiceUnavailableError", true},
  {errc::unavailable, "unavailable", "The store is unavailable, try again", 503, "ServiceUnavailableError", true},
  {errc::shutting_down, "shutting_down", "The server is shutting down, try again", 503, "ServiceUnavailableError", true},
  {errc::internal, "internal", "Internal error", 500, "InternalServerError", true},
};

constexpr bool complete() {
  for (size_t i = 0; i < std::size(rows); ++i)
    if (rows[i].code != static_cast<errc>(i))
      return false;
  return std::size(rows) == static_cast<size_t>(errc::count);
}
static_assert(complete(), "one row per errc, in order");

const row& at(errc code) {
  return rows[std::min(static_cast<size_t>(code), static_cast<size_t>(errc::internal))];
}

} // namespace

std::string_view name(errc code) {
  return at(code).name;
}

std::string_view sentence(errc code) {
  return at(code).sentence;
}

unsigned http_status(errc code) {
  return at(code).http_status;
}

std::string_view http_name(errc code) {
  return at(code).http_name;
}

bool retryable(errc code) {
  return at(code).retryable;
}

} // namespace stentor
