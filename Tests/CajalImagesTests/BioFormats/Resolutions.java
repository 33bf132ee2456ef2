import java.nio.file.Files;
import java.nio.file.Path;
import loci.common.DebugTools;
import loci.formats.ImageReader;
import loci.formats.MetadataTools;
import loci.formats.meta.IMetadata;

/** Prints the width, height and channels of every resolution of a picture, and the size of a pixel. */
public class Resolutions {
  /** Takes a picture, and a prefix: the values of resolution 0 are written to PREFIX-0, rows of interleaved channels. */
  public static void main(String[] arguments) throws Exception {
    DebugTools.setRootLevel("ERROR");
    IMetadata metadata = MetadataTools.createOMEXMLMetadata();
    try (ImageReader reader = new ImageReader()) {
      reader.setMetadataStore(metadata);
      reader.setFlattenedResolutions(false);
      reader.setId(arguments[0]);
      for (int index = 0; index < reader.getResolutionCount(); index++) {
        reader.setResolution(index);
        int channels = reader.getRGBChannelCount();
        System.out.println(reader.getSizeX() + " " + reader.getSizeY() + " " + channels);
        byte[] values = reader.openBytes(0);
        Files.write(
            Path.of(arguments[1] + "-" + index), reader.isInterleaved() ? values : interleaved(values, channels));
      }
    }
    System.out.println(
        metadata.getPixelsPhysicalSizeX(0).value() + " " + metadata.getPixelsPhysicalSizeX(0).unit().getSymbol() + " "
            + metadata.getPixelsPhysicalSizeY(0).value() + " " + metadata.getPixelsPhysicalSizeY(0).unit().getSymbol());
  }

  private static byte[] interleaved(byte[] planes, int channels) {
    byte[] values = new byte[planes.length];
    int pixels = planes.length / channels;
    for (int index = 0; index < planes.length; index++) {
      values[index % pixels * channels + index / pixels] = planes[index];
    }
    return values;
  }
}
