// What every comparison of two levels needs: inputs, guarded memory, and a tally of errors.
#pragma once

#include "cajal_kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// The levels that are compared: the plain one, and the one under test.
extern const struct cajal_kernels *levels[2];

/// Starts the checks of a kernel; ends those of the one before with a line of its largest error.
void begin(const char *kernel);
/// Prints the last kernel's line and returns the number of checks that failed.
int finish(void);

/// Memory for `count` elements of `size` bytes that ends where an inaccessible page begins:
/// an access beyond the end stops the program. It lives until `release`.
void *guarded(long count, size_t size);
/// 64-byte aligned memory, as the scratch of the attention kernels has to be.
float *scratch(long count);
/// Frees all memory of the two functions above.
void release(void);

/// The next number of a sequence that is the same in every run, and one in [low, high).
uint32_t next_word(void);
float next_number(float low, float high);
/// Numbers in [low, high).
float *numbers(long count, float low, float high);
/// Two copies of `x`, one for each level to change.
void copies(const float *x, long count, float *pair[2]);
/// Two results, full of NaN: what a kernel does not write shows.
void results(long count, float *pair[2]);

/// Counts a failure unless |b - a| ≤ tolerance * |a| over the finite elements, and infinities and
/// NaN are in the same places. With tolerance 0 the elements must be equal.
void expect_close(float *const pair[2], long count, double tolerance, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

/// Rounding differs between levels (fused multiply-add, order of sums); a wrong lane is far above
/// this.
static const double rounding = 1e-5;

#define COUNT(array) ((long)(sizeof(array) / sizeof(array)[0]))
#define FOR_BOTH_LEVELS(level) for (int level = 0; level < 2; level++)

void compare_elements(void);
void compare_rows(void);
void compare_products(void);
void compare_attention(void);
void compare_pixels(void);
