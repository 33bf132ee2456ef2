#include "stream.h"

#include <algorithm>

using cuda_emulator::Stream;

/// How much work gathers.
static constexpr std::size_t limit = 256;

Stream::cajal_cuda_stream_object() : thread([this] { run(); }) {}

Stream::~cajal_cuda_stream_object() {
  {
    std::lock_guard guard(mutex);
    closed = true;
  }
  changed.notify_all();
  thread.join();
}

long long Stream::add(std::function<void()> work) {
  std::lock_guard guard(mutex);
  pending.push_back(std::move(work));
  if (pending.size() == limit) changed.notify_all();
  return ++added;
}

void Stream::start(long long number) {
  std::lock_guard guard(mutex);
  wanted = std::max(wanted, number);
  changed.notify_all();
}

void Stream::wait(long long number) {
  std::unique_lock lock(mutex);
  wanted = std::max(wanted, number);
  changed.notify_all();
  changed.wait(lock, [&] { return done >= number; });
}

void Stream::wait() {
  long long number;
  {
    std::lock_guard guard(mutex);
    number = added;
  }
  wait(number);
}

bool Stream::is_done(long long number) {
  std::lock_guard guard(mutex);
  return done >= number;
}

void Stream::run() {
  for (;;) {
    std::vector<std::function<void()>> batch;
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return pending.size() >= limit || done < wanted || closed; });
      // Who closes a stream has waited, or the program ends, and its objects may be gone.
      if (closed || pending.empty()) return;
      batch.swap(pending);
    }
    for (auto &work : batch) {
      work();
      work = nullptr;
      {
        std::lock_guard guard(mutex);
        done++;
      }
      changed.notify_all();
    }
  }
}
