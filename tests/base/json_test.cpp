#include "base/json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stentor {
namespace {

using std::string_literals::operator""s;

std::string nested(size_t depth, char open = '[', char close = ']') {
  return std::string(depth, open) + std::string(depth, close);
}

/// `{"k0":1,"k1":1,…}`
std::string object_of(size_t names) {
  std::string out;
  for (size_t i = 0; i < names; ++i)
    out += (i ? ",\"k" : "{\"k") + std::to_string(i) + "\":1";
  return out + '}';
}

TEST(Json, KeepsWhatItReads) {
  for (auto text :
       {R"({"z":1,"a":[true,false,null],"m":{"":""}})", R"("\"\\/\b\f\n\r\t\u0001")", R"([0,-1,1.5,9007199254740993,-9223372036854775808])",
        R"(["é","€","😀"])", "[]", "{}", "null", "18446744073709551615"}) {
    auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->dump(), text);
  }
}

TEST(Json, ReadsEscapesAndWhiteSpace) {
  auto value = parse_json(" \t\r\n{ \"\\u0061\" : \"\\uD83D\\uDE00\\u20ac\\/\" } \n");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->dump(), R"({"a":"😀€/"})");
}

TEST(Json, RefusesWhatIsNoJson) {
  const std::pair<const char*, std::string> rows[] = {
    {"nothing", ""},
    {"blanks", "  "},
    {"a word", "hello"},
    {"capitals", "True"},
    {"single quotes", "['a']"},
    {"unfinished array", "[1"},
    {"unfinished object", R"({"a":1)"},
    {"unfinished text", R"(["a)"},
    {"unfinished escape", R"(["\)"},
    {"unfinished unicode escape", R"(["\u00"])"},
    {"wrong bracket", "[1}"},
    {"bracket too many", "[]]"},
    {"two values", "[] []"},
    {"comma at the end", "[1,]"},
    {"comma at the end of an object", R"({"a":1,})"},
    {"comma alone", "[,]"},
    {"no colon", R"({"a" 1})"},
    {"no value", R"({"a":})"},
    {"number as a name", "{1:2}"},
    {"comment", "[1/*x*/]"},
    {"line comment", "[1]//x"},
    {"leading zero", "[01]"},
    {"plus", "[+1]"},
    {"lone minus", "[-]"},
    {"lone point", "[1.]"},
    {"point in front", "[.5]"},
    {"hexadecimal", "[0x1]"},
    {"empty exponent", "[1e]"},
    {"NaN", "[NaN]"},
    {"infinity", "[Infinity]"},
    {"number that is too big", "1e400"},
    {"negative number that is too big", "[-1e400]"},
    {"NUL behind the value", "[1]\0"s},
    {"NUL and more behind the value", "[1]\0 garbage"s},
    {"NUL in a text", "[\"a\0b\"]"s},
    {"NUL alone", "\0"s},
    {"line feed in a text", "[\"a\nb\"]"},
    {"unknown escape", R"(["\x41"])"},
    {"escape of half a surrogate that is cut", R"(["\ud83"])"},
    {"escape of a surrogate outside of a text", R"([\ud83d])"},
    {"byte that is no UTF-8", "[\"\xff\"]"},
    {"overlong UTF-8", "[\"\xc0\xaf\"]"},
    {"surrogate in UTF-8", "[\"\xed\xa0\x80\"]"},
    {"unfinished UTF-8", "[\"\xe2\x82\"]"},
    {"UTF-8 beyond Unicode", "[\"\xf4\x90\x80\x80\"]"},
    {"UTF-16", "[\0\"\0]\0"s},
    {"bad UTF-8 in a name", "{\"\xff\":1}"},
  };
  for (const auto& [what, text] : rows)
    EXPECT_EQ(parse_json(text).error().code, errc::bad_request) << what;
}

TEST(Json, ReplacesHalvesOfSurrogatePairs) {
  const std::pair<std::string, std::string> rows[] = {
    {R"("\ud83d")", "\uFFFD"},
    {R"("\uDE00")", "\uFFFD"},
    {R"("a\ud83db")", "a\uFFFDb"},
    {R"("\ud83d\u0041")", "\uFFFDA"},
    {R"("\ud83d\n")", "\uFFFD\n"},
    {R"("\ude00\ud83d")", "\uFFFD\uFFFD"},
    {R"("\ud83d\ud83d\ude00")", "\uFFFD😀"},
    {R"("\ud83d\ude00")", "😀"},
    {R"("\uD83D\uDE00\uDE00")", "😀\uFFFD"},
    {R"("\\ud83d")", R"(\ud83d)"},
    {R"("\\\ud83d")", "\\\uFFFD"},
    {R"("\ud83d\\ude00")", "\uFFFD\\ude00"},
    {R"("\ud7ff\ue000")", "\xed\x9f\xbf\xee\x80\x80"},
  };
  for (const auto& [text, wanted] : rows) {
    auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->get<std::string>(), wanted) << text;
  }
  EXPECT_EQ(parse_json(R"({"\ud83d":1,"b":["\ude00"]})")->dump(), "{\"\uFFFD\":1,\"b\":[\"\uFFFD\"]}");
}

TEST(Json, BoundsDepth) {
  EXPECT_TRUE(parse_json(nested(32)));
  EXPECT_EQ(parse_json(nested(33)).error().code, errc::too_large);
  EXPECT_TRUE(parse_json(nested(3), {.depth_max = 3}));
  EXPECT_FALSE(parse_json(nested(4), {.depth_max = 3}));
  EXPECT_TRUE(parse_json("[[[]],[[]],[[]]]", {.depth_max = 3})) << "side by side is not deep";
  EXPECT_TRUE(parse_json(R"(["[[[[\"[[[[{{{{"])", {.depth_max = 1})) << "brackets in a text are none";
  for (size_t depth : {100, 1000, 10'000, 100'000, 1'000'000}) {
    EXPECT_EQ(parse_json(nested(depth)).error().code, errc::too_large) << depth;
    EXPECT_EQ(parse_json(std::string(depth, '[')).error().code, errc::too_large) << depth;
    std::string objects;
    for (size_t i = 0; i < depth; ++i)
      objects += R"({"a":)";
    EXPECT_EQ(parse_json(objects).error().code, errc::too_large) << depth;
  }
}

TEST(Json, IsNotFooledByBracketsThatDoNotMatch) {
  std::string text;
  for (int i = 0; i < 100'000; ++i)
    text += "[}";
  EXPECT_FALSE(parse_json(text));
  EXPECT_FALSE(parse_json("]]]]" + nested(40)));
  EXPECT_FALSE(parse_json(R"(\")" + nested(100'000)));
}

TEST(Json, BoundsElements) {
  EXPECT_TRUE(parse_json("[1,2,3]", {.elements_max = 4})) << "three numbers and the array";
  EXPECT_EQ(parse_json("[1,2,3]", {.elements_max = 3}).error().code, errc::too_large);
  EXPECT_EQ(parse_json("[" + std::string(20'000, ',') + "]").error().code, errc::too_large);
  EXPECT_EQ(parse_json("[[],[],[]]", {.elements_max = 3}).error().code, errc::too_large);
  EXPECT_TRUE(parse_json(R"([",,,,,,,,,,,,,,,,"])", {.elements_max = 2})) << "commas in a text are none";
}

TEST(Json, BoundsTheNamesOfAnObject) {
  EXPECT_TRUE(parse_json(object_of(256)));
  EXPECT_EQ(parse_json(object_of(257)).error().code, errc::too_large);
  EXPECT_EQ(parse_json("[" + object_of(9990) + "]").error().code, errc::too_large);
  EXPECT_TRUE(parse_json("[" + object_of(200) + "," + object_of(200) + "]")) << "each object counts anew";
  EXPECT_TRUE(parse_json(R"([")" + std::string(1000, ':') + R"("])")) << "colons in a text are none";
}

TEST(Json, LetsTheLastOfTwoEqualNamesWin) {
  auto value = parse_json(R"({"a":1,"b":2,"a":3})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->dump(), R"({"a":3,"b":2})");
}

TEST(JsonString, EscapesWhatMustBe) {
  std::string out = "x";
  append_json_string(out, "\"\\/\b\f\n\r\t\x01\x1f\x7f é😀\0!"s);
  EXPECT_EQ(out, R"(x"\"\\/\b\f\n\r\t\u0001\u001f)"s + "\x7f é😀" + R"(\u0000!")");
}

TEST(JsonString, IsReadBackUnchanged) {
  std::string text;
  for (int c = 0; c < 128; ++c)
    text += static_cast<char>(c);
  std::string out;
  append_json_string(out, text);
  auto value = parse_json(out);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->get<std::string>(), text);
}

} // namespace
} // namespace stentor
