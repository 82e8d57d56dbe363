namespace CoreEngine.Kernels;

/// <summary>For each place of a resized axis: which pixels count, and how much.</summary>
internal sealed class ResampleTable
{
    private readonly int[] _places;
    private readonly float[] _weights;

    /// <param name="from">Pixels along the axis.</param>
    /// <param name="to">Pixels that it shall have.</param>
    /// <param name="method">How values between pixels are found.</param>
    /// <param name="quantized">Whether weights are multiples of 1/2048, as OpenCV takes them for bytes.</param>
    internal ResampleTable(int from, int to, Interpolation method, bool quantized)
    {
        double scale = (double)from / to;
        bool shrinksByArea = method == Interpolation.Area && scale >= 1;
        Taps = method switch
        {
            Interpolation.Nearest => 1,
            Interpolation.Cubic => 4,
            Interpolation.Lanczos => 8,
            Interpolation.Area when shrinksByArea => (int)Math.Ceiling(scale) + 1,
            _ => 2,
        };
        _places = new int[to * Taps];
        _weights = new float[to * Taps];
        for (int i = 0; i < to; i++)
        {
            Span<int> places = _places.AsSpan(i * Taps, Taps);
            Span<float> weights = _weights.AsSpan(i * Taps, Taps);
            if (shrinksByArea)
                FillArea(i, scale, from, places, weights);
            else
                Fill(i, scale, from, method, places, weights);
            if (quantized && !shrinksByArea)
                Quantize(weights);
        }
    }

    /// <summary>How many pixels count for a place; some may have weight 0.</summary>
    internal int Taps { get; }

    /// <summary>The pixels of a place.</summary>
    internal ReadOnlySpan<int> Places(int index) => _places.AsSpan(index * Taps, Taps);

    /// <summary>Their weights.</summary>
    internal ReadOnlySpan<float> Weights(int index) => _weights.AsSpan(index * Taps, Taps);

    private static void Fill(
        int index,
        double scale,
        int from,
        Interpolation method,
        Span<int> places,
        Span<float> weights
    )
    {
        if (method == Interpolation.Nearest)
        {
            places[0] = Math.Min((int)Math.Floor(index * scale), from - 1);
            weights[0] = 1;
            return;
        }

        int first;
        float fraction;
        if (method == Interpolation.Area)
        {
            first = (int)Math.Floor(index * scale);
            double rest = index + 1 - ((first + 1) / scale);
            fraction = (float)(rest <= 0 ? 0 : rest - Math.Floor(rest));
        }
        else
        {
            double place = ((index + 0.5) * scale) - 0.5;
            first = (int)Math.Floor(place);
            fraction = (float)(place - first);
        }

        InterpolationWeights.Fill(method, fraction, weights);
        for (int k = 0; k < places.Length; k++)
        {
            places[k] = Math.Clamp(first + k - (places.Length / 2) + 1, 0, from - 1);
        }
    }

    private static void FillArea(int index, double scale, int from, Span<int> places, Span<float> weights)
    {
        double begin = index * scale;
        double end = Math.Min(begin + scale, from);
        int first = (int)Math.Floor(begin + 1e-6);
        double total = 0;
        for (int k = 0; k < places.Length; k++)
        {
            int place = first + k;
            double covered = Math.Min(end, place + 1.0) - Math.Max(begin, place);
            places[k] = Math.Min(place, from - 1);
            weights[k] = place < from && covered > 1e-3 ? (float)covered : 0;
            total += weights[k];
        }

        for (int k = 0; k < weights.Length; k++)
        {
            weights[k] = (float)(weights[k] / total);
        }
    }

    private static void Quantize(Span<float> weights)
    {
        const float Steps = 2048;
        foreach (ref float weight in weights)
        {
            weight = MathF.Round(weight * Steps) / Steps;
        }
    }
}
