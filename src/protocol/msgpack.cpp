#include "protocol/msgpack.hpp"

#include "protocol/utf8.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <optional>
#include <stdexcept>

namespace stentor {
namespace {

constexpr double exact_integer_max = 9007199254740992; // 2^53
constexpr int64_t date_ms_max = 8'640'000'000'000'000; // of ECMAScript's Date, either way from 1970

enum extension_type : int8_t { timestamp = -1, notepack = 0 };

/// Of up to eight bytes, big endian.
uint64_t unsigned_of(std::string_view bytes) {
  uint64_t value = 0;
  for (unsigned char byte : bytes)
    value = value << 8 | byte;
  return value;
}

/// Two's complement; 0 of no bytes.
int64_t signed_of(std::string_view bytes) {
  if (bytes.empty())
    return 0;
  auto unused = 64 - 8 * bytes.size();
  return static_cast<int64_t>(unsigned_of(bytes) << unused) >> unused;
}

json number_of(double value) {
  if (!std::isfinite(value))
    return nullptr;
  if (std::trunc(value) != value || std::abs(value) > exact_integer_max)
    return value;
  if (value < 0)
    return static_cast<int64_t>(value);
  return static_cast<uint64_t>(value);
}

/// As everywhere in JSON values: negative ones only are signed.
json number_of(int64_t value) {
  if (value < 0)
    return value;
  return static_cast<uint64_t>(value);
}

/// `Date.toJSON` of milliseconds since 1970.
json date_of(int64_t ms) {
  if (ms < -date_ms_max || ms > date_ms_max)
    return nullptr;
  auto milli = ((ms % 1000) + 1000) % 1000;
  auto seconds = static_cast<std::time_t>((ms - milli) / 1000);
  auto utc = std::tm{};
  gmtime_r(&seconds, &utc);
  auto year = utc.tm_year + 1900;
  auto digits = year < 0 || year > 9999 ? fmt::format("{:+07}", year) : fmt::format("{:04}", year);
  return fmt::format("{}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", digits, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     milli);
}

json binary_of(std::string_view bytes) {
  return json::binary({bytes.begin(), bytes.end()});
}

/// Reads on behind a failure, from nothing: only the first one counts.
class reader {
public:
  reader(std::string_view bytes, json_limits limits) : rest_(bytes), limits_(limits), elements_left_(limits.elements_max) {}

  result<json> whole() {
    auto got = value(0);
    if (!rest_.empty())
      refuse();
    if (why_)
      return failure{*why_, *why_ == errc::too_large ? "msgpack is nested too deep or has too many elements" : "not valid msgpack"};
    return got.is_discarded() ? json{} : std::move(got);
  }

private:
  void refuse(errc why = errc::bad_request) {
    rest_ = {};
    if (!why_)
      why_ = why;
  }

  std::string_view take(size_t size) {
    if (size > rest_.size()) {
      refuse();
      return {};
    }
    auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  size_t size(size_t bytes) { return unsigned_of(take(bytes)); }
  uint8_t byte() { return static_cast<uint8_t>(size(1)); }

  /// A string that `mark` begins; anything else is refused.
  std::string text(uint8_t mark) {
    auto got = std::string_view{};
    if (mark >= 0xa0 && mark <= 0xbf)
      got = take(mark & 0x1f);
    else if (mark >= 0xd9 && mark <= 0xdb)
      got = take(size(size_t{1} << (mark - 0xd9)));
    else
      refuse();
    if (!is_utf8(got))
      refuse();
    return std::string{got};
  }

  /// False if an array or a map of so many values, `depth` levels deep, is beyond the limits.
  bool may_open(size_t values, size_t depth) {
    if (depth >= limits_.depth_max || values > elements_left_)
      refuse(errc::too_large);
    if (why_)
      return false;
    elements_left_ -= values;
    return true;
  }

  json array(size_t values, size_t depth) {
    auto out = json::array();
    if (!may_open(values, depth))
      return out;
    for (; values > 0 && !why_; --values) {
      auto got = value(depth + 1);
      out.push_back(got.is_discarded() ? json{} : std::move(got));
    }
    return out;
  }

  json map(size_t pairs, size_t depth) {
    auto out = json::object();
    if (pairs > json_names_max)
      refuse(errc::too_large);
    if (!may_open(pairs, depth))
      return out;
    for (; pairs > 0 && !why_; --pairs) {
      auto key = text(byte());
      auto got = value(depth + 1);
      if (got.is_discarded())
        out.erase(key);
      else
        out[std::move(key)] = std::move(got);
    }
    return out;
  }

  json timestamp_of(std::string_view body) {
    uint64_t nanoseconds = 0;
    int64_t seconds = 0;
    switch (body.size()) {
      case 4: seconds = static_cast<int64_t>(unsigned_of(body)); break;
      case 8:
        nanoseconds = unsigned_of(body) >> 34;
        seconds = static_cast<int64_t>(unsigned_of(body) & ((uint64_t{1} << 34) - 1));
        break;
      case 12:
        nanoseconds = unsigned_of(body.substr(0, 4));
        seconds = signed_of(body.substr(4));
        break;
      default: refuse();
    }
    if (nanoseconds > 999'999'999)
      refuse();
    if (seconds < -date_ms_max / 1000 || seconds > date_ms_max / 1000)
      return nullptr;
    return date_of(seconds * 1000 + static_cast<int64_t>(nanoseconds / 1'000'000));
  }

  json extension(uint8_t mark, size_t size) {
    auto type = static_cast<int8_t>(byte());
    auto body = take(size);
    if (type == extension_type::timestamp)
      return timestamp_of(body);
    if (type == extension_type::notepack)
      switch (mark) {
        case 0xc7:
        case 0xc8:
        case 0xc9: return binary_of(body);
        case 0xd4: return json::value_t::discarded;
        case 0xd7: return date_of(signed_of(body));
      }
    refuse();
    return nullptr;
  }

  /// Discarded for undefined.
  json value(size_t depth) {
    auto mark = byte();
    if (mark < 0x80)
      return uint64_t{mark};
    if (mark < 0x90)
      return map(mark & 0xf, depth);
    if (mark < 0xa0)
      return array(mark & 0xf, depth);
    if (mark >= 0xe0)
      return int64_t{static_cast<int8_t>(mark)};
    switch (mark) {
      case 0xc0: return nullptr;
      case 0xc1: refuse(); return nullptr; // the one that has no meaning
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4:
      case 0xc5:
      case 0xc6: return binary_of(take(size(size_t{1} << (mark - 0xc4))));
      case 0xc7:
      case 0xc8:
      case 0xc9: return extension(mark, size(size_t{1} << (mark - 0xc7)));
      case 0xca: return number_of(double{std::bit_cast<float>(static_cast<uint32_t>(unsigned_of(take(4))))});
      case 0xcb: return number_of(std::bit_cast<double>(unsigned_of(take(8))));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf: return unsigned_of(take(size_t{1} << (mark - 0xcc)));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3: return number_of(signed_of(take(size_t{1} << (mark - 0xd0))));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8: return extension(mark, size_t{1} << (mark - 0xd4));
      case 0xdc:
      case 0xdd: return array(size(size_t{2} << (mark - 0xdc)), depth);
      case 0xde:
      case 0xdf: return map(size(size_t{2} << (mark - 0xde)), depth);
      default: return text(mark);
    }
  }

  std::string_view rest_;
  json_limits limits_;
  size_t elements_left_; ///< that arrays and maps may still announce
  std::optional<errc> why_;
};

/// The last `bytes` bytes of `value`, big endian.
void append_number(std::string& out, uint8_t mark, uint64_t value, size_t bytes) {
  out += static_cast<char>(mark);
  while (bytes-- > 0)
    out += static_cast<char>(value >> (8 * bytes));
}

/// How a kind of value announces its size; 0 where the kind has no such form.
struct sizes {
  uint8_t fixed;
  size_t fixed_end;
  uint8_t in_1, in_2, in_4;
};

constexpr sizes text_sizes{0xa0, 0x20, 0xd9, 0xda, 0xdb};
constexpr sizes binary_sizes{0, 0, 0xc4, 0xc5, 0xc6};
constexpr sizes array_sizes{0x90, 0x10, 0, 0xdc, 0xdd};
constexpr sizes map_sizes{0x80, 0x10, 0, 0xde, 0xdf};

void append_size(std::string& out, const sizes& forms, size_t size) {
  if (size < forms.fixed_end)
    out += static_cast<char>(forms.fixed | size);
  else if (forms.in_1 && size <= UINT8_MAX)
    append_number(out, forms.in_1, size, 1);
  else if (size <= UINT16_MAX)
    append_number(out, forms.in_2, size, 2);
  else if (size <= UINT32_MAX)
    append_number(out, forms.in_4, size, 4);
  else
    throw std::length_error("too long for msgpack");
}

void append_unsigned(std::string& out, uint64_t value) {
  if (value < 0x80)
    out += static_cast<char>(value);
  else if (value <= UINT8_MAX)
    append_number(out, 0xcc, value, 1);
  else if (value <= UINT16_MAX)
    append_number(out, 0xcd, value, 2);
  else if (value <= UINT32_MAX)
    append_number(out, 0xce, value, 4);
  else
    append_number(out, 0xcf, value, 8);
}

void append_integer(std::string& out, int64_t value) {
  auto bits = static_cast<uint64_t>(value);
  if (value >= 0)
    append_unsigned(out, bits);
  else if (value >= -0x20)
    out += static_cast<char>(value);
  else if (value >= INT8_MIN)
    append_number(out, 0xd0, bits, 1);
  else if (value >= INT16_MIN)
    append_number(out, 0xd1, bits, 2);
  else if (value >= INT32_MIN)
    append_number(out, 0xd2, bits, 4);
  else
    append_number(out, 0xd3, bits, 8);
}

void append_float(std::string& out, double value) {
  constexpr double end = 18446744073709551616.0; // 2^64
  if (std::trunc(value) != value || value >= end || value < -end / 2)
    append_number(out, 0xcb, std::bit_cast<uint64_t>(value), 8);
  else if (value < 0)
    append_integer(out, static_cast<int64_t>(value));
  else
    append_unsigned(out, static_cast<uint64_t>(value));
}

} // namespace

result<json> parse_msgpack(std::string_view bytes, json_limits limits) {
  return reader{bytes, limits}.whole();
}

void append_msgpack(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::null:
    case json::value_t::discarded: out += '\xc0'; break;
    case json::value_t::boolean: out += value.get<bool>() ? '\xc3' : '\xc2'; break;
    case json::value_t::number_integer: append_integer(out, value.get<int64_t>()); break;
    case json::value_t::number_unsigned: append_unsigned(out, value.get<uint64_t>()); break;
    case json::value_t::number_float: append_float(out, value.get<double>()); break;
    case json::value_t::string: append_msgpack_text(out, value.get_ref<const std::string&>()); break;
    case json::value_t::binary: {
      const auto& bytes = value.get_binary();
      append_size(out, binary_sizes, bytes.size());
      out.append(bytes.begin(), bytes.end());
      break;
    }
    case json::value_t::array:
      append_msgpack_array(out, value.size());
      for (const auto& part : value)
        append_msgpack(out, part);
      break;
    case json::value_t::object:
      append_msgpack_map(out, value.size());
      for (const auto& [key, part] : value.get_ref<const json::object_t&>()) {
        append_msgpack_text(out, key);
        append_msgpack(out, part);
      }
      break;
  }
}

void append_msgpack_text(std::string& out, std::string_view text) {
  append_size(out, text_sizes, text.size());
  out += text;
}

void append_msgpack_array(std::string& out, size_t size) {
  append_size(out, array_sizes, size);
}

void append_msgpack_map(std::string& out, size_t size) {
  append_size(out, map_sizes, size);
}

} // namespace stentor
