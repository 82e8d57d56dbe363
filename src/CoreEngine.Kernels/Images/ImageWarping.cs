using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Moves, turns and scales byte images that lie as (height, width, channels).</summary>
public static unsafe class ImageWarping
{
    /// <summary>Each pixel of the target is what the source has at the place that the map sends there; outside it, a constant.</summary>
    /// <param name="source">The image.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="channels">Values of a pixel, at most 4.</param>
    /// <param name="target">Takes the new image.</param>
    /// <param name="newHeight">Its rows.</param>
    /// <param name="newWidth">Its columns.</param>
    /// <param name="map">Where a place of the source goes: x' = m0 x + m1 y + m2, y' = m3 x + m4 y + m5.</param>
    /// <param name="fill">What stands where the source has nothing.</param>
    /// <param name="method">How values between pixels are found; areas count as linear.</param>
    /// <returns>False when the map squeezes everything into a line and cannot be turned round; nothing is written.</returns>
    public static bool Affine(
        byte* source,
        int height,
        int width,
        int channels,
        byte* target,
        int newHeight,
        int newWidth,
        ReadOnlySpan<float> map,
        byte fill,
        Interpolation method
    )
    {
        double determinant = ((double)map[0] * map[4]) - ((double)map[1] * map[3]);
        if (determinant == 0 || !double.IsFinite(determinant))
            return false;
        double a = map[4] / determinant;
        double b = -map[1] / determinant;
        double c = -map[3] / determinant;
        double d = map[0] / determinant;
        int taps = method switch
        {
            Interpolation.Nearest => 1,
            Interpolation.Cubic => 4,
            Interpolation.Lanczos => 8,
            _ => 2,
        };
        Span<float> across = stackalloc float[8];
        Span<float> down = stackalloc float[8];
        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++, target += channels)
            {
                double u = (a * (x - map[2])) + (b * (y - map[5]));
                double v = (c * (x - map[2])) + (d * (y - map[5]));
                bool isFar = !(u > -8 && v > -8 && u < width + 8.0 && v < height + 8.0);
                if (isFar)
                {
                    Unsafe.InitBlockUnaligned(target, fill, (uint)channels);
                    continue;
                }

                int left = (int)Math.Floor(taps == 1 ? u + 0.5 : u);
                int top = (int)Math.Floor(taps == 1 ? v + 0.5 : v);
                across[0] = down[0] = 1;
                if (taps > 1)
                {
                    InterpolationWeights.Fill(method, (float)(u - left), across);
                    InterpolationWeights.Fill(method, (float)(v - top), down);
                    left -= (taps / 2) - 1;
                    top -= (taps / 2) - 1;
                }

                for (int channel = 0; channel < channels; channel++)
                {
                    float sum = 0;
                    for (int j = 0; j < taps; j++)
                    {
                        for (int i = 0; i < taps; i++)
                        {
                            bool isInside = (uint)(left + i) < (uint)width && (uint)(top + j) < (uint)height;
                            long place = ((((long)(top + j) * width) + left + i) * channels) + channel;
                            sum += across[i] * down[j] * (isInside ? source[place] : fill);
                        }
                    }

                    target[channel] = BytePixel.To(sum);
                }
            }
        }

        return true;
    }
}
