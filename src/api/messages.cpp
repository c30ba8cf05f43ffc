// A channel's past over REST.

#include "api/ask.hpp"
#include "api/query.hpp"
#include "dialect/fields.hpp"

#include <algorithm>
#include <limits>

namespace stentor::api {
namespace {

using direction = store::range::direction;

/// A way of asking for a part of the past, by the parameter that says from where.
struct way {
  std::string_view parameter;
  direction where;
  uint64_t least;
};
constexpr way ways[] = {
  {"before", direction::before, 1},
  {"after", direction::after, 0},
  {"page", direction::page, 1},
};

result<store::range> wanted_range(const http_request& request, size_t page_max) {
  constexpr auto seq_max = uint64_t{std::numeric_limits<int64_t>::max()};
  auto is_given = [&](const way& x) { return !query_value(request.query, x.parameter).empty(); };
  if (std::ranges::count_if(ways, is_given) > 1)
    return failure{errc::bad_request, "only one of after, before and page can be given"};
  auto given = std::ranges::find_if(ways, is_given);
  auto limit = page_limit(request, page_max);
  if (!limit)
    return limit.error();
  auto range = store::range{.where = direction::page, .from = 1, .limit = *limit, .messages_only = true};
  if (given == std::end(ways))
    return range;
  auto from = query_number(request, given->parameter, 0, given->least, seq_max);
  if (!from)
    return from.error();
  range.where = given->where;
  range.from = *from;
  return range;
}

json show_meta(const store::range& range, const store::page& page) {
  auto meta = json::object({{"limit", range.limit}, {"hasMore", page.has_more}});
  if (range.where == direction::page)
    meta.update({{"page", range.from}, {"total", page.total}});
  return meta;
}

} // namespace

/// The newest page or an older one by its number, or what is before or after a seq; ascending inside the page.
void list_messages(service& on, const call_ptr& from) {
  auto room = dialect::room_from(query_value(from->request.query, "channelId"));
  if (!room)
    return from->fail({errc::bad_request, "channelId must be the id or key of a channel"});
  auto range = wanted_range(from->request, on.config().limits.history_page_max);
  if (!range)
    return from->fail(range.error());
  on.ask(from, on.actors().directory, find_room{*room}, [&on, from, range = *range](const found_room& where) {
    if (where.room.kind != room_kind::channel)
      return from->fail(errc::not_found);
    on.ask(from, where.actor, fetch{from->who->id, range}, [from, where, range](const store::page& page) {
      auto list = json::array();
      for (const auto& what : page.events)
        list.push_back(dialect::word_for(dialect::snake, *what).show(where.room, *what));
      from->answer(200, std::move(list), show_meta(range, page));
    });
  });
}

} // namespace stentor::api
