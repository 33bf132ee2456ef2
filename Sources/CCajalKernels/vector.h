// Vectors of LANES Floats: loads, stores, choices, sums over lanes, exponentials and logarithms.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// LANES Floats, and as many integers.
typedef float vf __attribute__((ext_vector_type(LANES)));
typedef int32_t vi __attribute__((ext_vector_type(LANES)));
typedef uint32_t vu __attribute__((ext_vector_type(LANES)));
/// Four Floats, whatever the level.
typedef float quad __attribute__((ext_vector_type(4)));

INLINE vf load(const float *p) {
  vf x;
  memcpy(&x, p, sizeof x);
  return x;
}

INLINE void store(float *p, vf x) { memcpy(p, &x, sizeof x); }

/// The first `count` elements, at most LANES; the other lanes get `fill`.
INLINE vf load_some(const float *p, long count, float fill) {
  if (count >= LANES) return load(p);
  float x[LANES];
  for (int i = 0; i < LANES; i++) x[i] = i < count ? p[i] : fill;
  return load(x);
}

/// Stores the first `count` lanes, at most LANES.
INLINE void store_some(float *p, vf x, long count) {
  if (count >= LANES) {
    store(p, x);
    return;
  }
  float lanes[LANES];
  store(lanes, x);
  for (int i = 0; i < count; i++) p[i] = lanes[i];
}

INLINE vf splat(float x) { return (vf)x; }

/// a * b + c, rounded once where the level can.
INLINE vf multiply_add(vf a, vf b, vf c) {
#if FUSED_MULTIPLY_ADD
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// The maximum; `b` if either is NaN.
INLINE vf larger(vf a, vf b) { return a > b ? a : b; }

/// The bits of one type as another: a cast between vectors does not convert.
INLINE vf as_float(vi x) { return (vf)x; }
INLINE vi as_int(vf x) { return (vi)x; }

#if LANES == 16
#define FOLD_TO_QUAD(x, combine) \
  float __attribute__((ext_vector_type(8))) half = combine(x.lo, x.hi); \
  quad q = combine(half.lo, half.hi);
#elif LANES == 8
#define FOLD_TO_QUAD(x, combine) quad q = combine(x.lo, x.hi);
#else
#define FOLD_TO_QUAD(x, combine) quad q = x;
#endif
#define SUM_OF(a, b) ((a) + (b))
#define LARGER_OF(a, b) ((a) > (b) ? (a) : (b))

/// The sum of the lanes, as a balanced tree.
INLINE float sum_lanes(vf x) {
  FOLD_TO_QUAD(x, SUM_OF)
  return (q.x + q.z) + (q.y + q.w);
}

/// The largest lane.
INLINE float largest_lane(vf x) {
  FOLD_TO_QUAD(x, LARGER_OF)
  float a = LARGER_OF(q.x, q.z), b = LARGER_OF(q.y, q.w);
  return LARGER_OF(a, b);
}

/// 2^x for x up to 127, with a relative error below 3 * 2^-24; below -126.5 the result is 0, of NaN
/// it is NaN.
INLINE vf exp2_flushing(vf x) {
  // Adding 1.5 * 2^23 rounds to an integer; the 127 more leave the biased exponent in the low bits.
  const vf rounder = splat(12582912.f + 127.f);
  x = larger(splat(-127.f), x);
  vf shifted = x + rounder;
  vf f = x - (shifted - rounder);
  // Minimax polynomial on [-0.5, 0.5] with constant term 1, itself within 1.6 * 2^-24.
  vf p = splat(0x1.5bba24p-10f);
  p = multiply_add(p, f, splat(0x1.3cea9p-7f));
  p = multiply_add(p, f, splat(0x1.c6b752p-5f));
  p = multiply_add(p, f, splat(0x1.ebf9bcp-3f));
  p = multiply_add(p, f, splat(0x1.62e42ap-1f));
  p = multiply_add(p, f, splat(1));
  return p * as_float(as_int(shifted) << 23);
}

/// e^x over the whole range, with infinities, NaN and gradual underflow.
INLINE vf exp_full(vf x) {
  const vf rounder = splat(12582912.f);
  x = x < splat(-104.f) ? splat(-104.f) : x;
  x = x > splat(89.f) ? splat(89.f) : x;
  vf shifted = multiply_add(x, splat(0x1.715476p+0f), rounder);
  vf n = shifted - rounder;
  // ln 2 in two parts, the first short enough for its product with n to be exact.
  vf r = multiply_add(n, splat(-0.693359375f), x);
  r = multiply_add(n, splat(2.12194440e-4f), r);
  vf p = splat(0.0013933643f);
  p = multiply_add(p, r, splat(0.0083691510f));
  p = multiply_add(p, r, splat(0.0416664874f));
  p = multiply_add(p, r, splat(0.1666652318f));
  p = multiply_add(p, r, splat(0.5f));
  p = multiply_add(p, r * r, r) + 1;
  // 2^n in two steps, as n may be outside of the exponents of normal numbers.
  vi whole = (as_int(shifted) << 9) >> 9;
  vi first = whole >> 1;
  vi second = whole - first;
  return p * as_float((first + 127) << 23) * as_float((second + 127) << 23);
}

/// ln x over the whole range: -infinity at 0, NaN below.
INLINE vf log_full(vf x) {
  vi tiny = x < splat(FLT_MIN);
  vf scaled = tiny ? x * 0x1p23f : x;
  // x = m * 2^e with m in [√½, √2).
  vi bits = as_int(scaled) - 0x3f3504f3;
  vf e = __builtin_convertvector((bits >> 23) - (tiny & 23), vf);
  vf f = as_float((bits & 0x007fffff) + 0x3f3504f3) - 1;
  // ln(1 + f) = f - f²/2 + s (f²/2 + R(s²)) with s = f / (2 + f).
  vf s = f / (f + 2);
  vf z = s * s;
  vf r = splat(2.f / 9);
  r = multiply_add(r, z, splat(2.f / 7));
  r = multiply_add(r, z, splat(2.f / 5));
  r = multiply_add(r, z, splat(2.f / 3)) * z;
  vf h = f * f * 0.5f;
  vf result = multiply_add(e, splat(-2.12194440e-4f), s * (h + r)) - h + f;
  result = multiply_add(e, splat(0.693359375f), result);
  result = x == splat(INFINITY) ? x : result;
  result = x == splat(0) ? splat(-INFINITY) : result;
  vi invalid = (x < splat(0)) | (x != x);
  return invalid ? splat(NAN) : result;
}

/// Transposes 4 x 4 elements: result[j * result_row + i] = scale * x[i * x_row + j].
INLINE void transpose_4x4(const float *x, long x_row, float scale, float *result, long result_row) {
  quad r[4];
  UNROLL for (int i = 0; i < 4; i++) {
    memcpy(&r[i], x + i * x_row, sizeof r[i]);
    r[i] *= scale;
  }
  quad a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  quad b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  quad c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  quad d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  r[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  r[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
  UNROLL for (int i = 0; i < 4; i++) memcpy(result + i * result_row, &r[i], sizeof r[i]);
}

/// Blocks of four start at 0, 4, ...; the last one ends at `count`, overlapping its neighbor if
/// necessary.
INLINE long block_of_four(long i, long count) { return i + 4 <= count ? i : count - 4; }

/// result[j * result_row + i] = scale * x[i * x_row + j] for i < rows, j < columns.
static void transpose(
    const float *x, long x_row, long rows, long columns, float scale, float *result,
    long result_row) {
  if (rows < 4 || columns < 4) {
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < columns; j++) result[j * result_row + i] = scale * x[i * x_row + j];
    }
    return;
  }
  for (long i = 0; i < rows; i += 4) {
    long row = block_of_four(i, rows);
    for (long j = 0; j < columns; j += 4) {
      long column = block_of_four(j, columns);
      transpose_4x4(
          x + row * x_row + column, x_row, scale, result + column * result_row + row, result_row);
    }
  }
}
