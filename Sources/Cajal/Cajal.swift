@_exported public import CajalAutodiff
@_exported public import CajalCUDA
@_exported public import CajalSupport
@_exported public import CajalImages
@_exported public import CajalLayers
@_exported public import CajalModels
@_exported public import CajalOptimizers
@_exported public import CajalTensor
@_exported public import CajalTraining

#if Problems
  @_exported public import AllenBrainAtlas
  @_exported public import CajalProblems
#endif
