// Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2016): a 3 × 3 convolution of stride 1
// with 36 multiplications for every 16 positions of the result instead of 144. With d a tile of 6 ×
// 6 positions and g the kernel, the result is Aᵀ [(G g Gᵀ) ∘ (Bᵀ d B)] A; summed over channels, the
// product at each of the 36 points is a matrix product. The gradient of the kernel is Gᵀ [(A r Aᵀ)
// ∘ (Bᵀ d B)] G with r the result's gradient.

enum {
  /// Positions of a tile's side in the result and in the picture, points, and tiles of a block.
  WINOGRAD_SIDE = 4,
  WINOGRAD_READ = 6,
  WINOGRAD_POINTS = 36,
  WINOGRAD_TILES = 32,
};

/// Elements from one point's matrix to the next, offset from powers of two by a cache line, so that
/// the points of a tile do not map to the same cache sets.
INLINE long winograd_stride(long columns) { return WINOGRAD_TILES * columns + 16; }

INLINE long winograd_padded(long columns) {
  long width = kernel_convolution_panel(columns);
  return (columns + width - 1) / width * width;
}

// The transforms of one axis for the points 0, ±3/4, ±3/2 and infinity, which have smaller rounding
// errors than the ±1 and ±2 of the paper; all constants but those of the kernel's transform are
// exact.
#define NEAR 0.75f
#define FAR 1.5f
#define NEAR_2 (NEAR * NEAR)
#define FAR_2 (FAR * FAR)
#define NEAR_3 (NEAR * NEAR_2)
#define FAR_3 (FAR * FAR_2)
/// The divisor of the kernel's transform at each point: the product of the differences from the
/// others.
#define ZERO_PART (1 / (NEAR_2 * FAR_2))
#define NEAR_PART (1 / (2 * NEAR_2 * (NEAR_2 - FAR_2)))
#define FAR_PART (1 / (2 * FAR_2 * (FAR_2 - NEAR_2)))

/// Bᵀ d
INLINE void winograd_of_picture(const vf *d, vf *t) {
  vf near_even = d[4] - FAR_2 * d[2], near_odd = (d[3] - FAR_2 * d[1]) * NEAR;
  vf far_even = d[4] - NEAR_2 * d[2], far_odd = (d[3] - NEAR_2 * d[1]) * FAR;
  t[0] = NEAR_2 * FAR_2 * d[0] - (NEAR_2 + FAR_2) * d[2] + d[4];
  t[1] = near_even + near_odd;
  t[2] = near_even - near_odd;
  t[3] = far_even + far_odd;
  t[4] = far_even - far_odd;
  t[5] = NEAR_2 * FAR_2 * d[1] - (NEAR_2 + FAR_2) * d[3] + d[5];
}

/// Aᵀ m
INLINE void winograd_to_result(const vf *m, vf *y) {
  vf near_sum = m[1] + m[2], near_difference = m[1] - m[2];
  vf far_sum = m[3] + m[4], far_difference = m[3] - m[4];
  y[0] = m[0] + near_sum + far_sum;
  y[1] = NEAR * near_difference + FAR * far_difference;
  y[2] = NEAR_2 * near_sum + FAR_2 * far_sum;
  y[3] = NEAR_3 * near_difference + FAR_3 * far_difference + m[5];
}

/// A y
INLINE void winograd_of_result(const vf *y, vf *m) {
  vf near_even = y[0] + NEAR_2 * y[2], near_odd = NEAR * y[1] + NEAR_3 * y[3];
  vf far_even = y[0] + FAR_2 * y[2], far_odd = FAR * y[1] + FAR_3 * y[3];
  m[0] = y[0];
  m[1] = near_even + near_odd;
  m[2] = near_even - near_odd;
  m[3] = far_even + far_odd;
  m[4] = far_even - far_odd;
  m[5] = y[3];
}

/// G g
INLINE void winograd_of_kernel(const vf *g, vf *u) {
  vf near_even = (g[0] + NEAR_2 * g[2]) * NEAR_PART, near_odd = g[1] * (NEAR * NEAR_PART);
  vf far_even = (g[0] + FAR_2 * g[2]) * FAR_PART, far_odd = g[1] * (FAR * FAR_PART);
  u[0] = g[0] * ZERO_PART;
  u[1] = near_even + near_odd;
  u[2] = near_even - near_odd;
  u[3] = far_even + far_odd;
  u[4] = far_even - far_odd;
  u[5] = g[2];
}

/// Gᵀ u
INLINE void winograd_to_kernel(const vf *u, vf *g) {
  vf near_sum = (u[1] + u[2]) * NEAR_PART, near_difference = (u[1] - u[2]) * (NEAR * NEAR_PART);
  vf far_sum = (u[3] + u[4]) * FAR_PART, far_difference = (u[3] - u[4]) * (FAR * FAR_PART);
  g[0] = u[0] * ZERO_PART + near_sum + far_sum;
  g[1] = near_difference + far_difference;
  g[2] = NEAR_2 * near_sum + FAR_2 * far_sum + u[5];
}

/// A transform of both axes: `rows_in` by `rows_in` vectors that LOAD(i, j) makes to `rows_out` by
/// `rows_out` that STORE(i, j, v) takes.
#define WINOGRAD_BOTH_AXES(transform, rows_in, rows_out, LOAD, STORE) \
  { \
    vf lines[WINOGRAD_READ][WINOGRAD_READ], line[WINOGRAD_READ], out[WINOGRAD_READ]; \
    UNROLL for (int j = 0; j < rows_in; j++) { \
      UNROLL for (int i = 0; i < rows_in; i++) line[i] = LOAD(i, j); \
      transform(line, out); \
      UNROLL for (int i = 0; i < rows_out; i++) lines[i][j] = out[i]; \
    } \
    UNROLL for (int i = 0; i < rows_out; i++) { \
      transform(lines[i], out); \
      UNROLL for (int j = 0; j < rows_out; j++) STORE(i, j, out[j]); \
    } \
  }

/// Where a tile's first position is in the result; tiles count through images, rows and columns.
struct winograd_tile {
  long image, row, column;
};

INLINE struct winograd_tile winograd_tile_at(const struct cajal_convolution *p, long tile) {
  long columns = (p->width + WINOGRAD_SIDE - 1) / WINOGRAD_SIDE;
  long rows = (p->height + WINOGRAD_SIDE - 1) / WINOGRAD_SIDE;
  return (struct winograd_tile){
      .image = tile / columns / rows, .row = tile / columns % rows * WINOGRAD_SIDE,
      .column = tile % columns * WINOGRAD_SIDE};
}

/// Bᵀ d B for tiles from ... to: [point, tile, inner].
static void winograd_transform_pictures(
    const struct cajal_convolution *p, long from, long to, float *result) {
  long stride = winograd_stride(p->inner);
  for (long tile = from; tile < to; tile++) {
    struct winograd_tile at = winograd_tile_at(p, tile);
    const float *left =
        p->left + at.image * p->left_image + at.row * p->left_row + at.column * p->left_column;
    float *points = result + (tile - from) * p->inner;
#define PICTURE(i, j) load_some(left + (i) * p->left_row + (j) * p->left_column + c, some, 0)
#define POINT(i, j, v) store_some(points + ((i) * WINOGRAD_READ + (j)) * stride + c, v, some)
    for (long c = 0; c < p->inner; c += LANES) {
      long some = p->inner - c;
      WINOGRAD_BOTH_AXES(winograd_of_picture, WINOGRAD_READ, WINOGRAD_READ, PICTURE, POINT)
    }
#undef PICTURE
#undef POINT
  }
}

/// A r Aᵀ for tiles from ... to of the result's gradient: [point, tile, padded columns].
static void winograd_transform_gradient(
    const struct cajal_convolution *p, const float *gradient, long from, long to, float *result) {
  long padded = winograd_padded(p->columns), stride = winograd_stride(padded);
  for (long tile = from; tile < to; tile++) {
    struct winograd_tile at = winograd_tile_at(p, tile);
    const float *right = gradient + at.image * p->result_image + at.row * p->result_row +
        at.column * p->result_column;
    long rows = p->height - at.row, columns = p->width - at.column;
    float *points = result + (tile - from) * padded;
#define GRADIENT(i, j) \
  (i < rows && j < columns && some > 0 \
       ? load_some(right + (i) * p->result_row + (j) * p->result_column + c, some, 0) : splat(0))
#define POINT(i, j, v) store(points + ((i) * WINOGRAD_READ + (j)) * stride + c, v)
    for (long c = 0; c < padded; c += LANES) {
      long some = p->columns - c;
      WINOGRAD_BOTH_AXES(winograd_of_result, WINOGRAD_SIDE, WINOGRAD_READ, GRADIENT, POINT)
    }
#undef GRADIENT
#undef POINT
  }
}

/// Aᵀ m A plus the bias for tiles from ... to, from [point, tile, padded columns] to the result.
static void winograd_transform_result(
    const struct cajal_convolution *p, const float *products, long from, long to) {
  long padded = winograd_padded(p->columns), stride = winograd_stride(padded);
  for (long tile = from; tile < to; tile++) {
    struct winograd_tile at = winograd_tile_at(p, tile);
    float *result = p->result + at.image * p->result_image + at.row * p->result_row +
        at.column * p->result_column;
    long rows = p->height - at.row, columns = p->width - at.column;
    const float *points = products + (tile - from) * padded;
#define PRODUCT(i, j) load(points + ((i) * WINOGRAD_READ + (j)) * stride + c)
#define RESULT(i, j, v) \
  if (i < rows && j < columns) { \
    store_some(result + (i) * p->result_row + (j) * p->result_column + c, v + bias, some); \
  }
    for (long c = 0; c < p->columns; c += LANES) {
      long some = p->columns - c;
      vf bias = p->bias ? load_some(p->bias + c, some, 0) : splat(0);
      WINOGRAD_BOTH_AXES(winograd_to_result, WINOGRAD_READ, WINOGRAD_SIDE, PRODUCT, RESULT)
    }
#undef PRODUCT
#undef RESULT
  }
}

/// Elements from one point's matrix [inner, padded columns] to the next.
INLINE long winograd_kernel_stride(const struct cajal_convolution *p) {
  return p->inner * winograd_padded(p->columns) + 16;
}

static long kernel_winograd_points(const struct cajal_convolution *p) {
  return WINOGRAD_POINTS * winograd_kernel_stride(p);
}

/// G g Gᵀ of a packed kernel [panel, tap, inner, columns of a panel] as [point, panel, inner,
/// columns of a panel].
static void kernel_winograd_kernel(
    const struct cajal_convolution *p, const float *packed, float *result) {
  long width = kernel_convolution_panel(p->columns), block = p->inner * width;
  long stride = winograd_kernel_stride(p);
  for (long column = 0; column < p->columns;
       column += width, packed += 9 * block, result += block) {
#define TAP(i, j) load(packed + (3 * (i) + (j)) * block + k)
#define POINT(i, j, v) store(result + ((i) * WINOGRAD_READ + (j)) * stride + k, v)
    for (long k = 0; k < block; k += LANES) {
      WINOGRAD_BOTH_AXES(winograd_of_kernel, 3, WINOGRAD_READ, TAP, POINT)
    }
#undef TAP
#undef POINT
  }
}

/// Adds Gᵀ u G of [point, inner, padded columns] to the gradient of the kernel.
static void kernel_winograd_kernel_gradient(
    const struct cajal_convolution *p, const float *sums, float *gradient, long kernel_row,
    long kernel_tap) {
  long padded = winograd_padded(p->columns), stride = winograd_kernel_stride(p);
  for (long k = 0; k < p->inner; k++, sums += padded, gradient += kernel_row) {
#define POINT(i, j) load(sums + ((i) * WINOGRAD_READ + (j)) * stride + c)
#define TAP(i, j, v) \
  { \
    float *to = gradient + (3 * (i) + (j)) * kernel_tap + c; \
    store_some(to, load_some(to, some, 0) + v, some); \
  }
    for (long c = 0; c < p->columns; c += LANES) {
      long some = p->columns - c;
      WINOGRAD_BOTH_AXES(winograd_to_kernel, WINOGRAD_READ, 3, POINT, TAP)
    }
#undef POINT
#undef TAP
  }
}

/// products[tile, :] = pictures[tile, :] · kernel of one point.
static __attribute__((noinline)) void winograd_product(
    const struct cajal_convolution *p, const float *pictures, const float *kernel, float *products,
    long tiles) {
  long padded = winograd_padded(p->columns);
  WITH_CONVOLUTION_VECTORS(convolution_panel_vectors(p->columns), {
    enum { WIDTH = VECTORS * LANES };
    for (long column = 0; column < padded; column += WIDTH, kernel += p->inner * WIDTH) {
      for (long i = 0; i < tiles;) {
        WITH_CONVOLUTION_ROWS(tiles - i, {
          convolution_tile c;
          const float *from[CONVOLUTION_ROWS];
          float *to[CONVOLUTION_ROWS];
          UNROLL for (int r = 0; r < ROWS; r++) {
            from[r] = pictures + (i + r) * p->inner;
            to[r] = products + (i + r) * padded + column;
            UNROLL for (int j = 0; j < VECTORS; j++) c[r][j] = splat(0);
          }
          convolution_multiply(c, ROWS, VECTORS, from, 0, kernel, WIDTH, p->inner);
          convolution_store(c, ROWS, VECTORS, to, WIDTH);
          i += ROWS;
        })
      }
    }
  })
}

/// sums[inner, :] += picturesᵀ · gradients of one point.
static __attribute__((noinline)) void winograd_sum(
    const struct cajal_convolution *p, const float *pictures, const float *gradients, float *sums,
    long tiles) {
  long padded = winograd_padded(p->columns);
  WITH_CONVOLUTION_VECTORS(convolution_panel_vectors(p->columns), {
    enum { WIDTH = VECTORS * LANES };
    for (long column = 0; column < padded; column += WIDTH) {
      for (long i = 0; i < p->inner;) {
        WITH_CONVOLUTION_ROWS(p->inner - i, {
          convolution_tile c;
          float *to[CONVOLUTION_ROWS];
          UNROLL for (int r = 0; r < ROWS; r++) to[r] = sums + (i + r) * padded + column;
          convolution_load(c, ROWS, VECTORS, to, WIDTH);
          const float *a = pictures + i, *b = gradients + column;
          _Pragma("clang loop unroll_count(4)")
          for (long k = 0; k < tiles; k++) {
            vf line[FEW_VECTORS];
            UNROLL for (int j = 0; j < VECTORS; j++) line[j] = load(b + k * padded + j * LANES);
            UNROLL for (int r = 0; r < ROWS; r++) {
              vf factor = splat(a[k * p->inner + r]);
              UNROLL for (int j = 0; j < VECTORS; j++) {
                c[r][j] = multiply_add(factor, line[j], c[r][j]);
              }
            }
          }
          convolution_store(c, ROWS, VECTORS, to, WIDTH);
          i += ROWS;
        })
      }
    }
  })
}

/// Elements of scratch for kernel_winograd and kernel_winograd_sums.
static long kernel_winograd_scratch(const struct cajal_convolution *p) {
  return WINOGRAD_POINTS *
      (winograd_stride(p->inner) + winograd_stride(winograd_padded(p->columns)));
}

/// Tiles from ... to of the result, with the kernel from kernel_winograd_kernel.
static void kernel_winograd(
    const struct cajal_convolution *p, const float *kernel, long from, long to, float *scratch) {
  long padded = winograd_padded(p->columns);
  long stride = winograd_stride(p->inner), product_stride = winograd_stride(padded);
  float *products = scratch + WINOGRAD_POINTS * stride;
  for (long start = from; start < to; start += WINOGRAD_TILES) {
    long end = start + WINOGRAD_TILES < to ? start + WINOGRAD_TILES : to;
    winograd_transform_pictures(p, start, end, scratch);
    for (long point = 0; point < WINOGRAD_POINTS; point++) {
      winograd_product(
          p, scratch + point * stride, kernel + point * winograd_kernel_stride(p),
          products + point * product_stride, end - start);
    }
    winograd_transform_result(p, products, start, end);
  }
}

/// Adds to the sums [point, inner, padded columns] over tiles from ... to for the gradient of the
/// kernel.
static void kernel_winograd_sums(
    const struct cajal_convolution *p, const float *gradient, long from, long to, float *sums,
    float *scratch) {
  long padded = winograd_padded(p->columns);
  long stride = winograd_stride(p->inner), gradient_stride = winograd_stride(padded);
  float *gradients = scratch + WINOGRAD_POINTS * stride;
  for (long start = from; start < to; start += WINOGRAD_TILES) {
    long end = start + WINOGRAD_TILES < to ? start + WINOGRAD_TILES : to;
    winograd_transform_pictures(p, start, end, scratch);
    winograd_transform_gradient(p, gradient, start, end, gradients);
    for (long point = 0; point < WINOGRAD_POINTS; point++) {
      winograd_sum(
          p, scratch + point * stride, gradients + point * gradient_stride,
          sums + point * winograd_kernel_stride(p), end - start);
    }
  }
}
