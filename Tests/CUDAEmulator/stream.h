// Streams that do their work late, in order, each on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

struct cajal_cuda_stream_object {
 public:
  cajal_cuda_stream_object();
  /// Does all work, then ends.
  ~cajal_cuda_stream_object();

  /// Adds work and returns its number. It starts when it is awaited, or when much has gathered.
  long long add(std::function<void()> work);
  /// Starts the work up to a number.
  void start(long long number);
  /// Waits until the work up to a number is done.
  void wait(long long number);
  /// Waits for all work so far.
  void wait();
  /// Whether the work up to a number is done.
  bool is_done(long long number);

 private:
  void run();

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::function<void()>> pending;
  long long added = 0, wanted = 0, done = 0;
  bool closed = false;
  std::thread thread;
};

namespace cuda_emulator {
using Stream = cajal_cuda_stream_object;
}

struct cajal_cuda_event_object {
  std::mutex mutex;
  /// Where it was recorded last, if it was.
  std::shared_ptr<cuda_emulator::Stream> stream;
  long long number = 0;
  std::chrono::steady_clock::time_point time;
};
