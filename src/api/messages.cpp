// A channel's past over REST.

#include "api/ask.hpp"
#include "dialect/fields.hpp"

#include <charconv>
#include <limits>

namespace stentor::api {
namespace {

constexpr size_t default_page = 50;

/// A number from the query, `fallback` if it is absent; `bad_request`.
result<uint64_t> number(const http_request& request, std::string_view name, uint64_t fallback, uint64_t least, uint64_t most) {
  auto text = query_value(request.query, name);
  if (text.empty())
    return fallback;
  auto value = uint64_t{0};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    return failure{errc::bad_request,
                   std::string{name} + " must be a number from " + std::to_string(least) + " to " + std::to_string(most)};
  return value;
}

result<store::range> wanted_range(const http_request& request, size_t page_max) {
  using direction = store::range::direction;
  constexpr auto seq_max = uint64_t{std::numeric_limits<int64_t>::max()};
  auto forward = !query_value(request.query, "after").empty();
  if (forward && !query_value(request.query, "before").empty())
    return failure{errc::bad_request, "after and before cannot be given together"};
  auto from = forward ? number(request, "after", 0, 0, seq_max) : number(request, "before", seq_max, 1, seq_max);
  if (!from)
    return from.error();
  auto limit = number(request, "limit", std::min(default_page, page_max), 1, page_max);
  if (!limit)
    return limit.error();
  return store::range{.where = forward ? direction::after : direction::before, .from = *from, .limit = *limit, .messages_only = true};
}

} // namespace

/// The newest page, or the one before or after a seq; ascending inside the page.
void list_messages(service& on, const call_ptr& from) {
  auto room = dialect::room_from(query_value(from->request.query, "channelId"));
  if (!room)
    return from->fail({errc::bad_request, "channelId must be the id or key of a channel"});
  auto range = wanted_range(from->request, on.config().limits.history_page_max);
  if (!range)
    return from->fail(range.error());
  on.ask(from, on.actors().directory, find_room{*room}, [&on, from, range = *range](const found_room& where) {
    on.ask(from, where.actor, fetch{from->who->id, range}, [from, where, range](const store::page& page) {
      auto list = json::array();
      for (const auto& what : page.events)
        list.push_back(dialect::word_for(dialect::snake, *what).show(where.room, *what));
      from->answer(200, std::move(list), {{"limit", range.limit}, {"hasMore", page.has_more}});
    });
  });
}

} // namespace stentor::api
