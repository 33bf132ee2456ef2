import CajalSupport

extension RestorationHyperparameters: ModelHyperparameters {
  /// For two minutes of training, as in the demo.
  public static var small: Self {
    Self().with {
      $0.trunkWidth = 48
      $0.trunkBlocks = 4
      $0.headWidth = 64
      $0.headLayers = 2
      $0.headFeatures = 16
      $0.trunkLearningRate = 2e-3
    }
  }

  /// For half an hour of training: the best answer to most pictures.
  public static var base: Self { Self() }

  /// For hours of training, on many sections.
  public static var large: Self {
    Self().with {
      $0.trunkWidth = 128
      $0.trunkBlocks = 8
      $0.headWidth = 192
    }
  }

  /// A transformer as trunk, with as many parameters as the convolutions of ``base``.
  public static var transformer: Self {
    Self().with {
      $0.trunk = .transformer
      $0.trunkWidth = 128
      $0.trunkBlocks = 6
    }
  }

  /// pix2pix' generator, at the size of the published one where pictures allow it.
  public static var uNet: Self {
    Self().with {
      $0.trunk = .uNet
      $0.trunkWidth = 64
    }
  }

  /// A U-Net with about as many parameters as the convolutions of ``base``.
  public static var uNetSmall: Self {
    Self().with {
      $0.trunk = .uNet
      $0.trunkWidth = 18
    }
  }

  /// The sets, the default first.
  public static var sets: [NamedSet] {
    [
      ("restoration_base", base), ("restoration_small", small), ("restoration_large", large),
      ("restoration_transformer", transformer), ("restoration_u_net", uNet),
      ("restoration_u_net_small", uNetSmall),
    ]
  }
}
