#include "jpeg_failure.h"

#include <jerror.h>

void cajal_jpeg_jump(j_common_ptr codec) {
  longjmp(((cajal_jpeg_errors *)codec->err)->jump, 1);
}

/// Fails with libjpeg's message.
static void set_message(j_common_ptr codec, cajal_failure_kind kind) {
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  cajal_failure_set(*((cajal_jpeg_errors *)codec->err)->failure, kind, "%s", text);
}

static void fail(j_common_ptr codec) {
  cajal_codec_failure *failure = *((cajal_jpeg_errors *)codec->err)->failure;
  switch (codec->err->msg_code) {
  case JERR_NO_BACKING_STORE:
  case JERR_OUT_OF_MEMORY:
    cajal_failure_set(failure, cajal_failure_kind_too_large,
                      "libjpeg needs more memory than is allowed");
    break;
  case JERR_IMAGE_TOO_BIG:
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
    // A second header within the pixels is damage, whatever it says.
    set_message(codec, ((cajal_jpeg_errors *)codec->err)->reads_header
                           ? cajal_failure_kind_unsupported
                           : cajal_failure_kind_damaged);
    break;
  default:
    set_message(codec, cajal_failure_kind_damaged);
  }
  cajal_jpeg_jump(codec);
}

/// libjpeg fills the missing part of damaged images with gray and warns; here that is an error.
/// Other warnings (bytes between markers, unknown versions) leave the pixels right.
static void judge_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
  case JWRN_JPEG_EOF:
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE:
  case JWRN_MUST_RESYNC:
  case JWRN_BOGUS_PROGRESSION:
    fail(codec);
  }
}

struct jpeg_error_mgr *cajal_jpeg_prepare(cajal_jpeg_errors *errors,
                                          cajal_codec_failure **failure) {
  struct jpeg_error_mgr *manager = jpeg_std_error(&errors->manager);
  manager->error_exit = fail;
  manager->emit_message = judge_message;
  errors->failure = failure;
  return manager;
}
