using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>How bytes become numbers: value = (byte - mean) * contrast * scale / deviation + illumination.</summary>
public sealed class ImageNormalizeParameters
{
    private static readonly string[] s_channels = ["r", "g", "b", "a"];

    /// <summary>Whether every image is mirrored.</summary>
    public bool Mirror;

    /// <summary>Whether half of the images, at random, are mirrored.</summary>
    public bool RandomMirror;

    /// <summary>A file with an image that is subtracted; if there is none, it is made of the mean over all images.</summary>
    public string MeanImage = "";

    /// <summary>Subtracted from red, green, blue and opacity, unless there is a mean image.</summary>
    public float[] Mean { get; } = new float[4];

    /// <summary>What red, green, blue and opacity are divided by.</summary>
    public float[] Deviation { get; }

    /// <summary>Multiplies every value.</summary>
    public float Scale = 1;

    /// <summary>Most that the contrast changes, either way.</summary>
    public float MaxRandomContrast;

    /// <summary>Most that is added, either way.</summary>
    public float MaxRandomIllumination;

    internal ImageNormalizeParameters(float deviation) => Deviation = [deviation, deviation, deviation, deviation];

    /// <param name="reader">Where from.</param>
    /// <param name="augments">Whether mirroring, contrast and illumination are among the parameters.</param>
    internal void Read(AttributeReader reader, bool augments)
    {
        if (augments)
        {
            reader.Optional("mirror", ref Mirror);
            reader.Optional("rand_mirror", ref RandomMirror);
        }

        reader.Optional("mean_img", ref MeanImage);
        for (int i = 0; i < s_channels.Length; i++)
        {
            reader.Optional("mean_" + s_channels[i], ref Mean[i]);
        }

        for (int i = 0; i < s_channels.Length; i++)
        {
            reader.Optional("std_" + s_channels[i], ref Deviation[i]);
        }

        reader.Optional("scale", ref Scale);
        if (augments)
        {
            reader.Optional("max_random_contrast", ref MaxRandomContrast);
            reader.Optional("max_random_illumination", ref MaxRandomIllumination);
        }
    }
}
