using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Which objects stay after an image was cut.</summary>
public enum CropEmitMode
{
    /// <summary>Those whose middle is inside.</summary>
    Center,

    /// <summary>Those of which more than a share is inside.</summary>
    Overlap,
}

/// <summary>How an image is fitted into a batch's size.</summary>
public enum DetectionResizeMode
{
    /// <summary>To the size, whatever its proportions.</summary>
    Force,

    /// <summary>Only if it is larger, in proportion.</summary>
    Shrink,

    /// <summary>To the largest that fits, in proportion.</summary>
    Fit,
}

/// <summary>Parameters of the augmentation of images with objects in them. Areas and places are shares of the image.</summary>
public sealed class DetectionAugmentParameters
{
    /// <summary>Length that the shorter edge gets first; -1 for none.</summary>
    public int Resize = -1;

    /// <summary>How often images are cut.</summary>
    public float CropProbability;

    /// <summary>For each way of cutting: least and most of the part's scale, of its aspect ratio, of its overlap with an object
    /// (intersection over union), of its share that is object, of the object's share that is inside.</summary>
    public CropSampler[] Samplers { get; private set; } = [];

    /// <summary>Which objects stay.</summary>
    public CropEmitMode EmitMode;

    /// <summary>The share of <see cref="CropEmitMode.Overlap"/>.</summary>
    public float EmitThreshold = 0.3f;

    /// <summary>How often images get a frame.</summary>
    public float PadProbability;

    /// <summary>Most that a frame enlarges the image by.</summary>
    public float MaxPadScale = 1;

    /// <summary>Most to add to the hue, and how often.</summary>
    public int MaxHue;

    /// <summary>How often the hue changes.</summary>
    public float HueProbability;

    /// <summary>Most to add to the saturation.</summary>
    public int MaxSaturation;

    /// <summary>How often the saturation changes.</summary>
    public float SaturationProbability;

    /// <summary>Most to add to the lightness.</summary>
    public int MaxLightness;

    /// <summary>How often the lightness changes.</summary>
    public float LightnessProbability;

    /// <summary>Most that the contrast changes.</summary>
    public float MaxContrast;

    /// <summary>How often the contrast changes.</summary>
    public float ContrastProbability;

    /// <summary>How often images are mirrored.</summary>
    public float MirrorProbability;

    /// <summary>What stands in a frame.</summary>
    public int FillValue = 127;

    /// <summary>How values between pixels are found.</summary>
    public int Method = 1;

    /// <summary>How an image is fitted into a batch's size.</summary>
    public DetectionResizeMode ResizeMode;

    internal bool ChangesColors =>
        HueProbability > 0 || SaturationProbability > 0 || LightnessProbability > 0 || ContrastProbability > 0;

    internal void Read(AttributeReader reader)
    {
        reader.Optional("resize", ref Resize);
        reader.Check(Resize is -1 or (> 0 and <= 1 << 20), "resize", Resize, "-1, or from 1 to 1048576");
        reader.Optional("rand_crop_prob", ref CropProbability);
        ReadSamplers(reader);
        reader.Optional("crop_emit_mode", ref EmitMode, "center", "overlap");
        reader.Optional("emit_overlap_thresh", ref EmitThreshold);
        reader.Check(EmitThreshold >= 0, "emit_overlap_thresh", EmitThreshold, "0 or more");
        reader.Optional("rand_pad_prob", ref PadProbability);
        reader.Optional("max_pad_scale", ref MaxPadScale);
        reader.Check(MaxPadScale <= 64, "max_pad_scale", MaxPadScale, "at most 64");
        reader.Optional("max_random_hue", ref MaxHue);
        reader.Optional("random_hue_prob", ref HueProbability);
        reader.Optional("max_random_saturation", ref MaxSaturation);
        reader.Optional("random_saturation_prob", ref SaturationProbability);
        reader.Optional("max_random_illumination", ref MaxLightness);
        reader.Optional("random_illumination_prob", ref LightnessProbability);
        reader.Optional("max_random_contrast", ref MaxContrast);
        reader.Optional("random_contrast_prob", ref ContrastProbability);
        reader.Optional("rand_mirror_prob", ref MirrorProbability);
        reader.Optional("fill_value", ref FillValue);
        ImageMethods.Read(reader, ref Method);
        reader.Optional("resize_mode", ref ResizeMode, "force", "shrink", "fit");
    }

    private void ReadSamplers(AttributeReader reader)
    {
        const int MostSamplers = 1024;
        int count = 1;
        float[][] bounds =
        [
            [0],
            [1],
            [1],
            [1],
            [0],
            [1],
            [0],
            [1],
            [0],
            [1],
        ];
        string[] names =
        [
            "min_crop_scales",
            "max_crop_scales",
            "min_crop_aspect_ratios",
            "max_crop_aspect_ratios",
            "min_crop_overlaps",
            "max_crop_overlaps",
            "min_crop_sample_coverages",
            "max_crop_sample_coverages",
            "min_crop_object_coverages",
            "max_crop_object_coverages",
        ];
        for (int i = 0; i < names.Length; i++)
        {
            reader.Optional(names[i], ref bounds[i]);
        }

        reader.Optional("num_crop_sampler", ref count);
        reader.Check(count <= MostSamplers, "num_crop_sampler", count, $"at most {MostSamplers}");
        long[] trials = [25];
        reader.Optional("max_crop_trials", ref trials);
        count = Math.Max(count, 0);
        for (int i = 0; i < names.Length && count > 0; i++)
        {
            bool fits = bounds[i].Length == 1 || bounds[i].Length == count;
            string text = $"({string.Join(",", bounds[i])})";
            reader.Check(fits, names[i], text, $"one number, or num_crop_sampler = {count} of them");
            reader.Check(bounds[i].All(b => b >= 0), names[i], text, "not negative");
            bool isOrdered =
                i % 2 == 0 || Enumerable.Range(0, count).All(k => At(bounds[i], k) >= At(bounds[i - 1], k));
            reader.Check(isOrdered, names[i], text, $"no less than {names[Math.Max(i - 1, 0)]}");
        }

        reader.Check(
            count == 0 || trials.Length == 1 || trials.Length == count,
            "max_crop_trials",
            $"({string.Join(",", trials)})",
            "one number, or as many as num_crop_sampler"
        );
        Samplers = new CropSampler[count];
        for (int k = 0; k < count; k++)
        {
            Samplers[k] = new CropSampler(
                At(bounds[0], k),
                At(bounds[1], k),
                At(bounds[2], k),
                At(bounds[3], k),
                At(bounds[4], k),
                At(bounds[5], k),
                At(bounds[6], k),
                At(bounds[7], k),
                At(bounds[8], k),
                At(bounds[9], k),
                trials.Length == 1 ? trials[0] : trials[Math.Min(k, trials.Length - 1)]
            );
        }
    }

    // Of a reader that only describes, nothing was checked.
    private static float At(float[] values, int index) => values[Math.Min(index, values.Length - 1)];
}
