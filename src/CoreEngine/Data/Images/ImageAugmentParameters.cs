using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of the augmentation of images with one class.</summary>
public sealed class ImageAugmentParameters
{
    /// <summary>Length that the shorter edge gets first; -1 for none.</summary>
    public int Resize = -1;

    /// <summary>Whether the part that is cut out lies anywhere; in the middle when false.</summary>
    public bool RandomCrop;

    /// <summary>Most degrees to turn by, either way.</summary>
    public int MaxRotateAngle;

    /// <summary>Most that the ratio of width to height changes.</summary>
    public float MaxAspectRatio;

    /// <summary>Most to shear by, either way.</summary>
    public float MaxShearRatio;

    /// <summary>Most pixels of a square that is cut out and resized; -1 to cut out the batch's size.</summary>
    public int MaxCropSize = -1;

    /// <summary>Fewest pixels of that square.</summary>
    public int MinCropSize = -1;

    /// <summary>Most to scale by.</summary>
    public float MaxRandomScale = 1;

    /// <summary>Least to scale by.</summary>
    public float MinRandomScale = 1;

    /// <summary>Longest side after scaling.</summary>
    public float MaxImageSize = 1e10f;

    /// <summary>Shortest side after scaling.</summary>
    public float MinImageSize;

    /// <summary>Most to add to the hue, in half degrees, either way.</summary>
    public int RandomHue;

    /// <summary>Most to add to the saturation, of 255, either way.</summary>
    public int RandomSaturation;

    /// <summary>Most to add to the lightness, of 255, either way.</summary>
    public int RandomLightness;

    /// <summary>Degrees to turn by, always; none when not positive.</summary>
    public int Rotate = -1;

    /// <summary>Degrees of which one is drawn to turn by, with commas between.</summary>
    public string RotateList = "";

    /// <summary>What stands where there is no image.</summary>
    public int FillValue = 255;

    /// <summary>How values between pixels are found.</summary>
    public int Method = 1;

    /// <summary>Width of a frame that the image gets before it is cut.</summary>
    public int Pad;

    internal int[] Angles { get; private set; } = [];

    internal bool Warps =>
        MaxRotateAngle > 0
        || MaxShearRatio > 0
        || Rotate > 0
        || Angles.Length > 0
        || MaxRandomScale != 1
        || MinRandomScale != 1
        || MaxAspectRatio != 0
        || MaxImageSize != 1e10f
        || MinImageSize != 0;

    internal bool ShiftsColors => RandomHue != 0 || RandomSaturation != 0 || RandomLightness != 0;

    internal void Read(AttributeReader reader)
    {
        const int Most = 1 << 20;
        reader.Optional("resize", ref Resize);
        reader.Check(Resize is -1 or (> 0 and <= Most), "resize", Resize, "-1, or from 1 to 1048576");
        reader.Optional("rand_crop", ref RandomCrop);
        reader.Optional("max_rotate_angle", ref MaxRotateAngle);
        reader.Check(MaxRotateAngle is >= 0 and <= Most, "max_rotate_angle", MaxRotateAngle, "0 or more");
        reader.Optional("max_aspect_ratio", ref MaxAspectRatio);
        reader.Optional("max_shear_ratio", ref MaxShearRatio);
        reader.Optional("max_crop_size", ref MaxCropSize);
        reader.Optional("min_crop_size", ref MinCropSize);
        bool crops = MaxCropSize != -1 || MinCropSize != -1;
        reader.Check(
            !crops || (MinCropSize > 0 && MaxCropSize >= MinCropSize),
            "min_crop_size",
            MinCropSize,
            $"from 1 to max_crop_size = {MaxCropSize}"
        );
        reader.Optional("max_random_scale", ref MaxRandomScale);
        reader.Optional("min_random_scale", ref MinRandomScale);
        reader.Optional("max_img_size", ref MaxImageSize);
        reader.Optional("min_img_size", ref MinImageSize);
        reader.Optional("random_h", ref RandomHue);
        reader.Optional("random_s", ref RandomSaturation);
        reader.Optional("random_l", ref RandomLightness);
        reader.Optional("rotate", ref Rotate);
        reader.Optional("rotate_list", ref RotateList);
        Angles = ParseAngles(reader);
        reader.Optional("fill_value", ref FillValue);
        ImageMethods.Read(reader, ref Method);
        reader.Optional("pad", ref Pad);
        reader.Check(Pad is >= 0 and <= Most, "pad", Pad, "from 0 to 1048576");
    }

    private int[] ParseAngles(AttributeReader reader)
    {
        var angles = new List<int>();
        foreach (string text in RotateList.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isNumber = int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int angle);
            reader.Check(isNumber, "rotate_list", RotateList, "whole numbers with commas between");
            angles.Add(angle);
        }

        return [.. angles];
    }
}
