#include "base/settings.hpp"

#include "base/secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace stentor {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const auto repository = fs::path(__FILE__).parent_path().parent_path().parent_path();

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct setting_file : testing::Test {
  std::string path = testing::TempDir() + "stentor-settings-XXXXXX";

  void SetUp() override { close(mkstemp(path.data())); }
  void TearDown() override { fs::remove(path); }

  result<settings> reading(std::string_view text) {
    std::ofstream(path) << text;
    return with_file({}, path);
  }
  /// The error without the name of the file.
  std::string refusal(std::string_view text) {
    auto read = reading(text);
    if (read)
      return "accepted";
    EXPECT_THAT(read.error().detail, AllOf(StartsWith(path + ":"), Not(HasSubstr("\n"))));
    return read.error().detail.substr(path.size() + 1);
  }
};

TEST(setting_table, NamesAreUniqueAndSectionsStayTogether) {
  std::set<std::string_view> names, sections;
  std::string_view current;
  for (const auto& key : setting_keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    if (key.section() != current) {
      EXPECT_TRUE(sections.insert(key.section()).second) << key.name;
    }
    current = key.section();
  }
}

TEST(setting_table, NoTwoKeysShareAMember) {
  std::set<const void*> members;
  settings all;
  for (const auto& key : setting_keys())
    EXPECT_TRUE(members.insert(std::visit([&](auto member) -> const void* { return &member(all); }, key.member)).second) << key.name;
}

TEST(setting_table, EveryDefaultIsAllowed) {
  for (const auto& key : setting_keys()) {
    settings defaults;
    auto same = std::visit(
      [&](auto member) {
        auto value = member(defaults);
        if constexpr (std::is_same_v<decltype(value), uint64_t>)
          return with_value(defaults, key, static_cast<int64_t>(value), "default");
        else
          return with_value(defaults, key, value, "default");
      },
      key.member);
    EXPECT_TRUE(same) << key.name;
  }
}

TEST(setting_table, IntegersThatMeasureCarryTheirUnitInTheName) {
  for (const auto& key : setting_keys())
    for (std::string_view unit : {"Milliseconds", "Microseconds", "Seconds", "Bytes"})
      if (key.meaning.starts_with(unit)) {
        auto suffix = unit == "Milliseconds" ? "_ms" : unit == "Microseconds" ? "_us" : unit == "Seconds" ? "_s" : "bytes";
        EXPECT_THAT(std::string(key.name), HasSubstr(suffix));
      }
}

TEST_F(setting_file, SetsWhatItNamesAndLeavesTheRest) {
  auto read = reading("[server]\nport = 8080\nmode = \"production\"\n[auth]\nrequired = false\n"
                      "[cors]\norigins = [\"https://a.example\", \"http://b.example:3000\"]\n");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->server.port, 8080u);
  EXPECT_TRUE(read->server.production());
  EXPECT_FALSE(read->auth.required);
  EXPECT_THAT(read->cors.origins, ElementsAre("https://a.example", "http://b.example:3000"));
  EXPECT_EQ(read->server.host, settings{}.server.host);
}

TEST_F(setting_file, MayBeEmptyAndSectionsToo) {
  EXPECT_TRUE(reading(""));
  EXPECT_TRUE(reading("[server]\n[auth]\n"));
}

TEST_F(setting_file, MistakesNameLineKeyFoundAndAllowed) {
  const struct {
    const char *text, *line;
  } mistakes[] = {
    {"[server]\nport = 65536\n", "2: key 'server.port': found 65536, allowed 0 to 65535"},
    {"[server]\nport = -1\n", "2: key 'server.port': found -1, allowed 0 to 65535"},
    {"[server]\nport = \"80\"\n", "2: key 'server.port': found \"80\", allowed 0 to 65535"},
    {"[server]\nport = 80.0\n", "2: key 'server.port': found a number with a fraction, allowed 0 to 65535"},
    {"[server]\nport = 2026-11-21\n", "2: key 'server.port': found a date or time, allowed 0 to 65535"},
    {"[server]\nport = [80, 81]\n", "2: key 'server.port': found a list of other things, allowed 0 to 65535"},
    {"[server]\nport = {}\n", "2: key 'server.port': found a table, allowed 0 to 65535"},
    {"[server.port]\na = 1\n", "1: key 'server.port': found a table, allowed 0 to 65535"},
    {"[server]\nport = true\n", "2: key 'server.port': found true, allowed 0 to 65535"},
    {"[network]\nthreads = 0\n", "2: key 'network.threads': found 0, allowed 1 to 64"},
    {"[server]\nmode = \"prod\"\n", "2: key 'server.mode': found \"prod\", allowed development, production"},
    {"[server]\nhost = \"\"\n", "2: key 'server.host': found \"\", allowed an address"},
    {"[auth]\nrequired = \"yes\"\n", "2: key 'auth.required': found \"yes\", allowed true, false"},
    {"[auth]\nrequired = 1\n", "2: key 'auth.required': found 1, allowed true, false"},
    {"[log]\n\n# a comment\nlevel = \"loud\"\n", "4: key 'log.level': found \"loud\", allowed trace, debug, info, warn, error, off"},
    {"[log]\nlevels = 1\n", "2: key 'log.levels': found an unknown key, allowed level, format"},
    {"[cors]\norigins = \"https://a.example\"\n",
     "2: key 'cors.origins': found \"https://a.example\", allowed origins like https://chat.example, without a path"},
    {"[cors]\norigins = [\"*\"]\n", "2: key 'cors.origins': found [\"*\"], allowed origins like https://chat.example, without a path"},
    {"[server]\ntrusted_proxies = [\"10.0.0.0/33\"]\n",
     "2: key 'server.trusted_proxies': found [\"10.0.0.0/33\"], allowed addresses or networks like 127.0.0.1, 10.0.0.0/8 and ::1"},
    {"[server]\ntrusted_proxies = [\"localhost\"]\n",
     "2: key 'server.trusted_proxies': found [\"localhost\"], allowed addresses or networks like 127.0.0.1, 10.0.0.0/8 and ::1"},
    {"log = 3\n", "1: key 'log': found an unknown key, allowed level, format"},
  };
  for (const auto& [text, line] : mistakes)
    EXPECT_EQ(refusal(text), line) << text;
}

TEST_F(setting_file, AnUnknownSectionListsTheSections) {
  for (auto text : {"[sever]\nport = 1\n", "[sever]\n", "port = 80\n"})
    EXPECT_THAT(refusal(text), AllOf(HasSubstr("found an unknown key, allowed the sections server, network,"), HasSubstr(", log"))) << text;
}

TEST_F(setting_file, TheFirstMistakeByLineIsReported) {
  EXPECT_THAT(refusal("[server]\nport = -1\n[actors]\nreaders = 0\n"), StartsWith("2: "));
  EXPECT_THAT(refusal("[server]\nport = 1\nhost = 1\n"), StartsWith("3: "));
}

TEST_F(setting_file, WhatIsNoTomlIsOneLineToo) {
  EXPECT_THAT(refusal("[server]\nport = \n"), StartsWith("2: "));
  EXPECT_THAT(refusal("[server]\nport = 1\nport = 2\n"), StartsWith("3: "));
  EXPECT_THAT(refusal("[server\n"), StartsWith("1: "));
  EXPECT_THAT(refusal("\xff\xfe\n"), StartsWith("1: "));
}

TEST_F(setting_file, OneThatCannotBeReadSaysWhy) {
  EXPECT_EQ(with_file({}, "/nonexistent/stentor.toml").error().detail, "/nonexistent/stentor.toml: No such file or directory");
  EXPECT_EQ(with_file({}, testing::TempDir()).error().detail, testing::TempDir() + ": Is a directory");
}

TEST_F(setting_file, SecretsAreNeverShown) {
  auto postgresql = refusal("[store]\nurl = \"mongodb://admin:hunter2@db/chat\"\n");
  EXPECT_THAT(postgresql, AllOf(HasSubstr("SQLite"), HasSubstr("PostgreSQL"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(refusal("[auth]\nsecret = 20261121\n"), AllOf(HasSubstr("not shown"), Not(HasSubstr("20261121"))));
}

TEST_F(setting_file, AValueWithLineBreaksStaysOneLine) {
  EXPECT_EQ(refusal("[server]\nmode = \"a\\nb\\u001b\"\n"), "2: key 'server.mode': found \"a b \", allowed development, production");
  EXPECT_LT(refusal("[server]\nmode = \"" + std::string(10000, 'x') + "\"\n").size(), 200u);
}

TEST(setting_text, IsReadByTheTypeOfTheKey) {
  auto set = with_text({}, "server.port", "0", "command line");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->server.port, 0u);
  EXPECT_TRUE(with_text({}, "auth.auto_provision", "true", "command line")->auth.auto_provision);
  EXPECT_EQ(with_text({}, "server.data_dir", "12", "command line")->server.data_dir, "12");
  EXPECT_THAT(with_text({}, "cors.origins", "https://a.example, http://b.example:1/", "command line")->cors.origins,
              ElementsAre("https://a.example", "http://b.example:1"));
  EXPECT_EQ(with_text({}, "auth.audience", "", "command line")->auth.audience, "");
}

TEST(setting_text, MistakesNameTheSource) {
  auto refusal = [](std::string_view name, std::string_view text) { return with_text({}, name, text, "command line").error().detail; };
  EXPECT_EQ(refusal("server.port", "http"), "command line: key 'server.port': found \"http\", allowed 0 to 65535");
  EXPECT_EQ(refusal("server.port", "99999999999999999999"),
            "command line: key 'server.port': found \"99999999999999999999\", allowed 0 to 65535");
  EXPECT_EQ(refusal("server.port", "80x"), "command line: key 'server.port': found \"80x\", allowed 0 to 65535");
  EXPECT_EQ(refusal("auth.required", "yes"), "command line: key 'auth.required': found \"yes\", allowed true, false");
  EXPECT_EQ(refusal("no.such", "1"), "command line: key 'no.such': found an unknown key, allowed the keys that --help lists");
}

TEST(setting_environment, SetsItsKeys) {
  auto set = with_environment({}, {{"DATABASE_URL", "sqlite:///srv/chat.db"},
                                   {"JWT_SECRET", "a key of 32 bytes or thereabouts"},
                                   {"HOST", "127.0.0.1"},
                                   {"PORT", "8080"},
                                   {"FRONTEND_URL", "https://a.example,https://b.example/"},
                                   {"CLIENT_URL", "http://localhost:3000"},
                                   {"PATH", "/bin"}});
  ASSERT_TRUE(set) << set.error().detail;
  EXPECT_EQ(set->store.url, "sqlite:///srv/chat.db");
  EXPECT_EQ(set->auth.secret, "a key of 32 bytes or thereabouts");
  EXPECT_EQ(set->server.host, "127.0.0.1");
  EXPECT_EQ(set->server.port, 8080u);
  EXPECT_THAT(set->cors.origins, ElementsAre("https://a.example", "https://b.example", "http://localhost:3000"));
}

TEST(setting_environment, AnEmptyVariableIsNotSet) {
  EXPECT_EQ(with_environment({}, {{"PORT", ""}})->server.port, 1337u);
}

TEST(setting_environment, MistakesNameTheVariable) {
  EXPECT_EQ(with_environment({}, {{"PORT", "http"}}).error().detail,
            "environment PORT: key 'server.port': found \"http\", allowed 0 to 65535");
}

TEST(setting_environment, OtherDatabasesAreRefusedWithoutShowingTheirPassword) {
  auto line = with_environment({}, {{"DATABASE_URL", "mongodb://admin:hunter2@db/chat"}}).error().detail;
  EXPECT_THAT(line, AllOf(StartsWith("environment DATABASE_URL: key 'store.url': "), HasSubstr("SQLite"), HasSubstr("PostgreSQL"),
                          Not(HasSubstr("hunter2"))));
}

TEST(database_url, IsAbsoluteAndInTheDataDirectoryUnlessSet) {
  settings config;
  EXPECT_EQ(database_url(config), "sqlite://" + (fs::current_path() / "data/stentor.db").string());
  config.server.data_dir = "/srv/chat";
  EXPECT_EQ(database_url(config), "sqlite:///srv/chat/stentor.db");
  config.store.url = "sqlite:///elsewhere.db";
  EXPECT_EQ(database_url(config), "sqlite:///elsewhere.db");
}

/// A file of config/ as its lines, by "section.key": the comments above a key, then the key.
struct documented {
  std::string comments, value;
};

std::map<std::string, documented> lines_of(const fs::path& file) {
  std::map<std::string, documented> keys;
  std::string section, comments;
  std::istringstream lines(text_of(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '[')
      comments.clear();
    if (line.starts_with('['))
      section = line.substr(1, line.find(']') - 1);
    else if (line.starts_with('#'))
      comments += line + "\n";
    else if (auto equals = line.find(" = "); equals != std::string::npos)
      keys[section + "." + line.substr(0, equals)] = {comments, line.substr(equals + 3, line.find(" #") - equals - 3)};
  }
  return keys;
}

TEST(sample_configuration, DocumentsEveryKeyWithItsDefault) {
  auto lines = lines_of(repository / "config/stentor.toml");
  for (const auto& key : setting_keys()) {
    ASSERT_TRUE(lines.contains(std::string(key.name))) << key.name;
    const auto& [comments, value] = lines[std::string(key.name)];
    auto standard = toml_value(key, {});
    EXPECT_EQ(value, standard) << key.name;
    EXPECT_THAT(comments, HasSubstr("# " + std::string(key.meaning) + ".\n")) << key.name;
    EXPECT_THAT(comments, HasSubstr("# Allowed: " + allowed_values(key) + ". Default: " + standard + "\n")) << key.name;
  }
}

TEST(sample_configuration, IsReadableAndNamesTheSampleSecret) {
  auto read = with_file({}, repository / "config/stentor.toml");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_THAT(text_of(repository / "config/stentor.toml"), HasSubstr(sample_secret));
}

TEST(sample_configuration, ForBenchmarksDiffersOnlyInRaisedLimitsAndAutoProvision) {
  auto sample = with_file({}, repository / "config/stentor.toml"), bench = with_file({}, repository / "config/bench.toml");
  ASSERT_TRUE(bench) << bench.error().detail;
  auto lines = lines_of(repository / "config/bench.toml");
  EXPECT_EQ(lines.size(), setting_keys().size());
  for (const auto& key : setting_keys()) {
    EXPECT_TRUE(lines.contains(std::string(key.name))) << key.name;
    auto before = toml_value(key, *sample), after = toml_value(key, *bench);
    if (before == after)
      continue;
    if (const auto* limit = std::get_if<setting_of<uint64_t>>(&key.member))
      EXPECT_GT((*limit)(*bench), (*limit)(*sample)) << key.name;
    else
      EXPECT_EQ(key.name, "auth.auto_provision");
  }
  EXPECT_TRUE(bench->auth.auto_provision);
}

} // namespace
} // namespace stentor
