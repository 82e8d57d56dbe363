namespace CoreEngine.Data;

/// <summary>
/// Augments images with objects in MXNet's order: shorter edge, colours, mirror, frame, cut, size. Frames and cuts are those of
/// SSD (W. Liu et al., 2016).
/// </summary>
internal sealed class DetectionAugmenter(DetectionAugmentParameters parameters, int height, int width) : IImageAugmenter
{
    public PixelImage Apply(PixelImage image, ref float[] labels, ref ImageRandom random)
    {
        var label = new DetectionLabel(labels);
        if (parameters.Resize != -1)
            image = ImageMethods.ResizeShorter(image, parameters.Resize, parameters.Method, ref random);
        if (parameters.ChangesColors)
            ChangeColors(image, ref random);
        if (parameters.MirrorProbability > 0 && random.Unit() < parameters.MirrorProbability)
        {
            image.Mirror();
            label.Mirror();
        }

        if (parameters.PadProbability > 0 && parameters.MaxPadScale > 1 && random.Unit() < parameters.PadProbability)
            image = Pad(image, label, ref random);
        if (
            parameters.CropProbability > 0
            && parameters.Samplers.Length > 0
            && random.Unit() < parameters.CropProbability
        )
            image = Crop(image, label, ref random);
        image = Fit(image, ref random);
        labels = label.ToArray();
        return image;
    }

    private void ChangeColors(PixelImage image, ref ImageRandom random)
    {
        int hue = (int)(random.Between(-1, 1) * parameters.MaxHue);
        int saturation = (int)(random.Between(-1, 1) * parameters.MaxSaturation);
        int lightness = (int)(random.Between(-1, 1) * parameters.MaxLightness);
        float contrast = random.Between(-1, 1) * parameters.MaxContrast;
        hue = random.Unit() < parameters.HueProbability ? hue : 0;
        saturation = random.Unit() < parameters.SaturationProbability ? saturation : 0;
        lightness = random.Unit() < parameters.LightnessProbability ? lightness : 0;
        contrast = random.Unit() < parameters.ContrastProbability ? contrast : 0;
        if (hue != 0 || saturation != 0 || lightness != 0)
            image.ShiftColors(hue, lightness, saturation);
        if (MathF.Abs(contrast) > 1e-3f)
            image.Scale(1 + contrast);
    }

    private PixelImage Pad(PixelImage image, DetectionLabel label, ref ImageRandom random)
    {
        const float Least = 1.05f;
        float scale = random.Between(1, parameters.MaxPadScale);
        if (scale < Least)
            return image;
        var frame = new Box(-random.Between(0, scale - 1), -random.Between(0, scale - 1), scale, scale);
        label.Pad(frame);
        return image.Pad(
            (int)(-frame.Y * image.Height),
            (int)((scale + frame.Y - 1) * image.Height),
            (int)(-frame.X * image.Width),
            (int)((scale + frame.X - 1) * image.Width),
            (byte)Math.Clamp(parameters.FillValue, 0, 255)
        );
    }

    private PixelImage Crop(PixelImage image, DetectionLabel label, ref ImageRandom random)
    {
        Span<int> order = new int[parameters.Samplers.Length];
        for (int i = 0; i < order.Length; i++)
        {
            int place = random.Whole(0, i);
            (order[i], order[place]) = (order[place], i);
        }

        foreach (int index in order)
        {
            CropSampler sampler = parameters.Samplers[index];
            for (long trial = 0; trial < sampler.Trials; trial++)
            {
                Box part = DrawPart(sampler, image.Aspect, ref random);
                int rows = (int)(part.Height * image.Height);
                int columns = (int)(part.Width * image.Width);
                bool isImage = rows > 0 && columns > 0;
                if (!isImage || !label.TryCrop(part, sampler, parameters.EmitMode, parameters.EmitThreshold))
                    continue;
                int y = Math.Min((int)(part.Y * image.Height), image.Height - rows);
                int x = Math.Min((int)(part.X * image.Width), image.Width - columns);
                return image.Crop(y, x, rows, columns);
            }
        }

        return image;
    }

    private static Box DrawPart(CropSampler sampler, float aspect, ref ImageRandom random)
    {
        float scale = random.Between(sampler.MinScale, sampler.MaxScale) + 1e-12f;
        float least = MathF.Max(sampler.MinAspect / aspect, scale * scale);
        float most = MathF.Min(sampler.MaxAspect / aspect, 1 / (scale * scale));
        float ratio = MathF.Sqrt(random.Between(least, most));
        float width = MathF.Min(1, scale * ratio);
        float height = MathF.Min(1, scale / ratio);
        return new Box(random.Between(0, 1 - width), random.Between(0, 1 - height), width, height);
    }

    private PixelImage Fit(PixelImage image, ref ImageRandom random)
    {
        int rows = height;
        int columns = width;
        if (parameters.ResizeMode != DetectionResizeMode.Force)
        {
            float ratio = MathF.Min((float)height / image.Height, (float)width / image.Width);
            if (parameters.ResizeMode == DetectionResizeMode.Shrink && ratio >= 1)
                return image;
            rows = Math.Clamp((int)(ratio * image.Height), 1, height);
            columns = Math.Clamp((int)(ratio * image.Width), 1, width);
        }

        return image.Resize(
            rows,
            columns,
            ImageMethods.Choose(parameters.Method, image.Height, image.Width, rows, columns, ref random)
        );
    }
}
