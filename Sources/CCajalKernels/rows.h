// Functions of rows: softmax, layer normalization, cross-entropy, gather and scatter.

static float row_maximum(const float *x, long width) {
  vf m = splat(-INFINITY);
  for (long j = 0; j < width; j += LANES) m = larger(load_some(x + j, width - j, -INFINITY), m);
  return largest_lane(m);
}

static float row_sum(const float *x, long width) {
  vf sum = splat(0);
  for (long j = 0; j < width; j += LANES) sum += load_some(x + j, width - j, 0);
  return sum_lanes(sum);
}

static float row_product(const float *x, const float *y, long width) {
  vf sum = splat(0);
  for (long j = 0; j < width; j += LANES) {
    sum = multiply_add(load_some(x + j, width - j, 0), load_some(y + j, width - j, 0), sum);
  }
  return sum_lanes(sum);
}

/// The sum of e^(x - maximum); the terms are stored in `terms` when it is not null.
static float row_exponentials(const float *x, long width, float maximum, float *terms) {
  vf sum = splat(0);
  for (long j = 0; j < width; j += LANES) {
    vf term = exp_full(load_some(x + j, width - j, -INFINITY) - maximum);
    if (width - j < LANES) {
      // Lanes beyond the end: -infinity - maximum may be NaN.
      float lanes[LANES];
      store(lanes, term);
      term = load_some(lanes, width - j, 0);
    }
    sum += term;
    if (terms) store_some(terms + j, term, width - j);
  }
  return sum_lanes(sum);
}

static void kernel_softmax(const float *x, float *result, long rows, long width, int logarithm) {
  for (long i = 0; i < rows; i++, x += width, result += width) {
    float maximum = row_maximum(x, width);
    if (logarithm) {
      float log_sum = maximum + logf(row_exponentials(x, width, maximum, NULL));
      for (long j = 0; j < width; j++) result[j] = x[j] - log_sum;
    } else {
      float factor = 1 / row_exponentials(x, width, maximum, result);
      for (long j = 0; j < width; j++) result[j] *= factor;
    }
  }
}

static void kernel_softmax_gradient(
    const float *y, const float *result_gradient, float *x_gradient, long rows, long width,
    int logarithm) {
  for (long i = 0; i < rows; i++) {
    const float *p = y + i * width, *g = result_gradient + i * width;
    float *r = x_gradient + i * width;
    if (logarithm) {
      vf sum = splat(row_sum(g, width));
      for (long j = 0; j < width; j += LANES) {
        vf weight = exp_full(load_some(p + j, width - j, 0));
        store_some(r + j, load_some(g + j, width - j, 0) - weight * sum, width - j);
      }
    } else {
      float sum = row_product(p, g, width);
      for (long j = 0; j < width; j++) r[j] = p[j] * (g[j] - sum);
    }
  }
}

static void kernel_layer_norm(
    const float *x, const float *scale, const float *bias, float *result, float *statistics,
    long rows, long width, float epsilon) {
  for (long i = 0; i < rows; i++, x += width, result += width) {
    float mean = row_sum(x, width) / width;
    vf squares = splat(0);
    for (long j = 0; j < width; j += LANES) {
      vf difference = load_some(x + j, width - j, mean) - mean;
      squares = multiply_add(difference, difference, squares);
    }
    float inverse = 1 / sqrtf(sum_lanes(squares) / width + epsilon);
    statistics[2 * i] = mean;
    statistics[2 * i + 1] = inverse;
    for (long j = 0; j < width; j++) result[j] = (x[j] - mean) * inverse * scale[j] + bias[j];
  }
}

static void kernel_layer_norm_gradient(
    const float *x, const float *scale, const float *statistics, const float *result_gradient,
    float *x_gradient, float *scale_gradient, float *bias_gradient, long rows, long width) {
  for (long i = 0; i < rows; i++) {
    const float *p = x + i * width, *g = result_gradient + i * width;
    float *r = x_gradient + i * width;
    float mean = statistics[2 * i], inverse = statistics[2 * i + 1];
    vf sums = splat(0), products = splat(0);
    for (long j = 0; j < width; j += LANES) {
      long some = width - j;
      vf normal = (load_some(p + j, some, mean) - mean) * inverse;
      vf gradient = load_some(g + j, some, 0);
      store_some(
          scale_gradient + j,
          multiply_add(gradient, normal, load_some(scale_gradient + j, some, 0)), some);
      store_some(bias_gradient + j, gradient + load_some(bias_gradient + j, some, 0), some);
      vf scaled = gradient * load_some(scale + j, some, 0);
      sums += scaled;
      products = multiply_add(scaled, normal, products);
    }
    float mean_gradient = sum_lanes(sums) / width, mean_product = sum_lanes(products) / width;
    for (long j = 0; j < width; j++) {
      float normal = (p[j] - mean) * inverse;
      r[j] = inverse * (g[j] * scale[j] - mean_gradient - normal * mean_product);
    }
  }
}

/// The probability of every class but the label under label smoothing.
static double probability_elsewhere(double smoothing, long width) {
  return width > 1 ? smoothing / (double)(width - 1) : 0;
}

static void kernel_cross_entropy(
    const float *logits, const int32_t *labels, float smoothing, float *losses, long rows,
    long width) {
  double on_label = 1 - (double)smoothing;
  double elsewhere = probability_elsewhere(smoothing, width);
  double entropy = -((on_label > 0 ? on_label * log(on_label) : 0) +
                     (double)(width - 1) * elsewhere * log(elsewhere + 1e-20));
  for (long i = 0; i < rows; i++, logits += width) {
    float maximum = row_maximum(logits, width);
    double log_sum = logf(row_exponentials(logits, width, maximum, NULL));
    // Differences from the maximum are small, so their sum keeps its precision.
    double label = (double)logits[labels[i]] - maximum;
    double loss = on_label > 0 ? on_label * (log_sum - label) : 0;
    if (elsewhere > 0) {
      vf differences = splat(0);
      for (long j = 0; j < width; j += LANES) {
        differences += load_some(logits + j, width - j, maximum) - maximum;
      }
      double others = (double)sum_lanes(differences) - label;
      loss += elsewhere * ((double)(width - 1) * log_sum - others);
    }
    losses[i] = (float)(loss - entropy);
  }
}

static void kernel_cross_entropy_gradient(
    const float *logits, const int32_t *labels, float smoothing, float scale, float *gradient,
    long rows, long width) {
  float elsewhere = (float)probability_elsewhere(smoothing, width);
  float on_label = 1 - smoothing;
  for (long i = 0; i < rows; i++, logits += width, gradient += width) {
    float total = row_exponentials(logits, width, row_maximum(logits, width), gradient);
    float factor = scale / total, offset = scale * elsewhere;
    float label = scale * (gradient[labels[i]] / total - on_label);
    for (long j = 0; j < width; j++) gradient[j] = gradient[j] * factor - offset;
    gradient[labels[i]] = label;
  }
}

static void kernel_gather_rows(
    const float *table, const int32_t *indices, float scale, float *result, long count,
    long width) {
  for (long i = 0; i < count; i++, result += width) {
    if (indices[i] < 0) {
      memset(result, 0, (size_t)width * sizeof(float));
      continue;
    }
    const float *row = table + indices[i] * width;
    for (long j = 0; j < width; j++) result[j] = scale * row[j];
  }
}

static void kernel_scatter_add_rows(
    const float *rows, const int32_t *indices, float scale, float *table, long count, long width) {
  for (long i = 0; i < count; i++, rows += width) {
    if (indices[i] < 0) continue;
    float *row = table + indices[i] * width;
    for (long j = 0; j < width; j++) row[j] += scale * rows[j];
  }
}
