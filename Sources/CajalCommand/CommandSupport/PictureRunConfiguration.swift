import Cajal

/// The configuration of a model's run on a data set of pictures.
typealias PictureRunConfiguration<M: Model> = RunConfiguration<M.Configuration, PictureDataRecord>
