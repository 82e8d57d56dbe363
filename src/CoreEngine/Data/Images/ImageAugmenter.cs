using CoreEngine.Kernels;

namespace CoreEngine.Data;

/// <summary>
/// Augments images with one class in MXNet's order: shorter edge, affine map, frame, cut, colours. An affine map shears by s,
/// turns by an angle and scales by (hs, ws), around the middle.
/// </summary>
internal sealed class ImageAugmenter(ImageAugmentParameters parameters, int height, int width) : IImageAugmenter
{
    public PixelImage Apply(PixelImage image, ref float[] labels, ref ImageRandom random)
    {
        if (parameters.Resize != -1)
            image = ImageMethods.ResizeShorter(image, parameters.Resize, parameters.Method, ref random);
        if (parameters.Warps)
            image = Warp(image, ref random);
        byte fill = (byte)Math.Clamp(parameters.FillValue, 0, 255);
        if (parameters.Pad > 0)
            image = image.Pad(parameters.Pad, parameters.Pad, parameters.Pad, parameters.Pad, fill);
        image =
            parameters.MaxCropSize != -1 || parameters.MinCropSize != -1
                ? CropSquare(image, ref random)
                : Crop(image, ref random);
        if (parameters.ShiftsColors)
        {
            image.ShiftColors(
                (int)random.Between(-parameters.RandomHue, parameters.RandomHue),
                (int)random.Between(-parameters.RandomLightness, parameters.RandomLightness),
                (int)random.Between(-parameters.RandomSaturation, parameters.RandomSaturation)
            );
        }

        return image;
    }

    private PixelImage Warp(PixelImage image, ref ImageRandom random)
    {
        float shear = random.Between(-parameters.MaxShearRatio, parameters.MaxShearRatio);
        int angle = random.Whole(-parameters.MaxRotateAngle, parameters.MaxRotateAngle);
        if (parameters.Rotate > 0)
            angle = parameters.Rotate;
        if (parameters.Angles.Length > 0)
            angle = parameters.Angles[random.Whole(0, parameters.Angles.Length - 1)];
        (float sine, float cosine) = MathF.SinCos(angle * MathF.PI / 180);
        float scale = random.Between(parameters.MinRandomScale, parameters.MaxRandomScale);
        float ratio = random.Between(1 - parameters.MaxAspectRatio, 1 + parameters.MaxAspectRatio);
        float down = 2 * scale / (1 + ratio);
        float across = ratio * down;
        int newWidth = Side(scale * image.Width);
        int newHeight = Side(scale * image.Height);
        Span<float> map =
        [
            (down * cosine) - (shear * sine * across),
            (down * sine) + (shear * cosine * across),
            0,
            -sine * across,
            cosine * across,
            0,
        ];
        map[2] = (newWidth - (map[0] * image.Width) - (map[1] * image.Height)) / 2;
        map[5] = (newHeight - (map[3] * image.Width) - (map[4] * image.Height)) / 2;
        Interpolation method = ImageMethods.Choose(
            parameters.Method,
            image.Height,
            image.Width,
            newHeight,
            newWidth,
            ref random
        );
        return image.Warp(newHeight, newWidth, map, (byte)Math.Clamp(parameters.FillValue, 0, 255), method);
    }

    private int Side(float length) =>
        (int)Math.Clamp(MathF.Max(parameters.MinImageSize, MathF.Min(parameters.MaxImageSize, length)), 1, 1 << 20);

    private PixelImage CropSquare(PixelImage image, ref ImageRandom random)
    {
        if (image.Width < parameters.MaxCropSize || image.Height < parameters.MaxCropSize)
            throw TooSmall(image, $"max_crop_size = {parameters.MaxCropSize}");
        int size = random.Whole(parameters.MinCropSize, parameters.MaxCropSize);
        (int y, int x) = Place(image, size, size, ref random);
        Interpolation method = ImageMethods.Choose(parameters.Method, size, size, height, width, ref random);
        return image.Resize(y, x, size, size, height, width, method);
    }

    private PixelImage Crop(PixelImage image, ref ImageRandom random)
    {
        if (image.Height < height || image.Width < width)
            throw TooSmall(image, $"data_shape = {height}x{width}");
        (int y, int x) = Place(image, height, width, ref random);
        return image.Crop(y, x, height, width);
    }

    private (int Y, int X) Place(PixelImage image, int rows, int columns, ref ImageRandom random) =>
        parameters.RandomCrop
            ? (random.Whole(0, image.Height - rows), random.Whole(0, image.Width - columns))
            : ((image.Height - rows) / 2, (image.Width - columns) / 2);

    private static EngineException TooSmall(PixelImage image, string asked) =>
        new(
            $"An image of {image.Height}x{image.Width} is smaller than {asked}; resize images first (parameter resize), or pad "
                + "them."
        );
}
