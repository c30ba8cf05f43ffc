#pragma once

#include "store/columns.hpp"

#include <soci/soci.h>

#include <optional>
#include <tuple>
#include <vector>

namespace stentor::store {

template <class Signature>
class query;

/// A prepared statement, called like a function: `query<std::tuple<seqno, std::string>(room_id, user_id)>` gives a seq and
/// a text for a room and a user. Parameters are given in the order in which their names first stand in the text.
///
/// A call leaves no row unread: a statement that rests on a row would hold its snapshot, and the write-ahead log with it.
template <class... Columns, class... Parameters>
class query<std::tuple<Columns...>(Parameters...)> {
public:
  using row = std::tuple<Columns...>;

  /// The texts are one statement. All that call it throw `soci_error`.
  template <class... Texts>
  explicit query(soci::session& db, const Texts&... texts) : statement_(prepare((db.prepare << ... << texts))) {}
  query(const query&) = delete;
  query& operator=(const query&) = delete;

  /// For what finds at most one row.
  std::optional<row> one(const Parameters&... values) {
    if (!start(values...))
      return {};
    std::optional<row> found(read());
    while (statement_.fetch()) {
    }
    return found;
  }

  std::vector<row> all(const Parameters&... values) {
    std::vector<row> rows;
    for (auto more = start(values...); more; more = statement_.fetch())
      rows.push_back(read());
    return rows;
  }

  /// For what changes rows; how many it changed.
  long long run(const Parameters&... values) {
    start(values...);
    return statement_.get_affected_rows();
  }

private:
  soci::statement prepare(const soci::details::prepare_temp_type& text) {
    auto bound = text;
    std::apply([&](auto&... cells) { (static_cast<void>((bound, soci::use(cells.value, cells.state))), ...); }, parameters_);
    std::apply([&](auto&... cells) { (static_cast<void>((bound, soci::into(cells.value, cells.state))), ...); }, columns_);
    return bound;
  }

  bool start(const Parameters&... values) {
    std::apply([&](auto&... cells) { (cells.put(values), ...); }, parameters_);
    return statement_.execute(true);
  }

  row read() {
    return std::apply([](auto&... cells) { return row{cells.get()...}; }, columns_);
  }

  std::tuple<cell<Parameters>...> parameters_;
  std::tuple<cell<Columns>...> columns_;
  soci::statement statement_;
};

/// A prepared statement that gives no rows: `change<room_id, user_id>`.
template <class... Parameters>
using change = query<std::tuple<>(Parameters...)>;

} // namespace stentor::store
