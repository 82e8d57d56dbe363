namespace CoreEngine.Kernels;

/// <summary>Changes the colours of byte images of red, green and blue.</summary>
public static unsafe class ImageColors
{
    /// <summary>
    /// Adds to hue, lightness and saturation (A. Joblove, D. Greenberg: Color Spaces for Computer Graphics, 1978), as OpenCV
    /// counts them in bytes: hue from 0 to 180, half degrees; the others from 0 to 255. What leaves the range is cut off.
    /// </summary>
    /// <param name="pixels">The image, three bytes a pixel.</param>
    /// <param name="count">How many pixels.</param>
    /// <param name="hue">Added to the hue.</param>
    /// <param name="lightness">Added to the lightness.</param>
    /// <param name="saturation">Added to the saturation.</param>
    public static void Shift(byte* pixels, long count, int hue, int lightness, int saturation)
    {
        for (long i = 0; i < count; i++, pixels += 3)
        {
            ToHls(pixels[0] / 255f, pixels[1] / 255f, pixels[2] / 255f, out float h, out float l, out float s);
            int shiftedHue = Math.Clamp((int)MathF.Round(h / 2) + hue, 0, 180);
            int shiftedLightness = Math.Clamp((int)MathF.Round(l * 255) + lightness, 0, 255);
            int shiftedSaturation = Math.Clamp((int)MathF.Round(s * 255) + saturation, 0, 255);
            h = shiftedHue * 2;
            l = shiftedLightness / 255f;
            s = shiftedSaturation / 255f;
            float high = l <= 0.5f ? l * (1 + s) : l + s - (l * s);
            float low = (2 * l) - high;
            pixels[0] = BytePixel.To(255 * Channel(low, high, h + 120));
            pixels[1] = BytePixel.To(255 * Channel(low, high, h));
            pixels[2] = BytePixel.To(255 * Channel(low, high, h - 120));
        }
    }

    /// <summary>Multiplies every value; what leaves the range is cut off.</summary>
    public static void Scale(byte* values, long count, float factor)
    {
        for (long i = 0; i < count; i++)
        {
            values[i] = BytePixel.To(values[i] * factor);
        }
    }

    private static void ToHls(float r, float g, float b, out float h, out float l, out float s)
    {
        float high = MathF.Max(r, MathF.Max(g, b));
        float low = MathF.Min(r, MathF.Min(g, b));
        float range = high - low;
        l = (high + low) / 2;
        h = s = 0;
        if (range <= 1e-6f)
            return;
        s = l < 0.5f ? range / (high + low) : range / (2 - high - low);
        h =
            high == r ? (g - b) * 60 / range
            : high == g ? 120 + ((b - r) * 60 / range)
            : 240 + ((r - g) * 60 / range);
        if (h < 0)
            h += 360;
    }

    private static float Channel(float low, float high, float hue)
    {
        hue =
            hue < 0 ? hue + 360
            : hue >= 360 ? hue - 360
            : hue;
        return hue < 60 ? low + ((high - low) * hue / 60)
            : hue < 180 ? high
            : hue < 240 ? low + ((high - low) * (240 - hue) / 60)
            : low;
    }
}
