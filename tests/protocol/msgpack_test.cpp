// What is called captured was written by notepack.io 2.2.0, on Node 20.

#include "protocol/msgpack.hpp"

#include "protocol/hex.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <span>

namespace stentor {
namespace {

/// A value, as text, and its bytes. Binary is {"bytes":[…],"subtype":null}.
struct row {
  const char* text;
  const char* hex;
};

constexpr row captured[] = {
  {"0", "00"},
  {"127", "7f"},
  {"128", "cc80"},
  {"255", "ccff"},
  {"256", "cd0100"},
  {"65535", "cdffff"},
  {"65536", "ce00010000"},
  {"4294967295", "ceffffffff"},
  {"4294967296", "cf0000000100000000"},
  {"9007199254740991", "cf001fffffffffffff"},
  {"9007199254740992", "cf0020000000000000"},
  {"9223372036854775808", "cf8000000000000000"},
  {"-1", "ff"},
  {"-32", "e0"},
  {"-33", "d0df"},
  {"-128", "d080"},
  {"-129", "d1ff7f"},
  {"-32768", "d18000"},
  {"-32769", "d2ffff7fff"},
  {"-2147483648", "d280000000"},
  {"-2147483649", "d3ffffffff7fffffff"},
  {"-9007199254740991", "d3ffe0000000000001"},
  {"-9223372036854775808", "d38000000000000000"},
  {"0.5", "cb3fe0000000000000"},
  {"-1.5", "cbbff8000000000000"},
  {"5e-324", "cb0000000000000001"},
  {"true", "c3"},
  {"false", "c2"},
  {"null", "c0"},
  {R"("")", "a0"},
  {R"("a")", "a161"},
  {R"("żółć")", "a8c5bcc3b3c582c487"},
  {R"("😀")", "a4f09f9880"},
  {R"("\u0000")", "a100"},
  {"\"\ufeff\"", "a3efbbbf"},
  {"[]", "90"},
  {"{}", "80"},
  {R"([[1],{"a":{"b":{}}}])", "92910181a16181a16280"},
  {R"({"":1,"ż":2})", "82a001a2c5bc02"},
  {R"({"bytes":[],"subtype":null})", "c400"},
  {R"({"bytes":[0,255],"subtype":null})", "c40200ff"},
};

/// Of what JSON lacks, or writes otherwise.
constexpr row captured_one_way[] = {
  {R"("1970-01-01T00:00:00.000Z")", "d7000000000000000000"},
  {R"("1970-01-01T00:00:00.001Z")", "d7000000000000000001"},
  {R"("1969-12-31T23:59:59.999Z")", "d700ffffffffffffffff"},
  {R"("2026-12-23T07:52:25.678Z")", "d700000001a2a1e31d4e"},
  {R"("+010000-01-01T00:00:00.000Z")", "d7000000e677d21fdc00"},
  {R"("-000001-01-01T00:00:00.000Z")", "d700ffffc76e394a7400"},
  {R"("+275760-09-13T00:00:00.000Z")", "d700001eb208c2dc0000"},
  {R"("-271821-04-20T00:00:00.000Z")", "d700ffe14df73d240000"},
  {"null", "cb7ff8000000000000"},
  {"null", "cb7ff0000000000000"},
  {"null", "d40000"},
  {"[null]", "91d40000"},
  {"{}", "81a161d40000"},
  {R"({"bytes":[7],"subtype":null})", "c7010007"},
  {R"({"bytes":[0,0,0,0,0,0,0,0],"subtype":null})", "c708000000000000000000"},
};

/// That notepack does not write, but others may.
constexpr row from_others[] = {
  {"1", "cc01"},
  {"1", "cd0001"},
  {"1", "ce00000001"},
  {"1", "cf0000000000000001"},
  {"1", "d001"},
  {"-1", "d0ff"},
  {"1", "d10001"},
  {"1", "d200000001"},
  {"1", "d30000000000000001"},
  {"18446744073709551615", "cfffffffffffffffff"},
  {"9223372036854775807", "d37fffffffffffffff"},
  {"0.5", "ca3f000000"},
  {"3", "ca40400000"},
  {"3", "cb4008000000000000"},
  {"-3", "cbc008000000000000"},
  {"0", "cb8000000000000000"},
  {"9007199254740992", "cb4340000000000000"},
  {"9.007199254740994e+15", "cb4340000000000001"},
  {"1e+300", "cb7e37e43c8800759c"},
  {"null", "caffc00000"},
  {"null", "caff800000"},
  {R"("a")", "d90161"},
  {R"("a")", "da000161"},
  {R"("a")", "db0000000161"},
  {"[1]", "dc000101"},
  {"[1]", "dd0000000101"},
  {R"({"a":1})", "de0001a16101"},
  {R"({"a":1})", "df00000001a16101"},
  {R"({"bytes":[7],"subtype":null})", "c5000107"},
  {R"({"bytes":[7],"subtype":null})", "c60000000107"},
  {R"({"bytes":[7],"subtype":null})", "c800010007"},
  {R"({"bytes":[7],"subtype":null})", "c9000000010007"},
  {R"("2026-12-23T07:52:25.000Z")", "d6ff6b2b7db9"},
  {R"("2106-02-07T06:28:15.000Z")", "d6ffffffffff"},
  {R"("2026-12-23T07:52:25.678Z")", "d7ffa1a5d6006b2b7db9"},
  {R"("1969-12-31T23:59:59.999Z")", "c70cff3b9ac9ffffffffffffffffff"},
  {"null", "c70cff000000007fffffffffffffff"},
  {"null", "c70cff000000008000000000000000"},
  {"null", "d7007fffffffffffffff"},
  {"null", "d700001eb208c2dc0001"},
};

std::string parsed(const std::string& bytes, json_limits limits = {}) {
  auto got = parse_msgpack(bytes, limits);
  return got ? got->dump() : got.error().detail;
}

void expect_refused(const std::string& bytes, errc why, json_limits limits = {}) {
  SCOPED_TRACE(to_hex(bytes.substr(0, 40)));
  auto got = parse_msgpack(bytes, limits);
  ASSERT_FALSE(got) << got->dump().substr(0, 100);
  EXPECT_EQ(got.error().code, why);
}

std::string written(const json& value) {
  std::string out;
  append_msgpack(out, value);
  return out;
}

/// One array in the other, `depth` of them.
std::string nested(size_t depth) {
  return std::string(depth - 1, '\x91') + '\x90';
}

TEST(Msgpack, ReadsAndWritesWhatNotepackWrites) {
  for (const auto& [text, hex] : captured) {
    EXPECT_EQ(parsed(from_hex(hex)), text) << hex;
    EXPECT_EQ(to_hex(written(*parse_msgpack(from_hex(hex)))), hex) << text;
  }
}

TEST(Msgpack, TurnsWhatJsonLacksIntoWhatJavaScriptWould) {
  for (const auto& [text, hex] : captured_one_way)
    EXPECT_EQ(parsed(from_hex(hex)), text) << hex;
}

TEST(Msgpack, ReadsEveryFormOfAValue) {
  for (const auto& [text, hex] : from_others)
    EXPECT_EQ(parsed(from_hex(hex)), text) << hex;
}

TEST(Msgpack, AnnouncesSizesAsNotepackDoes) {
  using head = std::pair<size_t, const char*>;
  for (auto [size, hex] : {head{31, "bf"}, {32, "d920"}, {255, "d9ff"}, {256, "da0100"}, {65535, "daffff"}, {65536, "db00010000"}}) {
    auto text = std::string(size, 'a');
    EXPECT_TRUE(written(text) == from_hex(hex) + text) << size;
    EXPECT_TRUE(*parse_msgpack(written(text)) == text) << size;
  }
  for (auto [size, hex] : {head{0, "c400"}, {255, "c4ff"}, {256, "c50100"}, {65535, "c5ffff"}, {65536, "c600010000"}}) {
    auto binary = json::binary(std::vector<uint8_t>(size));
    EXPECT_TRUE(written(binary) == from_hex(hex) + std::string(size, '\0')) << size;
    EXPECT_TRUE(*parse_msgpack(written(binary)) == binary) << size;
  }
  for (auto [size, hex] : {head{255, "c7ff00"}, {256, "c8010000"}, {65535, "c8ffff00"}, {65536, "c90001000000"}})
    EXPECT_TRUE(*parse_msgpack(from_hex(hex) + std::string(size, '\0')) == json::binary(std::vector<uint8_t>(size))) << size;
  for (auto [size, hex] : {head{15, "9f"}, {16, "dc0010"}, {65535, "dcffff"}, {65536, "dd00010000"}}) {
    auto zeros = json(json::array_t(size, 0));
    EXPECT_TRUE(written(zeros) == from_hex(hex) + std::string(size, '\0')) << size;
    EXPECT_TRUE(*parse_msgpack(written(zeros), {.elements_max = 65536}) == zeros) << size;
  }
  for (auto [size, hex] : {head{15, "8f"}, {16, "de0010"}, {65535, "deffff"}, {65536, "df00010000"}}) {
    std::string out;
    append_msgpack_map(out, size);
    EXPECT_EQ(to_hex(out), hex);
  }
}

TEST(Msgpack, WritesFloatsWithoutAFractionAsIntegers) {
  EXPECT_EQ(to_hex(written(3.0)), "03");
  EXPECT_EQ(to_hex(written(-0.0)), "00");
  EXPECT_EQ(to_hex(written(-3.0)), "fd");
  EXPECT_EQ(to_hex(written(9223372036854775808.0)), "cf8000000000000000");
  EXPECT_EQ(to_hex(written(-9223372036854775808.0)), "d38000000000000000");
  EXPECT_EQ(to_hex(written(18446744073709551616.0)), "cb43f0000000000000") << "of which notepack keeps the low bits only";
  EXPECT_EQ(to_hex(written(-9223372036854777856.0)), "cbc3e0000000000001");
  EXPECT_EQ(to_hex(written(1e300)), "cb7e37e43c8800759c");
  EXPECT_EQ(to_hex(written(std::numeric_limits<double>::infinity())), "cb7ff0000000000000");
  EXPECT_EQ(to_hex(written(-std::numeric_limits<double>::infinity())), "cbfff0000000000000");
}

TEST(Msgpack, KeepsTheFirstPlaceAndTheLastValueOfARepeatedKey) {
  EXPECT_EQ(parsed(from_hex("83a16101a16202a16103")), R"({"a":3,"b":2})");
  EXPECT_EQ(parsed(from_hex("83a16101a16202a161d40000")), R"({"b":2})");
}

TEST(Msgpack, RefusesWhatIsNoMsgpack) {
  const std::pair<const char*, const char*> rows[] = {
    {"nothing", ""},
    {"the mark without a meaning", "c1"},
    {"more behind the value", "0000"},
    {"more behind undefined", "d4000000"},
    {"half a key", "81a261"},
    {"a key without a value", "81a161"},
    {"a number for a key", "810101"},
    {"nil for a key", "81c001"},
    {"undefined for a key", "81d4000001"},
    {"binary for a key", "81c4016101"},
    {"an array for a key", "819001"},
    {"a text that is longer than all", "dbffffffff61"},
    {"binary that is longer than all", "c6ffffffff61"},
    {"an ArrayBuffer that is longer than all", "c9ffffffff0061"},
    {"a byte that is no UTF-8", "a1ff"},
    {"an overlong form", "a2c080"},
    {"a surrogate", "a3eda080"},
    {"half a character", "a1c5"},
    {"a key that is no UTF-8", "81a1ff01"},
    {"another extension of 1 byte", "d40100"},
    {"another extension of 8 bytes", "d7010000000000000000"},
    {"another extension", "c7020161ff"},
    {"notepack's type with 2 bytes", "d5000000"},
    {"notepack's type with 4 bytes", "d60000000000"},
    {"notepack's type with 16 bytes", "d80000000000000000000000000000000000"},
    {"a timestamp of 1 byte", "d4ff00"},
    {"a timestamp of 16 bytes", "d8ff00000000000000000000000000000000"},
    {"an empty timestamp", "c700ff"},
    {"a timestamp of 8 bytes with too many nanoseconds", "d7ffee6b280000000000"},
    {"a timestamp of 12 bytes with too many nanoseconds", "c70cff3b9aca000000000000000000"},
  };
  for (const auto& [what, hex] : rows) {
    SCOPED_TRACE(what);
    expect_refused(from_hex(hex), errc::bad_request);
  }
}

TEST(Msgpack, RefusesEveryBeginningOfAValue) {
  for (const auto& rows : {std::span<const row>{captured}, std::span<const row>{captured_one_way}, std::span<const row>{from_others}})
    for (const auto& [text, hex] : rows) {
      auto bytes = from_hex(hex);
      for (size_t size = 0; size < bytes.size(); ++size)
        expect_refused(bytes.substr(0, size), errc::bad_request);
    }
}

TEST(Msgpack, BoundsDepth) {
  EXPECT_EQ(parsed(nested(32)), std::string(32, '[') + std::string(32, ']'));
  expect_refused(nested(33), errc::too_large);
  expect_refused(nested(1'000'000), errc::too_large);
  expect_refused(std::string(1'000'000, '\x91'), errc::too_large);
  std::string maps;
  for (int i = 0; i < 100'000; ++i)
    maps += from_hex("81a161");
  expect_refused(maps, errc::too_large);
  EXPECT_EQ(parsed("\x01", {.depth_max = 0}), "1");
  expect_refused("\x90", errc::too_large, {.depth_max = 0});
}

TEST(Msgpack, BoundsElementsWhenTheyAreAnnounced) {
  for (auto hex : {"ddffffffff", "dcffff", "dfffffffff", "deffff", "dd00002711", "9191ddffffffff"})
    expect_refused(from_hex(hex), errc::too_large);
  EXPECT_EQ(parsed(from_hex("93010203"), {.elements_max = 3}), "[1,2,3]");
  expect_refused(from_hex("9401020304"), errc::too_large, {.elements_max = 3});
  EXPECT_EQ(parsed(from_hex("9291019101"), {.elements_max = 4}), "[[1],[1]]");
  expect_refused(from_hex("9291019101"), errc::too_large, {.elements_max = 3});
  expect_refused(from_hex("82a16101a16201"), errc::too_large, {.elements_max = 1});
  expect_refused(from_hex("92d40000d40000"), errc::too_large, {.elements_max = 1});
}

TEST(Msgpack, BoundsTheNamesOfOneMap) {
  auto of = [](size_t names) {
    std::string out;
    append_msgpack_map(out, names);
    for (size_t i = 0; i < names; ++i) {
      append_msgpack_text(out, std::to_string(i));
      out += '\0';
    }
    return out;
  };
  EXPECT_EQ(parse_msgpack(of(json_names_max))->size(), json_names_max);
  expect_refused(of(json_names_max + 1), errc::too_large);
}

} // namespace
} // namespace stentor
