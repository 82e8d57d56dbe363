namespace CoreEngine.Onnx;

/// <summary>Frames around tensors of any rank.</summary>
internal static class Padding
{
    public static void Register(ConversionTable table)
    {
        table.Add("Pad", c => c.Set(Convert(c)));
    }

    /// <summary>Adds a frame of one value around the spatial axes of images.</summary>
    public static OnnxValue Spatial(NodeConversion c, OnnxValue x, long[] begin, long[] end, double value) =>
        begin.All(width => width == 0) && end.All(width => width == 0)
            ? x
            : Add(c, x, [0, 0, .. begin], [0, 0, .. end], "constant", value);

    private static OnnxValue Convert(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long[] pads = c.Integers("pads") ?? c.Integers("paddings") ?? c.Known(1, "the widths").ToIntegers();
        string mode = c.Text("mode", "constant");
        double value = c.Real("value", 0);
        if (c.Has(2) && c.Known(2, "the value") is { Count: > 0 } given)
            value = given.ToDoubles()[0];
        int[] axes = c.KnownIntegers(3, "the axes") is { } named
            ? c.Axes(named, x.Rank)
            : [.. Enumerable.Range(0, x.Rank)];
        if (pads.Length != 2 * axes.Length)
            throw c.Wrong($"{pads.Length} widths do not fit {axes.Length} axes");
        if (mode is not ("constant" or "edge" or "reflect"))
            throw c.Unsupported($"the mode '{mode}' has no counterpart here");
        long[] begin = new long[x.Rank];
        long[] end = new long[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            begin[axes[i]] = pads[i];
            end[axes[i]] = pads[i + axes.Length];
        }

        // Negative widths cut off.
        for (int axis = 0; axis < x.Rank; axis++)
        {
            x = c.SliceAxis(x, axis, Math.Max(0, -begin[axis]), x.Dims[axis] - Math.Max(0, -end[axis]));
        }

        return Add(
            c,
            x,
            Array.ConvertAll(begin, width => Math.Max(0, width)),
            Array.ConvertAll(end, width => Math.Max(0, width)),
            mode,
            value
        );
    }

    private static OnnxValue Add(NodeConversion c, OnnxValue x, long[] begin, long[] end, string mode, double value)
    {
        if (x.Rank is 4 or 5 && begin[0] + begin[1] + end[0] + end[1] == 0)
            return Call(c, x, begin, end, mode, value);
        // The operator pads images; any axis is one of an image between what is outside and what is inside of it.
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (begin[axis] + end[axis] == 0)
                continue;
            long[] dims = [.. x.Dims];
            long inner = dims.Skip(axis + 1).Aggregate(1L, (product, extent) => product * extent);
            OnnxValue image = c.Reshape(x, 1, x.Count / (inner * dims[axis]), dims[axis], inner);
            image = Call(c, image, [0, 0, begin[axis], 0], [0, 0, end[axis], 0], mode, value);
            dims[axis] += begin[axis] + end[axis];
            x = c.Reshape(image, dims);
        }

        return x;
    }

    private static OnnxValue Call(NodeConversion c, OnnxValue x, long[] begin, long[] end, string mode, double value) =>
        c.Call(
                "Pad",
                [x],
                ("mode", mode),
                ("pad_width", NodeConversion.Tuple([.. begin.Zip(end, (b, e) => new[] { b, e }).SelectMany(w => w)])),
                ("constant_value", NodeConversion.Number(value))
            )
            .As(x.ElementType, [.. x.Dims.Select((extent, i) => extent + begin[i] + end[i])]);
}
