#include "benchmark.hpp"
#include "options.hpp"

#include <exception>
#include <iostream>

using namespace stentor::load;

namespace {

constexpr int violated = 1;
constexpr int not_measured = 2;

} // namespace

int main(int argc, char** argv) {
  auto plan = parse_options(argc, argv);
  try {
    auto result = run_benchmark(plan);
    std::cout << (plan.as_json ? result.dump() : readable(result)) << std::endl;
    for (const auto& violation : result["violations"])
      std::cerr << "violation: " << violation.get<std::string>() << '\n';
    return result["violations"].empty() ? 0 : violated;
  } catch (const std::exception& failed) {
    std::cerr << "stentor-load: " << failed.what() << '\n';
    return not_measured;
  }
}
