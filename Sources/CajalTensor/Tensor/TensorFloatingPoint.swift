/// A floating-point number that tensors hold: `Float`, `Double`, `Float16` or ``BFloat16``.
public protocol TensorFloatingPoint: TensorNumeric, SignedNumeric, ExpressibleByFloatLiteral {}
