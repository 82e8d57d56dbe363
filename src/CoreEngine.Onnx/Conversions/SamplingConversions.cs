namespace CoreEngine.Onnx;

/// <summary>Reading images at places that need not be whole numbers.</summary>
internal static class SamplingConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("GridSample", c => c.Set(GridSample(c)));
    }

    /// <summary>
    /// The engine's sampler takes places from -1 to 1, the centres of the outermost elements, and reads zeros outside:
    /// all other conventions are a matter of moving the places.
    /// </summary>
    private static OnnxValue GridSample(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue grid = c.Input(1);
        bool alignsCorners = c.Flag("align_corners", false);
        string mode = c.Text("mode", "bilinear");
        string padding = c.Text("padding_mode", "zeros");
        if (x.Rank != 4)
            throw c.Unsupported($"sampling of {x}; batches of images have a counterpart");
        if (mode is not ("bilinear" or "linear" or "nearest"))
            throw c.Unsupported($"the mode '{mode}' has no counterpart here");
        OnnxValue[] places = new OnnxValue[2];
        for (int i = 0; i < 2; i++)
        {
            long extent = x.Dims[3 - i];
            if (extent < 2)
                throw c.Unsupported($"sampling of {x}; images of at least 2 x 2 have a counterpart");
            OnnxValue normal = c.Reshape(c.SliceAxis(grid, 3, i, i + 1), grid.Dims[0], 1, grid.Dims[1], grid.Dims[2]);
            OnnxValue place = alignsCorners
                ? c.Times(c.Plus(normal, 1), (extent - 1) / 2.0)
                : c.Plus(c.Times(c.Plus(normal, 1), extent / 2.0), -0.5);
            place = padding switch
            {
                "zeros" => place,
                "border" => Cut(c, place, extent),
                "reflection" => Cut(c, Reflect(c, place, extent, alignsCorners), extent),
                _ => throw c.Unsupported($"padding_mode '{padding}' has no counterpart here"),
            };
            if (mode == "nearest")
                place = UnaryConversions.RoundToEven(c, place);
            places[i] = c.Plus(c.Times(place, 2.0 / (extent - 1)), -1);
        }

        return c.Call("BilinearSampler", [x, c.Concat(places, 1)])
            .As(x.ElementType, [x.Dims[0], x.Dims[1], grid.Dims[1], grid.Dims[2]]);
    }

    private static OnnxValue Cut(NodeConversion c, OnnxValue place, long extent) =>
        c.Map("clip", place, ("a_min", "0"), ("a_max", NodeConversion.Number(extent - 1)));

    /// <summary>Thrown back at the outermost centres, or at the image's edges half an element further out.</summary>
    private static OnnxValue Reflect(NodeConversion c, OnnxValue place, long extent, bool alignsCorners)
    {
        double low = alignsCorners ? 0 : -0.5;
        double span = alignsCorners ? extent - 1 : extent;
        OnnxValue distance = c.WithScalar("mod", c.Map("abs", c.Plus(place, -low)), 2 * span);
        // Up to the span it goes forth, then back.
        OnnxValue back = c.WithScalar("rminus", c.Map("abs", c.WithScalar("rminus", distance, span)), span);
        return c.Plus(back, low);
    }
}
