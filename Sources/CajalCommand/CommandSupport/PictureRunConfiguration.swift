import Cajal

/// The configuration of an image transformer's run on a data set of pictures.
typealias PictureRunConfiguration = RunConfiguration<
  Img2ImgTransformer.Configuration, PictureDataRecord
>
