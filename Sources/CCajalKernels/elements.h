// Functions of elements and reductions. Plain loops where the compiler vectorizes them.

#define FOR_EACH(expression) \
  for (long i = 0; i < count; i++) result[i] = (expression); \
  break;

/// Evaluates an expression of the vector `v`; the tail has its own loop, which keeps the main one
/// tight.
#define FOR_EACH_VECTOR(expression) \
  { \
    long i = 0; \
    for (; i + LANES <= count; i += LANES) { \
      vf v = load(x + i); \
      store(result + i, expression); \
    } \
    if (i < count) { \
      vf v = load_some(x + i, count - i, 0); \
      store_some(result + i, expression, count - i); \
    } \
  } \
  break;

/// The normal distribution's Φ(x), and e^(-x²/2) in `bell`.
INLINE vf normal_distribution(vf x, vf *bell) {
  // Beyond 20 the tail is 0. The square in two parts: in its last digits is the relative error of
  // the tail.
  vf size = __builtin_elementwise_abs(x);
  size = size > splat(20) ? splat(20) : size;
  vf high = as_float(as_int(size) & 0x7ffff000), low = size - high;
  vf square = size * size, rest = high * high - square + low * (size + high);
  *bell = exp_full(-0.5f * square) * (1 - 0.5f * rest);
  // Half of e^(z²) erfc(z) for z = |x| / √2 as a polynomial in 1 / (1 + 0.4 z), itself within 2^-26
  // up to 10.5.
  vf t = 1 / multiply_add(size, splat(0.4f * 0.70710678f), splat(1));
  vf p = splat(-0.02869596518576145f);
  p = multiply_add(p, t, splat(0.1931268870830536f));
  p = multiply_add(p, t, splat(-0.48730742931365967f));
  p = multiply_add(p, t, splat(0.5320811867713928f));
  p = multiply_add(p, t, splat(-0.27159231901168823f));
  p = multiply_add(p, t, splat(0.26521140336990356f));
  p = multiply_add(p, t, splat(0.1320468932390213f));
  p = multiply_add(p, t, splat(0.21441276371479034f));
  p = multiply_add(p, t, splat(0.22501277923583984f));
  p = multiply_add(p, t, splat(0.22570379078388214f));
  vf tail = 0.5f * p * t * *bell;
  return x < splat(0) ? tail : 1 - tail;
}

/// x · Φ(x)
INLINE vf gelu(vf x) {
  vf bell;
  return x * normal_distribution(x, &bell);
}

/// Φ(x) + x · φ(x)
INLINE vf gelu_derivative(vf x) {
  vf bell;
  vf distribution = normal_distribution(x, &bell);
  return multiply_add(x * 0.39894228f, bell, distribution);
}

/// 1 / (1 + e⁻ˣ), without overflow on the way.
INLINE vf logistic(vf x) {
  vf e = exp_full(-__builtin_elementwise_abs(x));
  return (x < splat(0) ? e : splat(1)) / (1 + e);
}

/// The derivative of x / (1 + e⁻ˣ).
INLINE vf silu_derivative(vf x) {
  vf s = logistic(x);
  return s * multiply_add(x, 1 - s, splat(1));
}

static void kernel_unary(enum cajal_unary operation, const float *x, float *result, long count) {
  switch (operation) {
    case cajal_negate: FOR_EACH(-x[i])
    case cajal_absolute: FOR_EACH(fabsf(x[i]))
    case cajal_square: FOR_EACH(x[i] * x[i])
    case cajal_square_root: FOR_EACH_VECTOR(__builtin_elementwise_sqrt(v))
    case cajal_reciprocal: FOR_EACH(1 / x[i])
    case cajal_relu: FOR_EACH(x[i] < 0 ? 0 : x[i])
    case cajal_exponential: FOR_EACH_VECTOR(exp_full(v))
    case cajal_logarithm: FOR_EACH_VECTOR(log_full(v))
    case cajal_sigmoid: FOR_EACH_VECTOR(1 / (1 + exp_full(-v)))
    case cajal_hyperbolic_tangent: FOR_EACH(tanhf(x[i]))
    case cajal_softplus: FOR_EACH((x[i] < 0 ? 0 : x[i]) + log1pf(expf(-fabsf(x[i]))))
    case cajal_gelu: FOR_EACH_VECTOR(gelu(v))
    case cajal_silu: FOR_EACH_VECTOR(v * logistic(v))
  }
}

/// Two loops: constant common strides let the compiler vectorize.
#define FOR_EACH_PAIR(expression) \
  for (long row = 0; row < o->extents[0]; row++) { \
    const float *l = o->left + row * o->left_strides[0]; \
    const float *r = o->right + row * o->right_strides[0]; \
    float *result = o->result + row * count; \
    if (ls == 1 && rs == 1) { \
      for (long i = 0; i < count; i++) { float a = l[i], b = r[i]; result[i] = (expression); } \
    } else if (ls == 1 && rs == 0) { \
      float b = r[0]; \
      for (long i = 0; i < count; i++) { float a = l[i]; result[i] = (expression); } \
    } else if (ls == 0 && rs == 1) { \
      float a = l[0]; \
      for (long i = 0; i < count; i++) { float b = r[i]; result[i] = (expression); } \
    } else { \
      for (long i = 0; i < count; i++) { \
        float a = l[i * ls], b = r[i * rs]; \
        result[i] = (expression); \
      } \
    } \
  } \
  break;

/// The same for functions that need vectors, on gathered operands where those are not contiguous.
#define FOR_EACH_VECTOR_PAIR(expression) \
  for (long row = 0; row < o->extents[0]; row++) { \
    const float *l = o->left + row * o->left_strides[0]; \
    const float *r = o->right + row * o->right_strides[0]; \
    float *result = o->result + row * count; \
    for (long i = 0; i < count; i += LANES) { \
      vf a, b; \
      if (ls == 1 && rs == 1) { \
        a = load_some(l + i, count - i, 0); \
        b = load_some(r + i, count - i, 0); \
      } else { \
        float x[LANES], y[LANES]; \
        for (long k = 0; k < LANES; k++) { \
          x[k] = i + k < count ? l[(i + k) * ls] : 0; \
          y[k] = i + k < count ? r[(i + k) * rs] : 0; \
        } \
        a = load(x); \
        b = load(y); \
      } \
      store_some(result + i, expression, count - i); \
    } \
  } \
  break;

static void kernel_binary(enum cajal_binary operation, const struct cajal_binary_operands *o) {
  long count = o->extents[1], ls = o->left_strides[1], rs = o->right_strides[1];
  switch (operation) {
    case cajal_add: FOR_EACH_PAIR(a + b)
    case cajal_subtract: FOR_EACH_PAIR(a - b)
    case cajal_multiply: FOR_EACH_PAIR(a * b)
    case cajal_divide: FOR_EACH_PAIR(a / b)
    case cajal_maximum: FOR_EACH_PAIR(a > b || a != a ? a : b)
    case cajal_minimum: FOR_EACH_PAIR(a < b || a != a ? a : b)
    case cajal_where_second_positive: FOR_EACH_PAIR(b > 0 ? a : 0)
    case cajal_gelu_gradient: FOR_EACH_VECTOR_PAIR(a * gelu_derivative(b))
    case cajal_silu_gradient: FOR_EACH_VECTOR_PAIR(a * silu_derivative(b))
  }
}

static void kernel_affine(const float *x, float scale, float offset, float *result, long count) {
  for (long i = 0; i < count; i++) result[i] = scale * x[i] + offset;
}

static void kernel_add_scaled(const float *x, float scale, float *result, long count) {
  for (long i = 0; i < count; i++) result[i] += scale * x[i];
}

/// Blocks of 64 rows are summed separately first, which bounds the error growth with the length.
static void kernel_sum_rows(
    const float *x, long length, long inner, long stride, float *result) {
  enum { RUN = 64 };
  for (long j = 0; j < inner; j += LANES) {
    long some = inner - j;
    vf total = splat(0);
    for (long start = 0; start < length; start += RUN) {
      long end = start + RUN < length ? start + RUN : length;
      vf sum = splat(0);
      for (long i = start; i < end; i++) sum += load_some(x + i * stride + j, some, 0);
      total += sum;
    }
    store_some(result + j, total, some);
  }
}

static void kernel_maximum_rows(
    const float *x, long length, long inner, long stride, float *result) {
  for (long j = 0; j < inner; j++) result[j] = -INFINITY;
  for (long i = 0; i < length; i++) {
    const float *row = x + i * stride;
    for (long j = 0; j < inner; j++) {
      result[j] = row[j] > result[j] || row[j] != row[j] ? row[j] : result[j];
    }
  }
}

static float kernel_sum(const float *x, long count) {
  enum { RUN = 1024 };
  float total = 0;
  for (long i = 0; i < count; i += RUN) total += row_sum(x + i, count - i < RUN ? count - i : RUN);
  return total;
}

static float kernel_maximum(const float *x, long count) {
  float result;
  kernel_maximum_rows(x, count, 1, 1, &result);
  return result;
}

static double kernel_sum_of_squares(const float *x, long count) {
  typedef double vd __attribute__((ext_vector_type(LANES)));
  vd sum = 0;
  for (long i = 0; i < count; i += LANES) {
    vd v = __builtin_convertvector(load_some(x + i, count - i, 0), vd);
    sum += v * v;
  }
  double lanes[LANES], total = 0;
  memcpy(lanes, &sum, sizeof lanes);
  for (int i = 0; i < LANES; i++) total += lanes[i];
  return total;
}

static void kernel_strided_copy(
    const float *x, const long *strides, float *result, long rows, long columns) {
  if (strides[0] == 1 && strides[1] > 1) {
    transpose(x, strides[1], columns, rows, 1, result, columns);
    return;
  }
  for (long i = 0; i < rows; i++, result += columns) {
    const float *row = x + i * strides[0];
    if (strides[1] == 1) {
      memcpy(result, row, sizeof(float) * columns);
    } else {
      for (long j = 0; j < columns; j++) result[j] = row[j * strides[1]];
    }
  }
}

static void kernel_adam(
    float *parameters, const float *gradients, float *first_moments, float *second_moments,
    const struct cajal_adam *step, long count) {
  struct cajal_adam s = *step;
  for (long i = 0; i < count; i += LANES) {
    long some = count - i;
    vf g = load_some(gradients + i, some, 0) * s.gradient_scale;
    vf w = load_some(parameters + i, some, 0);
    vf m = load_some(first_moments + i, some, 0) * s.beta1 + g * (1 - s.beta1);
    vf v = load_some(second_moments + i, some, 0) * s.beta2 + g * g * (1 - s.beta2);
    store_some(first_moments + i, m, some);
    store_some(second_moments + i, v, some);
    w -= m / (__builtin_elementwise_sqrt(v) + s.epsilon) * s.step_size + w * s.decay;
    store_some(parameters + i, w, some);
  }
}

static void kernel_momentum(
    float *parameters, const float *gradients, float *momenta, float learning_rate, float momentum,
    float gradient_scale, int nesterov, long count) {
  for (long i = 0; i < count; i++) {
    float g = gradient_scale * gradients[i];
    float m = momentum * momenta[i] + g;
    momenta[i] = m;
    parameters[i] -= learning_rate * (nesterov ? g + momentum * m : m);
  }
}

static void kernel_moving_average(const float *x, float *average, float decay, long count) {
  for (long i = 0; i < count; i++) average[i] += (1 - decay) * (x[i] - average[i]);
}
