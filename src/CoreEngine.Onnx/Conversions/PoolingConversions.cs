namespace CoreEngine.Onnx;

/// <summary>Maxima and means over windows.</summary>
internal static class PoolingConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("MaxPool", c => c.Set(MaxPool(c)));
        table.Add("AveragePool", c => c.Set(AveragePool(c)));
        table.Add("MaxUnpool", c => c.Set(MaxUnpool(c)));
        table.Add("GlobalMaxPool", c => c.Set(Global(c, "max")));
        table.Add("GlobalAveragePool", c => c.Set(Global(c, "avg")));
    }

    private static OnnxValue Global(NodeConversion c, string kind)
    {
        OnnxValue x = c.Input(0);
        int[] axes = [.. Enumerable.Range(2, x.Rank - 2)];
        if (axes.Length is < 1 or > 3)
            return c.Reduce(kind == "avg" ? "mean" : kind, x, axes, keepDims: true);
        long[] ones = [.. axes.Select(_ => 1L)];
        return c.Call(
                "Pooling",
                [x],
                ("kernel", NodeConversion.Tuple(ones)),
                ("pool_type", kind),
                ("global_pool", "True")
            )
            .As(x.ElementType, [x.Dims[0], x.Dims[1], .. ones]);
    }

    private static OnnxValue MaxPool(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        if (c.Wants(1))
            throw c.Unsupported("the places of the maxima have no counterpart here");
        c.Ignore("storage_order");
        var window = Window.Read(c, x, c.Integers("kernel_shape") ?? []);
        bool isFloat = x.ElementType.IsFloat();
        OnnxValue image = isFloat ? x : c.Cast(x, OnnxElementType.Float);
        if (!isFloat && x.ElementType.ItemSize() > 2)
            throw c.Unsupported($"maxima over windows of {x.ElementType} have no counterpart here");
        OnnxValue y = window.IsDense
            ? Pool(c, image, window, "max", double.NegativeInfinity)
            : MaxOfTaps(c, image, window);
        return isFloat ? y : c.Cast(y, x.ElementType);
    }

    /// <summary>
    /// The maximum over windows with gaps, axis by axis: of two neighbouring windows of equal width comes one of twice the
    /// width, until the window is as wide as wanted.
    /// </summary>
    private static OnnxValue MaxOfTaps(NodeConversion c, OnnxValue x, Window window)
    {
        x = Padding.Spatial(c, x, window.Begin, window.NeededEnd, double.NegativeInfinity);
        for (int i = 0; i < window.Kernel.Length; i++)
        {
            int axis = i + 2;
            for (long width = 1; width < window.Kernel[i]; )
            {
                long more = Math.Min(width, window.Kernel[i] - width);
                long shift = more * window.Dilations[i];
                OnnxValue first = c.SliceAxis(x, axis, 0, x.Dims[axis] - shift);
                x = c.Binary("maximum", first, c.SliceAxis(x, axis, shift, x.Dims[axis]));
                width += more;
            }

            x = c.SliceAxis(x, axis, 0, ((window.Output[i] - 1) * window.Strides[i]) + 1, window.Strides[i]);
        }

        return x;
    }

    /// <summary>Puts elements back where they were the largest of their window, zeros elsewhere.</summary>
    private static OnnxValue MaxUnpool(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue places = c.Input(1);
        long[] kernel = c.Integers("kernel_shape") ?? [];
        int spatial = x.Rank - 2;
        if (kernel.Length != spatial)
            throw c.Wrong($"kernel_shape [{string.Join(",", kernel)}] does not fit {x}");
        long[] strides = Window.Numbers(c, "strides", spatial, 1);
        long[] pads = Window.Numbers(c, "pads", 2 * spatial, 0);
        long[] image = [.. x.Dims];
        for (int i = 0; i < spatial; i++)
        {
            image[i + 2] = ((x.Dims[i + 2] - 1) * strides[i]) + kernel[i] - pads[i] - pads[i + spatial];
        }

        long size = image.Aggregate(1L, (product, extent) => product * extent);
        OnnxValue flat = c.Call(
            "scatter_nd",
            [c.Reshape(x, x.Count), c.Reshape(places, 1, places.Count)],
            ("shape", NodeConversion.Tuple(size))
        );
        OnnxValue y = c.Reshape(flat, image);
        // A larger result has its zeros behind: the places are counted without them.
        long[]? wanted = c.KnownIntegers(2, "the output's shape");
        return wanted is null
            ? y
            : Padding.Spatial(c, y, new long[spatial], [.. wanted.Zip(image, (w, i) => w - i).Skip(2)], 0);
    }

    private static OnnxValue AveragePool(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        bool countsPadding = c.Flag("count_include_pad", false);
        var window = Window.Read(c, x, c.Integers("kernel_shape") ?? []);
        if (!window.IsDense)
            throw c.Unsupported("means over dilated windows have no counterpart here");
        double[] counts = Counts(c, window, countsPadding);
        if (counts.All(count => count == counts[0]))
        {
            long taps = window.Kernel.Aggregate(1L, (product, extent) => product * extent);
            OnnxValue mean = Pool(c, x, window, "avg", 0);
            return counts[0] == taps ? mean : c.Times(mean, taps / counts[0]);
        }

        OnnxValue divisor = c.Cast(
            NodeConversion.Constant<double>(counts, OnnxElementType.Double, [1, 1, .. window.Output]),
            x.ElementType
        );
        return c.Divide(Pool(c, x, window, "sum", 0), divisor);
    }

    /// <summary>How many positions of each window count: those of the image, and of the padding if the model says so.</summary>
    private static double[] Counts(NodeConversion c, Window window, bool countsPadding)
    {
        c.New<double>(window.Output);
        double[] counts = [1];
        for (int axis = 0; axis < window.Kernel.Length; axis++)
        {
            double[] along = c.New<double>(window.Output[axis]);
            long low = countsPadding ? -window.Begin[axis] : 0;
            long high = window.Image[axis] + (countsPadding ? window.End[axis] : 0);
            for (int i = 0; i < along.Length; i++)
            {
                long first = (i * window.Strides[axis]) - window.Begin[axis];
                along[i] = Math.Min(first + window.Kernel[axis], high) - Math.Max(first, low);
            }

            counts = [.. counts.SelectMany(count => along, (count, more) => count * more)];
        }

        return counts;
    }

    private static OnnxValue Pool(NodeConversion c, OnnxValue x, Window window, string kind, double outside)
    {
        long[] end = window.NeededEnd;
        long[] pad = window.Begin;
        if (!pad.SequenceEqual(end))
        {
            x = Padding.Spatial(c, x, window.Begin, end, outside);
            pad = new long[pad.Length];
        }

        return c.Call(
                "Pooling",
                [x],
                ("kernel", NodeConversion.Tuple(window.Kernel)),
                ("stride", NodeConversion.Tuple(window.Strides)),
                ("pad", NodeConversion.Tuple(pad)),
                ("pool_type", kind)
            )
            .As(x.ElementType, [x.Dims[0], x.Dims[1], .. window.Output]);
    }
}
