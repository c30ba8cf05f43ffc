#include "app/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace stentor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct command_line : testing::Test {
  environment variables;
  std::string file = testing::TempDir() + "stentor-options-XXXXXX";

  void SetUp() override { close(mkstemp(file.data())); }
  void TearDown() override { std::filesystem::remove(file); }

  void the_file_says(std::string_view text) { std::ofstream(file) << text; }

  options parsed(const std::vector<std::string>& arguments) {
    auto outcome = parse_options(arguments, variables);
    if (auto* exit = std::get_if<exit_request>(&outcome)) {
      ADD_FAILURE() << exit->text;
      return {};
    }
    return std::get<options>(std::move(outcome));
  }
  exit_request ended(const std::vector<std::string>& arguments) {
    auto outcome = parse_options(arguments, variables);
    auto* exit = std::get_if<exit_request>(&outcome);
    return exit ? *exit : exit_request{-1, "accepted"};
  }
  std::string mistake(const std::vector<std::string>& arguments) {
    auto [code, text] = ended(arguments);
    EXPECT_EQ(code, 2) << text;
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    return text.substr(0, text.size() - 1);
  }
};

TEST_F(command_line, NothingServesWithTheDefaults) {
  auto all = parsed({});
  EXPECT_EQ(all.what, command::serve);
  EXPECT_EQ(all.config.server.port, 1337u);
}

TEST_F(command_line, SettingsTakeEitherForm) {
  EXPECT_EQ(parsed({"--server.port=0"}).config.server.port, 0u);
  EXPECT_EQ(parsed({"--server.port", "0"}).config.server.port, 0u);
  EXPECT_TRUE(parsed({"--auth.auto_provision=true"}).config.auth.auto_provision);
  EXPECT_THAT(parsed({"--cors.origins=https://a.example,https://b.example"}).config.cors.origins,
              ElementsAre("https://a.example", "https://b.example"));
}

TEST_F(command_line, EveryKeyOfTheTableIsAnOption) {
  for (const auto& key : setting_keys()) {
    auto value = toml_value(key, {});
    std::erase_if(value, [](char c) { return c == '"' || c == '[' || c == ']'; });
    parsed({"--" + std::string(key.name) + "=" + value});
  }
}

TEST_F(command_line, AnEmptyValueIsAValue) {
  auto all = parsed({"--auth.issuer=", "--server.port=0"});
  EXPECT_EQ(all.config.auth.issuer, "");
  EXPECT_EQ(all.config.server.port, 0u);
}

TEST_F(command_line, TheLastOfTwoWins) {
  EXPECT_EQ(parsed({"--server.port=1", "--server.port=2"}).config.server.port, 2u);
}

TEST_F(command_line, CommandLineOverEnvironmentOverFile) {
  the_file_says("[server]\nport = 1\nhost = \"file\"\ndata_dir = \"file\"\n");
  variables = {{"PORT", "2"}, {"HOST", "environment"}};
  auto server = parsed({"--config", file, "--server.port=3"}).config.server;
  EXPECT_EQ(server.port, 3u);
  EXPECT_EQ(server.host, "environment");
  EXPECT_EQ(server.data_dir, "file");
}

TEST_F(command_line, MistakesAreOneLineAndCodeTwo) {
  the_file_says("[server]\nport = -1\n");
  EXPECT_EQ(mistake({"--config", file}), file + ":2: key 'server.port': found -1, allowed 0 to 65535");
  EXPECT_EQ(mistake({"--config=/nonexistent"}), "/nonexistent: No such file or directory");
  EXPECT_EQ(mistake({"--server.port=http"}), "command line: key 'server.port': found \"http\", allowed 0 to 65535");
  EXPECT_THAT(mistake({"--server.prot=1"}), AllOf(HasSubstr("--server.prot"), HasSubstr("--help")));
  EXPECT_THAT(mistake({"--server.port"}), HasSubstr("--server.port"));
  EXPECT_THAT(mistake({"serve\nnow"}), HasSubstr("serve now"));
  variables = {{"PORT", "http"}};
  EXPECT_THAT(mistake({}), StartsWith("environment PORT: "));
}

TEST_F(command_line, ProductionNeedsASecret) {
  EXPECT_THAT(mistake({"--server.mode=production"}), HasSubstr("key 'auth.secret': found nothing"));
  EXPECT_THAT(mistake({"--server.mode=production", "--check-config"}), HasSubstr("auth.secret"));
  variables = {{"JWT_SECRET", "hunter2"}};
  EXPECT_THAT(mistake({"--server.mode=production"}), AllOf(HasSubstr("fewer than 16"), Not(HasSubstr("hunter2"))));
  variables = {{"JWT_SECRET", std::string(32, 'k')}};
  EXPECT_TRUE(parsed({"--server.mode=production"}).config.server.production());
}

TEST_F(command_line, CheckConfigIsACommand) {
  EXPECT_EQ(parsed({"--check-config", "--config", file}).what, command::check_config);
}

TEST_F(command_line, HelpAndVersionComeFirst) {
  EXPECT_EQ(ended({"--version"}).text, "stentord " STENTOR_VERSION "\n");
  auto [code, text] = ended({"--server.port=http", "--help"});
  EXPECT_EQ(code, 0);
  for (const auto& key : setting_keys())
    EXPECT_THAT(text, AllOf(HasSubstr("--" + std::string(key.name) + "="), HasSubstr(std::string(key.meaning)))) << key.name;
  EXPECT_EQ(ended({"token", "--help"}).code, 0);
}

TEST_F(command_line, TokenSaysForWhomAndHowLong) {
  auto all = parsed({"token", "--user", "ada", "--role=admin", "--ttl", "7d", "--create", "--config", file, "--store.url=sqlite:///x.db"});
  EXPECT_EQ(all.what, command::token);
  EXPECT_EQ(all.token.user, "ada");
  EXPECT_EQ(all.token.role, "admin");
  EXPECT_EQ(all.token.ttl_s, 604800u);
  EXPECT_TRUE(all.token.create);
  EXPECT_EQ(all.config.store.url, "sqlite:///x.db");
}

TEST_F(command_line, TokenLastsAsConfiguredUnlessItSays) {
  EXPECT_EQ(parsed({"token", "--user=ada"}).token.ttl_s, 3600u);
  EXPECT_EQ(parsed({"--auth.token_ttl_s=60", "token", "--user=ada"}).token.ttl_s, 60u);
  EXPECT_FALSE(parsed({"token", "--user=ada"}).token.create);
}

TEST_F(command_line, TokenMistakes) {
  EXPECT_THAT(mistake({"token"}), HasSubstr("--user"));
  EXPECT_THAT(mistake({"token", "--user="}), HasSubstr("--user"));
  EXPECT_THAT(mistake({"token", "--user=bad\xff"}), HasSubstr("UTF-8"));
  EXPECT_THAT(mistake({"token", "--user=ada", "--ttl=soon"}), HasSubstr("found \"soon\", allowed 30s"));
  EXPECT_THAT(mistake({"--user=ada"}), HasSubstr("--user"));
}

TEST(duration, IsACountAndAUnit) {
  EXPECT_EQ(parse_duration_s("30s"), 30u);
  EXPECT_EQ(parse_duration_s("15m"), 900u);
  EXPECT_EQ(parse_duration_s("1h"), 3600u);
  EXPECT_EQ(parse_duration_s("365d"), 31536000u);
  for (auto bad : {"", "s", "1", "0s", "-1s", "1.5h", "1h ", " 1h", "1w", "1hh", "366d", "99999999999999999999s", "18446744073709551615d"})
    EXPECT_EQ(parse_duration_s(bad), std::nullopt) << bad;
}

} // namespace
} // namespace stentor
