namespace CoreEngine.Onnx;

/// <summary>Resizing by nearest neighbours, lines or cubic curves, axis by axis.</summary>
/// <remarks>
/// Along one axis every new element is a weighted sum of old ones, with weights that depend on the extents alone: one
/// matrix per axis holds all modes, coordinate conventions and edges. Nearest neighbours are read by place instead, which
/// keeps any type.
/// </remarks>
internal static class ResizeConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Resize", c => c.Set(Resize(c)));
        table.Add("Upsample", c => c.Set(Upsample(c)));
    }

    private static OnnxValue Upsample(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        double[] scales = c.Has(1)
            ? c.Known(1, "the scales").ToDoubles()
            : Array.ConvertAll(c.Reals("scales") ?? throw c.Wrong("it has no scales"), scale => (double)scale);
        var rule = new ResizeRule(c.Text("mode", "nearest"), "asymmetric", "floor", -0.75, false, 0);
        return Apply(
            c,
            x,
            rule,
            scales,
            [.. x.Dims.Zip(scales, (extent, scale) => (long)Math.Floor(extent * scale))],
            []
        );
    }

    private static OnnxValue Resize(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        bool isFirst = c.Opset < 11;
        double[] region = !isFirst && c.Has(1) ? c.Known(1, "the region").ToDoubles() : [];
        int scalesPlace = isFirst ? 1 : 2;
        double[] scales = c.Has(scalesPlace) ? c.Known(scalesPlace, "the scales").ToDoubles() : [];
        long[]? sizes = c.KnownIntegers(3, "the sizes");
        var rule = new ResizeRule(
            c.Text("mode", "nearest"),
            c.Text("coordinate_transformation_mode", isFirst ? "asymmetric" : "half_pixel"),
            c.Text("nearest_mode", isFirst ? "floor" : "round_prefer_floor"),
            c.Real("cubic_coeff_a", -0.75),
            c.Flag("exclude_outside", false),
            c.Real("extrapolation_value", 0)
        );
        if (sizes is null && scales.Length != x.Rank)
            throw c.Unsupported($"{scales.Length} scales for {x}; scales or sizes for all axes have a counterpart");
        if (sizes is not null && sizes.Length != x.Rank)
            throw c.Unsupported($"{sizes.Length} sizes for {x}; scales or sizes for all axes have a counterpart");
        long[] target = sizes ?? [.. x.Dims.Zip(scales, (extent, scale) => (long)Math.Floor(extent * scale))];
        if (sizes is not null)
            scales = [.. x.Dims.Zip(target, (extent, size) => (double)size / extent)];
        return Apply(c, x, rule, scales, target, region);
    }

    private static OnnxValue Apply(
        NodeConversion c,
        OnnxValue x,
        ResizeRule rule,
        double[] scales,
        long[] target,
        double[] region
    )
    {
        if (rule.Problem is { } problem)
            throw c.Unsupported(problem);
        if (target.Contains(0))
            throw c.Unsupported("a result without elements has no counterpart here");
        for (int axis = 0; axis < target.Length; axis++)
        {
            (double, double) part =
                region.Length == 2 * target.Length ? (region[axis], region[axis + target.Length]) : (0, 1);
            if (target[axis] == x.Dims[axis] && scales[axis] == 1 && !rule.UsesRegion)
                continue;
            var along = new ResizeAxis(x.Dims[axis], target[axis], scales[axis], part.Item1, part.Item2);
            x =
                rule.IsNearest && !rule.UsesRegion
                    ? IndexConversions.Take(c, x, axis, rule.Places(c, along))
                    : Multiply(c, x, axis, rule, along);
        }

        return x;
    }

    /// <summary>Every new element is a sum of old ones, and of the value that lies outside.</summary>
    private static OnnxValue Multiply(NodeConversion c, OnnxValue x, int axis, ResizeRule rule, ResizeAxis along)
    {
        (double[] weights, double[] outside) = rule.Weights(c, along);
        OnnxValue matrix = c.Cast(
            NodeConversion.Constant<double>(weights, OnnxElementType.Double, along.Extent, along.Size),
            x.ElementType
        );
        OnnxValue y = LinearConversions.Product(c, c.MoveAxis(x, axis, x.Rank - 1), matrix);
        if (outside.Any(share => share != 0))
        {
            // Where one axis lies outside all do: what other axes made of it is replaced.
            byte[] inside = [.. outside.Select(share => share == 0 ? (byte)1 : (byte)0)];
            OnnxValue mask = NodeConversion.Constant<byte>(inside, OnnxElementType.Bool, along.Size);
            y = c.Where(mask, y, c.Scalar(rule.Outside, x.ElementType));
        }

        return c.MoveAxis(y, x.Rank - 1, axis);
    }
}
