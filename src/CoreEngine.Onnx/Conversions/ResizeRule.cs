namespace CoreEngine.Onnx;

/// <summary>How one axis is resized.</summary>
/// <param name="Extent">Elements before.</param>
/// <param name="Size">Elements after.</param>
/// <param name="Scale">The factor that the model states or its sizes give.</param>
/// <param name="Start">Where the region begins, as a share of the axis.</param>
/// <param name="End">Where the region ends.</param>
internal sealed record ResizeAxis(long Extent, long Size, double Scale, double Start, double End);

/// <summary>Which old elements make a new one, and with which weights.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="Coordinates">How a place after becomes one before.</param>
/// <param name="Rounding">Which neighbour is the nearest.</param>
/// <param name="Cubic">The parameter a of the cubic curve (Keys, 1981).</param>
/// <param name="ExcludesOutside">Whether neighbours outside have no weight; otherwise the edge is repeated.</param>
/// <param name="Outside">The value of what lies outside the tensor, where the coordinates can lead there.</param>
internal sealed record ResizeRule(
    string Mode,
    string Coordinates,
    string Rounding,
    double Cubic,
    bool ExcludesOutside,
    double Outside
)
{
    public bool IsNearest => Mode == "nearest";

    /// <summary>True when a part of the tensor is resized, which may reach beyond it.</summary>
    public bool UsesRegion => Coordinates == "tf_crop_and_resize";

    /// <summary>What of the rule is not known here; null when all is.</summary>
    public string? Problem =>
        Mode is not ("nearest" or "linear" or "bilinear" or "trilinear" or "cubic")
            ? $"the mode '{Mode}' has no counterpart here"
        : Coordinates
            is not (
                "half_pixel"
                or "pytorch_half_pixel"
                or "align_corners"
                or "asymmetric"
                or "tf_half_pixel_for_nn"
                or "tf_crop_and_resize"
            )
            ? $"the coordinates '{Coordinates}' have no counterpart here"
        : Rounding is not ("floor" or "ceil" or "round_prefer_floor" or "round_prefer_ceil")
            ? $"the rounding '{Rounding}' has no counterpart here"
        : null;

    /// <summary>The nearest old element of each new one.</summary>
    public long[] Places(NodeConversion c, ResizeAxis axis)
    {
        long[] places = c.New<long>(axis.Size);
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = Nearest(axis, Origin(axis, i));
        }

        return places;
    }

    /// <summary>The weights, old elements by new ones, and how much of each new element lies outside: 0 or 1.</summary>
    public (double[] Weights, double[] Outside) Weights(NodeConversion c, ResizeAxis axis)
    {
        double[] weights = c.New<double>(axis.Extent, axis.Size);
        double[] outside = new double[axis.Size];
        for (int i = 0; i < axis.Size; i++)
        {
            double origin = Origin(axis, i);
            if (UsesRegion && (origin < 0 || origin > axis.Extent - 1))
            {
                outside[i] = 1;
                continue;
            }

            if (IsNearest)
            {
                weights[(Nearest(axis, origin) * axis.Size) + i] = 1;
                continue;
            }

            double below = Math.Floor(origin);
            double[] taps = Mode == "cubic" ? CubicWeights(origin - below) : [1 - (origin - below), origin - below];
            long first = (long)below - (Mode == "cubic" ? 1 : 0);
            double sum = 0;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                long place = first + tap;
                if (ExcludesOutside && (place < 0 || place >= axis.Extent))
                    continue;
                sum += taps[tap];
                weights[(Math.Clamp(place, 0, axis.Extent - 1) * axis.Size) + i] += taps[tap];
            }

            for (long place = 0; ExcludesOutside && place < axis.Extent; place++)
            {
                weights[(place * axis.Size) + i] /= sum;
            }
        }

        return (weights, outside);
    }

    private double Origin(ResizeAxis axis, int place) =>
        Coordinates switch
        {
            "half_pixel" => ((place + 0.5) / axis.Scale) - 0.5,
            "pytorch_half_pixel" => axis.Size > 1 ? ((place + 0.5) / axis.Scale) - 0.5 : 0,
            // The extent after is scale times extent here, before it is cut to a whole number.
            "align_corners" => axis.Size > 1 ? place * (axis.Extent - 1.0) / ((axis.Scale * axis.Extent) - 1) : 0,
            "tf_half_pixel_for_nn" => (place + 0.5) / axis.Scale,
            "tf_crop_and_resize" => axis.Size > 1
                ? (axis.Start * (axis.Extent - 1))
                    + (place * (axis.End - axis.Start) * (axis.Extent - 1) / (axis.Size - 1))
                : 0.5 * (axis.Start + axis.End) * (axis.Extent - 1),
            _ => place / axis.Scale,
        };

    private long Nearest(ResizeAxis axis, double origin)
    {
        double nearest = Rounding switch
        {
            "floor" => Math.Floor(origin),
            "ceil" => Math.Ceiling(origin),
            "round_prefer_ceil" => Math.Floor(origin + 0.5),
            _ => Math.Ceiling(origin - 0.5),
        };
        return Math.Clamp((long)nearest, 0, axis.Extent - 1);
    }

    /// <summary>Keys' cubic convolution: the weights of the four neighbours of a place so far behind the second.</summary>
    private double[] CubicWeights(double t)
    {
        double a = Cubic;
        return [Outer(t + 1), Inner(t), Inner(1 - t), Outer(2 - t)];

        double Inner(double d) => ((((a + 2) * d) - (a + 3)) * d * d) + 1;
        double Outer(double d) => ((((a * d) - (5 * a)) * d) + (8 * a)) * d - (4 * a);
    }
}
