#include <cstring>
#include <map>
#include <mutex>
#include <regex>
#include <set>
#include <vector>

#include "cuda_emulator.h"
#include "module.h"

// A compiler that finds the kernels in a source, and checks what NVRTC would need: that every
// quoted include is a named header, and that the target is a real architecture.

struct cajal_nvrtc_program_object {
  std::string source, log, image;
  std::set<std::string> headers;
};

namespace {

enum { success = 0, invalid_input = 3, compilation_error = 6 };

std::mutex mutex;
std::map<std::string, long long> compilations;

/// All parts of a text that the first group of a pattern matches.
std::vector<std::string> matches(const std::string &text, const char *pattern) {
  std::regex expression(pattern);
  std::vector<std::string> result;
  for (std::sregex_iterator i(text.begin(), text.end(), expression), end; i != end; ++i) {
    result.push_back((*i)[1]);
  }
  return result;
}

int version(int *major, int *minor) {
  *major = 13;
  *minor = 0;
  return success;
}

int create(
    cajal_nvrtc_program *program, const char *source, const char *, int header_count,
    const char *const *headers, const char *const *names) {
  auto created = new cajal_nvrtc_program_object();
  created->source = source;
  for (int i = 0; i < header_count; i++) {
    if (headers[i] == nullptr) return invalid_input;
    created->headers.insert(names[i]);
  }
  *program = created;
  return success;
}

int destroy(cajal_nvrtc_program *program) {
  delete *program;
  *program = nullptr;
  return success;
}

int compile(cajal_nvrtc_program program, int option_count, const char *const *options) {
  bool has_target = false;
  for (int i = 0; i < option_count; i++) {
    has_target = has_target || std::strncmp(options[i], "--gpu-architecture=sm_", 22) == 0;
  }
  if (!has_target) program->log += "no --gpu-architecture=sm_ is given\n";
  for (const auto &name : matches(program->source, "#include \"([^\"]+)\"")) {
    if (program->headers.count(name) == 0) program->log += "cannot open \"" + name + "\"\n";
  }
  auto kernels = matches(
      program->source, "extern \"C\" __global__ void(?: __launch_bounds__\\([^)]*\\))? (\\w+)\\(");
  program->image = cuda_emulator::image_header;
  for (const auto &name : kernels) {
    auto bounds = matches(
        program->source, ("__launch_bounds__\\((\\d+)[^)]*\\) " + name + "\\(").c_str());
    program->image += name + " " + (bounds.empty() ? "1024" : bounds[0]) + "\n";
    if (cuda_emulator::find_kernel(name) == nullptr) {
      program->log += name + " is not in the emulator: add it to Tests/CUDAEmulator/kernels\n";
    }
    std::lock_guard guard(mutex);
    compilations[name]++;
  }
  program->image += cuda_emulator::image_end;
  return program->log.empty() ? success : compilation_error;
}

int cubin_size(cajal_nvrtc_program program, size_t *size) {
  *size = program->image.size() + 1;
  return success;
}

int cubin(cajal_nvrtc_program program, char *result) {
  std::memcpy(result, program->image.c_str(), program->image.size() + 1);
  return success;
}

int log_size(cajal_nvrtc_program program, size_t *size) {
  *size = program->log.size() + 1;
  return success;
}

int log(cajal_nvrtc_program program, char *result) {
  std::memcpy(result, program->log.c_str(), program->log.size() + 1);
  return success;
}

}  // namespace

struct cajal_cuda_nvrtc cuda_emulator_nvrtc(void) {
  return {version, create, destroy, compile, cubin_size, cubin, log_size, log};
}

long long cuda_emulator_compilations(const char *kernel) {
  std::lock_guard guard(mutex);
  auto found = compilations.find(kernel);
  return found == compilations.end() ? 0 : found->second;
}
