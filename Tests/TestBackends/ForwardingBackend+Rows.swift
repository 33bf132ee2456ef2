package import CajalTensor

extension ForwardingBackend {
  /// Hands it on.
  package func gatherRows(
    _ table: Buffer, _ indices: Buffer, scale: Float, _ result: Buffer, count: Int, width: Int
  ) {
    submit { [table = own(table), indices = own(indices), result = own(result)] base in
      base.gatherRows(table, indices, scale: scale, result, count: count, width: width)
    }
  }

  /// Hands it on.
  package func scatterAddRows(
    _ rows: Buffer, _ indices: Buffer, scale: Float, to table: Buffer, count: Int, width: Int
  ) {
    submit { [rows = own(rows), indices = own(indices), table = own(table)] base in
      base.scatterAddRows(rows, indices, scale: scale, to: table, count: count, width: width)
    }
  }

  /// Hands it on.
  package func softmax(_ x: Buffer, _ result: Buffer, rows: Int, width: Int, logarithm: Bool) {
    submit { [x = own(x), result = own(result)] base in
      base.softmax(x, result, rows: rows, width: width, logarithm: logarithm)
    }
  }

  /// Hands it on.
  package func softmaxGradient(
    y: Buffer, resultGradient: Buffer, _ xGradient: Buffer, rows: Int, width: Int, logarithm: Bool
  ) {
    submit { [y = own(y), resultGradient = own(resultGradient), xGradient = own(xGradient)] base in
      base.softmaxGradient(
        y: y, resultGradient: resultGradient, xGradient, rows: rows, width: width,
        logarithm: logarithm)
    }
  }

  /// Hands it on.
  package func layerNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int,
    width: Int, epsilon: Float
  ) {
    submit {
      [
        x = own(x), scale = own(scale), bias = own(bias), result = own(result),
        statistics = statistics.map(own)
      ] base in
      base.layerNorm(
        x, scale: scale, bias: bias, result, statistics: statistics, rows: rows, width: width,
        epsilon: epsilon)
    }
  }

  /// Hands it on.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, scaleGradient: Buffer, biasGradient: Buffer, rows: Int, width: Int
  ) {
    submit {
      [
        x = own(x), scale = own(scale), statistics = own(statistics),
        resultGradient = own(resultGradient), xGradient = own(xGradient),
        scaleGradient = own(scaleGradient), biasGradient = own(biasGradient)
      ] base in
      base.layerNormGradient(
        x, scale: scale, statistics: statistics, resultGradient: resultGradient, xGradient,
        accumulates: accumulates, scaleGradient: scaleGradient, biasGradient: biasGradient,
        rows: rows, width: width)
    }
  }

  /// Hands it on.
  package func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, rows: Int, width: Int
  ) {
    submit { [logits = own(logits), labels = own(labels), losses = own(losses)] base in
      base.crossEntropy(
        logits: logits, labels: labels, smoothing: smoothing, losses, rows: rows, width: width)
    }
  }

  /// Hands it on.
  package func crossEntropyGradient(
    logits: Buffer, labels: Buffer, smoothing: Float, scale: Buffer, divisor: Float,
    _ logitsGradient: Buffer, rows: Int, width: Int
  ) {
    submit {
      [
        logits = own(logits), labels = own(labels), scale = own(scale),
        logitsGradient = own(logitsGradient)
      ] base in
      base.crossEntropyGradient(
        logits: logits, labels: labels, smoothing: smoothing, scale: scale, divisor: divisor,
        logitsGradient, rows: rows, width: width)
    }
  }

  /// Hands it on.
  package func attention(
    queries: Buffer, keys: Buffer, values: Buffer, _ result: Buffer, logSumExp: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    submit {
      [
        queries = own(queries), keys = own(keys), values = own(values), result = own(result),
        logSumExp = own(logSumExp)
      ] base in
      base.attention(
        queries: queries, keys: keys, values: values, result, logSumExp: logSumExp, geometry,
        dropout: dropout)
    }
  }

  /// Hands it on.
  package func attentionGradient(
    queries: Buffer, keys: Buffer, values: Buffer, result: Buffer, logSumExp: Buffer,
    resultGradient: Buffer, queriesGradient: Buffer, keysGradient: Buffer, valuesGradient: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    submit {
      [
        queries = own(queries), keys = own(keys), values = own(values), result = own(result),
        logSumExp = own(logSumExp), resultGradient = own(resultGradient),
        queriesGradient = own(queriesGradient), keysGradient = own(keysGradient),
        valuesGradient = own(valuesGradient)
      ] base in
      base.attentionGradient(
        queries: queries, keys: keys, values: values, result: result, logSumExp: logSumExp,
        resultGradient: resultGradient, queriesGradient: queriesGradient,
        keysGradient: keysGradient, valuesGradient: valuesGradient, geometry, dropout: dropout)
    }
  }

  /// Hands it on.
  package func cacheAttention(
    keys: Buffer, values: Buffer, at positions: Range<Int>, keyCache: Buffer, valueCache: Buffer,
    _ geometry: AttentionGeometry
  ) {
    submit {
      [
        keys = own(keys), values = own(values), keyCache = own(keyCache),
        valueCache = own(valueCache)
      ] base in
      base.cacheAttention(
        keys: keys, values: values, at: positions, keyCache: keyCache, valueCache: valueCache,
        geometry)
    }
  }

  /// Hands it on.
  package func attentionRow(
    _ row: Int, queries: Buffer, keyCache: Buffer, valueCache: Buffer, _ result: Buffer,
    _ geometry: AttentionGeometry
  ) {
    submit {
      [
        queries = own(queries), keyCache = own(keyCache), valueCache = own(valueCache),
        result = own(result)
      ] base in
      base.attentionRow(
        row, queries: queries, keyCache: keyCache, valueCache: valueCache, result, geometry)
    }
  }
}
