// The texts of the kernels, which are compiled on the machine where they run.
#pragma once

#include <stddef.h>

/// A file of kernels or a header of theirs.
struct cajal_cuda_source {
  /// The file's name, by which other files include it.
  const char *name;
  /// The text, which a NUL ends.
  const char *text;
  /// The bytes of the text, without the NUL.
  size_t length;
};

/// The number of files of kernels.
size_t cajal_cuda_kernel_file_count(void);
/// File `index` of kernels.
struct cajal_cuda_source cajal_cuda_kernel_file(size_t index);

/// The number of headers that files of kernels include.
size_t cajal_cuda_kernel_header_count(void);
/// Header `index`.
struct cajal_cuda_source cajal_cuda_kernel_header(size_t index);
