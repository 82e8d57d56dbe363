namespace CoreEngine.Kernels;

/// <summary>How much the pixels around a place count.</summary>
internal static class InterpolationWeights
{
    /// <param name="method">Linear (two pixels), cubic (four) or Lanczos (eight); others count as linear.</param>
    /// <param name="fraction">How far behind the pixel before it the place lies, from 0 up to 1.</param>
    /// <param name="weights">As many as pixels count.</param>
    internal static void Fill(Interpolation method, float fraction, Span<float> weights)
    {
        switch (method)
        {
            case Interpolation.Cubic:
                Cubic(fraction, weights);
                break;
            case Interpolation.Lanczos:
                Lanczos(fraction, weights);
                break;
            default:
                weights[0] = 1 - fraction;
                weights[1] = fraction;
                break;
        }
    }

    private static void Cubic(float x, Span<float> weights)
    {
        const float A = -0.75f;
        float before = x + 1;
        float rest = 1 - x;
        weights[0] = (((((A * before) - (5 * A)) * before) + (8 * A)) * before) - (4 * A);
        weights[1] = ((((A + 2) * x) - (A + 3)) * x * x) + 1;
        weights[2] = ((((A + 2) * rest) - (A + 3)) * rest * rest) + 1;
        weights[3] = 1 - weights[0] - weights[1] - weights[2];
    }

    // sinc(d) sinc(d / 4) for distances d below 4, made to sum up to 1.
    private static void Lanczos(float x, Span<float> weights)
    {
        double total = 0;
        Span<double> exact = stackalloc double[8];
        for (int k = 0; k < 8; k++)
        {
            double distance = Math.PI * (x - (k - 3));
            exact[k] =
                Math.Abs(distance) < 1e-9 ? 1 : Math.Sin(distance) * Math.Sin(distance / 4) * 4 / (distance * distance);
            total += exact[k];
        }

        for (int k = 0; k < 8; k++)
        {
            weights[k] = (float)(exact[k] / total);
        }
    }
}
