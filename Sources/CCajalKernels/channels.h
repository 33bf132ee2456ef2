// Pictures `[position, channel]`: norms of groups of channels, and blocks of positions.

/// result[channel] = sum over positions of (x - mean of the channel's group)²
static void channel_squares(
    const float *x, const float *means, float *result, long positions, long channels) {
  enum { RUN = 64 };
  for (long c = 0; c < channels; c += LANES) {
    long some = channels - c;
    vf mean = load_some(means + c, some, 0), total = splat(0);
    for (long start = 0; start < positions; start += RUN) {
      long end = start + RUN < positions ? start + RUN : positions;
      vf sum = splat(0);
      for (long i = start; i < end; i++) {
        vf difference = load_some(x + i * channels + c, some, 0) - mean;
        sum = multiply_add(difference, difference, sum);
      }
      total += sum;
    }
    store_some(result + c, total, some);
  }
}

/// Group normalization of one picture. Scratch has 2 * channels elements.
static void kernel_group_norm(
    const float *x, const float *scale, const float *bias, float *result, float *statistics,
    long positions, long channels, long groups, float epsilon, float *scratch) {
  float *sums = scratch, *factors = scratch + channels;
  long width = channels / groups;
  float count = (float)positions * (float)width;
  kernel_sum_rows(x, positions, channels, channels, sums);
  for (long g = 0; g < groups; g++) {
    float mean = kernel_sum(sums + g * width, width) / count;
    statistics[2 * g] = mean;
    for (long c = g * width; c < (g + 1) * width; c++) sums[c] = mean;
  }
  channel_squares(x, sums, factors, positions, channels);
  for (long g = 0; g < groups; g++) {
    float inverse = 1 / sqrtf(kernel_sum(factors + g * width, width) / count + epsilon);
    statistics[2 * g + 1] = inverse;
    for (long c = g * width; c < (g + 1) * width; c++) factors[c] = inverse * scale[c];
  }
  for (long i = 0; i < positions; i++, x += channels, result += channels) {
    for (long c = 0; c < channels; c++) result[c] = (x[c] - sums[c]) * factors[c] + bias[c];
  }
}

/// Sums over positions of a gradient, and of the gradient times the normalized value, by channel.
static void channel_gradients(
    const float *x, const float *gradient, const float *means, const float *inverses, float *sums,
    float *products, long positions, long channels) {
  enum { RUN = 64 };
  for (long c = 0; c < channels; c += LANES) {
    long some = channels - c;
    vf mean = load_some(means + c, some, 0), inverse = load_some(inverses + c, some, 0);
    vf total = splat(0), total_product = splat(0);
    for (long start = 0; start < positions; start += RUN) {
      long end = start + RUN < positions ? start + RUN : positions;
      vf sum = splat(0), product = splat(0);
      for (long i = start; i < end; i++) {
        vf g = load_some(gradient + i * channels + c, some, 0);
        sum += g;
        product = multiply_add(
            g, (load_some(x + i * channels + c, some, 0) - mean) * inverse, product);
      }
      total += sum;
      total_product += product;
    }
    store_some(sums + c, total, some);
    store_some(products + c, total_product, some);
  }
}

/// The gradients of group normalization of one picture; those of scale and bias are overwritten.
/// Scratch has 4 * channels elements.
static void kernel_group_norm_gradient(
    const float *x, const float *scale, const float *statistics, const float *gradient,
    float *x_gradient, float *scale_gradient, float *bias_gradient, long positions, long channels,
    long groups, float *scratch) {
  float *means = scratch, *inverses = scratch + channels;
  float *offsets = scratch + 2 * channels, *slopes = scratch + 3 * channels;
  long width = channels / groups;
  float count = (float)positions * (float)width;
  for (long c = 0; c < channels; c++) {
    means[c] = statistics[2 * (c / width)];
    inverses[c] = statistics[2 * (c / width) + 1];
  }
  channel_gradients(
      x, gradient, means, inverses, bias_gradient, scale_gradient, positions, channels);
  for (long g = 0; g < groups; g++) {
    float sum = 0, product = 0;
    for (long c = g * width; c < (g + 1) * width; c++) {
      sum += bias_gradient[c] * scale[c];
      product += scale_gradient[c] * scale[c];
    }
    for (long c = g * width; c < (g + 1) * width; c++) {
      offsets[c] = sum / count;
      slopes[c] = product / count;
    }
  }
  for (long i = 0; i < positions;
       i++, x += channels, gradient += channels, x_gradient += channels) {
    for (long c = 0; c < channels; c++) {
      float normal = (x[c] - means[c]) * inverses[c];
      x_gradient[c] = inverses[c] * (gradient[c] * scale[c] - offsets[c] - normal * slopes[c]);
    }
  }
}

/// One row of results: scale times the sum of blocks of `factor` by `factor` positions.
static void kernel_sum_blocks(
    const float *x, float scale, float *result, long columns, long channels, long factor) {
  for (long column = 0; column < columns; column++, result += channels) {
    const float *block = x + column * factor * channels;
    for (long c = 0; c < channels; c++) result[c] = 0;
    for (long i = 0; i < factor; i++) {
      const float *row = block + i * columns * factor * channels;
      for (long j = 0; j < factor; j++, row += channels) {
        for (long c = 0; c < channels; c++) result[c] += row[c];
      }
    }
    for (long c = 0; c < channels; c++) result[c] *= scale;
  }
}

/// One row of positions: scale times each, `factor` by `factor` times.
static void kernel_repeat_blocks(
    const float *x, float scale, float *result, long columns, long channels, long factor) {
  float *first = result;
  for (long column = 0; column < columns; column++, x += channels) {
    for (long j = 0; j < factor; j++, result += channels) {
      for (long c = 0; c < channels; c++) result[c] = scale * x[c];
    }
  }
  long row = columns * factor * channels;
  for (long i = 1; i < factor; i++) memcpy(first + i * row, first, sizeof(float) * row);
}
