// For pread and fstat, which are not of C itself.
#define _POSIX_C_SOURCE 200809L

#include "tiff_reader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Reads bytes at a place, from the file or from memory; fewer at its end.
static tmsize_t read_at(tiff_reader *reader, void *bytes, size_t count) {
  const cajal_byte_source *source = reader->base.source;
  if (reader->place >= reader->size) return 0;
  uint64_t left = reader->size - reader->place;
  if (count > left) count = (size_t)left;
  if (source->descriptor < 0) {
    memcpy(bytes, source->next + reader->place, count);
    return (tmsize_t)count;
  }
  size_t done = 0;
  while (done < count) {
    ssize_t got = pread(source->descriptor, (uint8_t *)bytes + done, count - done,
                        (off_t)(reader->place + done));
    if (got == 0) break;
    if (got > 0) {
      done += (size_t)got;
    } else if (errno != EINTR) {
      cajal_failure_set(&reader->message, cajal_failure_kind_unreadable, "%s", strerror(errno));
      return -1;
    }
  }
  return (tmsize_t)done;
}

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t count) {
  tiff_reader *reader = handle;
  if (count < 0) return -1;
  tmsize_t got = read_at(reader, bytes, (size_t)count);
  if (got > 0) reader->place += (uint64_t)got;
  return got;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle, (void)bytes, (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int origin) {
  tiff_reader *reader = handle;
  uint64_t start = origin == SEEK_CUR ? reader->place : origin == SEEK_END ? reader->size : 0;
  reader->place = start + offset;
  return reader->place;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size(thandle_t handle) { return ((const tiff_reader *)handle)->size; }

/// Keeps the first error of a call as one line of text. The messages go nowhere else.
static int note_error(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff, (void)module;
  tiff_reader *reader = user;
  if (reader->message.text[0] != 0) return 1;
  char *text = reader->message.text;
  // libtiff starts some messages with the name of the file, which is none here.
  if (strncmp(format, "%s: ", 4) == 0) {
    format += 4;
    (void)va_arg(arguments, const char *);
  }
  vsnprintf(text, sizeof reader->message.text, format, arguments);
  for (char *next = text; *next != 0; next++) {
    if ((unsigned char)*next < ' ') *next = ' ';
  }
  bool is_memory = strstr(text, "limit defined in open options") != NULL ||
                   strstr(text, "emory") != NULL;
  reader->message.kind = is_memory ? cajal_failure_kind_too_large : cajal_failure_kind_damaged;
  return 1;
}

/// Where data are damaged, libjpeg and the fax decoder fill the missing part and warn; here that is
/// an error. Other warnings leave the pixels right.
static int judge_warning(TIFF *tiff, void *user, const char *module, const char *format,
                         va_list arguments) {
  (void)tiff, (void)module;
  char text[CAJAL_FAILURE_TEXT_SIZE];
  vsnprintf(text, sizeof text, format, arguments);
  bool is_filled = strstr(text, "Premature") != NULL ||
                   (strstr(text, "Corrupt JPEG data") != NULL && strstr(text, "extraneous") == NULL);
  tiff_reader *reader = user;
  if (!is_filled || reader->is_filled) return 1;
  reader->is_filled = true;
  if (reader->message.text[0] == 0) {
    cajal_failure_set(&reader->message, cajal_failure_kind_damaged, "%s", text);
  }
  return 1;
}

bool cajal_tiff_fail(tiff_reader *reader, const char *text) {
  cajal_codec_failure *failure = reader->base.failure;
  if (reader->message.text[0] != 0) {
    *failure = reader->message;
  } else {
    cajal_failure_set(failure, cajal_failure_kind_damaged, "%s", text);
  }
  return false;
}

/// The size of a source that can be read at any place; false with a failure for a pipe.
static bool measure(tiff_reader *reader) {
  const cajal_byte_source *source = reader->base.source;
  reader->size = source->available;
  if (source->descriptor < 0) return true;
  struct stat status;
  if (fstat(source->descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    reader->size = (uint64_t)status.st_size;
    return true;
  }
  cajal_failure_set(reader->base.failure, cajal_failure_kind_unreadable,
                    "TIFF is read from many places, which a pipe does not allow; store it in a file");
  return false;
}

bool cajal_tiff_open_file(tiff_reader *reader) {
  if (!measure(reader)) return false;
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options != NULL) {
    // Room for a directory, however few values are allowed.
    size_t most = reader->base.memory_limit / 2 + (1 << 20);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)most);
    TIFFOpenOptionsSetErrorHandlerExtR(options, note_error, reader);
    TIFFOpenOptionsSetWarningHandlerExtR(options, judge_warning, reader);
    // Without mapping: a file that becomes shorter would end the process.
    reader->tiff = TIFFClientOpenExt("", "rm", reader, read_bytes, write_nothing, seek,
                                     close_nothing, size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
  }
  return reader->tiff != NULL || cajal_tiff_fail(reader, "libtiff did not start");
}
