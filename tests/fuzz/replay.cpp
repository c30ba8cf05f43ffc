// Runs a fuzz target over the files of the folders that are named on the command line, where there is no libFuzzer.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  size_t inputs = 0;
  for (auto folder = argv + 1; folder != argv + argc; ++folder)
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
      std::ifstream file{entry.path(), std::ios::binary};
      const std::string input{std::istreambuf_iterator<char>{file}, {}};
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
      ++inputs;
    }
  std::printf("%zu inputs\n", inputs);
  return inputs == 0;
}
