#pragma once

#include "session.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

/// libjpeg's error manager, with the jump buffer and the failure.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  /// The session's pointer to the failure of the call in progress.
  cajal_codec_failure **failure;
  /// Whether a file's header is being read, which may be of an unsupported kind.
  bool reads_header;
} cajal_jpeg_errors;

/// The error manager of a session.
struct jpeg_error_mgr *cajal_jpeg_prepare(cajal_jpeg_errors *errors, cajal_codec_failure **failure);

/// Gives up, with a failure that has been set already.
_Noreturn void cajal_jpeg_jump(j_common_ptr codec);
