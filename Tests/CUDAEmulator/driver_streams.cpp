#include "current.h"
#include "driver_functions.h"

namespace cuda_emulator::driver {

int create_stream(cajal_cuda_stream *result, unsigned) {
  NEEDS_CONTEXT;
  auto stream = std::make_shared<Stream>();
  *result = stream.get();
  std::lock_guard guard(current->mutex);
  current->streams.insert(stream);
  return cajal_cuda_success;
}

int destroy_stream(cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  stream->wait();
  std::lock_guard guard(current->mutex);
  current->streams.erase(stream);
  return cajal_cuda_success;
}

int synchronize_stream(cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  count([](auto &counts) { counts.waits++; });
  stream->wait();
  return cajal_cuda_success;
}

int create_event(cajal_cuda_event *event, unsigned) {
  NEEDS_CONTEXT;
  *event = new cajal_cuda_event_object();
  return cajal_cuda_success;
}

int destroy_event(cajal_cuda_event event) {
  std::shared_ptr<Stream> stream;
  {
    std::lock_guard guard(event->mutex);
    stream = event->stream;
  }
  if (stream != nullptr) stream->wait();
  delete event;
  return cajal_cuda_success;
}

int record_event(cajal_cuda_event event, cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  long long number = stream->add([event] {
    std::lock_guard guard(event->mutex);
    event->time = std::chrono::steady_clock::now();
  });
  std::lock_guard guard(event->mutex);
  event->stream = stream;
  event->number = number;
  return cajal_cuda_success;
}

/// Where an event was recorded last.
static std::pair<std::shared_ptr<Stream>, long long> place(cajal_cuda_event event) {
  std::lock_guard guard(event->mutex);
  return {event->stream, event->number};
}

int wait_for_event(cajal_cuda_stream handle, cajal_cuda_event event, unsigned) {
  FIND_STREAM(stream, handle);
  auto [other, number] = place(event);
  if (other != nullptr) {
    stream->add([other = other, number = number] { other->wait(number); });
  }
  return cajal_cuda_success;
}

int query_event(cajal_cuda_event event) {
  auto [stream, number] = place(event);
  if (stream == nullptr || stream->is_done(number)) return cajal_cuda_success;
  // Who asks again and again does not wait forever.
  stream->start(number);
  return cajal_cuda_not_ready;
}

int synchronize_event(cajal_cuda_event event) {
  NEEDS_CONTEXT;
  count([](auto &counts) { counts.waits++; });
  auto [stream, number] = place(event);
  if (stream != nullptr) stream->wait(number);
  return cajal_cuda_success;
}

int elapsed_time(float *milliseconds, cajal_cuda_event start, cajal_cuda_event end) {
  if (query_event(start) != 0 || query_event(end) != 0) return cajal_cuda_not_ready;
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return cajal_cuda_success;
}

}  // namespace cuda_emulator::driver
