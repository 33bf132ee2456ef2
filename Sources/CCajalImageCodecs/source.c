// For read, close and fstat, which are not of C itself.
#define _POSIX_C_SOURCE 200809L

#include "session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cajal_failure_set(cajal_codec_failure *failure, cajal_failure_kind kind, const char *format,
                       ...) {
  failure->kind = kind;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure->text, sizeof failure->text, format, arguments);
  va_end(arguments);
}

static bool fail_with_system_error(cajal_codec_failure *failure) {
  cajal_failure_set(failure, cajal_failure_kind_unreadable, "%s", strerror(errno));
  return false;
}

static bool fail_as_too_long(cajal_codec_failure *failure) {
  cajal_failure_set(failure, cajal_failure_kind_too_large,
                    "the file is longer than is allowed");
  return false;
}

static cajal_byte_source *allocate(size_t chunk_size) {
  cajal_byte_source *source = malloc(sizeof *source + chunk_size);
  if (source == NULL) return NULL;
  *source = (cajal_byte_source){.descriptor = -1, .chunk_size = chunk_size};
  return source;
}

/// Reads a whole piece, or what is left: pipes hand over less than is asked for.
static bool read_chunk(cajal_byte_source *source, cajal_codec_failure *failure) {
  size_t count = 0;
  while (count < source->chunk_size) {
    ssize_t got = read(source->descriptor, source->chunk + count, source->chunk_size - count);
    if (got == 0) break;
    if (got > 0) {
      count += (size_t)got;
    } else if (errno != EINTR) {
      return fail_with_system_error(failure);
    }
  }
  if (count > source->allowed) return fail_as_too_long(failure);
  source->allowed -= count;
  source->next = source->chunk;
  source->available = count;
  return true;
}

cajal_byte_source *cajal_source_adopt(int descriptor, size_t chunk_size, size_t limit,
                                      cajal_codec_failure *failure) {
  cajal_byte_source *source = allocate(chunk_size);
  if (source == NULL) {
    fail_with_system_error(failure);
    close(descriptor);
    return NULL;
  }
  source->allowed = limit;
  source->limit = limit;
  source->descriptor = descriptor;
  if (read_chunk(source, failure)) return source;
  cajal_source_close(source);
  return NULL;
}

bool cajal_source_check_size(const cajal_byte_source *source, cajal_codec_failure *failure) {
  struct stat status;
  if (source->descriptor < 0) return true;
  if (fstat(source->descriptor, &status) != 0) return fail_with_system_error(failure);
  bool is_long = status.st_size > 0 && (uintmax_t)status.st_size > source->limit;
  return !is_long || fail_as_too_long(failure);
}

cajal_byte_source *cajal_source_borrow(const uint8_t *bytes, size_t count) {
  cajal_byte_source *source = allocate(0);
  if (source == NULL) return NULL;
  source->next = bytes;
  source->available = count;
  return source;
}

cajal_byte_source *cajal_source_copy(const uint8_t *bytes, size_t count) {
  cajal_byte_source *source = allocate(count);
  if (source == NULL) return NULL;
  if (count > 0) memcpy(source->chunk, bytes, count);
  source->next = source->chunk;
  source->available = count;
  return source;
}

const uint8_t *cajal_source_peek(const cajal_byte_source *source, size_t *count) {
  *count = source->available;
  return source->next;
}

bool cajal_source_refill(cajal_byte_source *source, cajal_codec_failure *failure) {
  if (source->descriptor >= 0 && !read_chunk(source, failure)) return false;
  if (source->available > 0) return true;
  cajal_failure_set(failure, cajal_failure_kind_damaged, "the file is truncated");
  return false;
}

void cajal_source_close(cajal_byte_source *source) {
  if (source == NULL) return;
  if (source->descriptor >= 0) close(source->descriptor);
  free(source);
}
