namespace CoreEngine.Onnx;

/// <summary>Sums, means, extremes, norms and the places of extremes.</summary>
internal static class ReductionConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("ReduceSum", c => Reduce(c, (x, axes, keep) => c.Reduce("sum", x, axes, keep)));
        table.Add("ReduceMean", c => Reduce(c, (x, axes, keep) => c.Reduce("mean", x, axes, keep)));
        table.Add("ReduceProd", c => Reduce(c, (x, axes, keep) => c.Reduce("prod", x, axes, keep)));
        table.Add("ReduceMax", c => Reduce(c, (x, axes, keep) => c.Reduce("max", x, axes, keep)));
        table.Add("ReduceMin", c => Reduce(c, (x, axes, keep) => c.Reduce("min", x, axes, keep)));
        table.Add("ReduceL1", c => Reduce(c, (x, axes, keep) => c.Reduce("sum", c.Map("abs", x), axes, keep)));
        table.Add(
            "ReduceL2",
            c => Reduce(c, (x, axes, keep) => c.Map("sqrt", c.Reduce("sum", c.Map("square", x), axes, keep)))
        );
        table.Add(
            "ReduceSumSquare",
            c => Reduce(c, (x, axes, keep) => c.Reduce("sum", c.Map("square", x), axes, keep))
        );
        table.Add("ReduceLogSum", c => Reduce(c, (x, axes, keep) => c.Map("log", c.Reduce("sum", x, axes, keep))));
        table.Add("ReduceLogSumExp", c => Reduce(c, (x, axes, keep) => LogSumExp(c, x, axes, keep)));
        table.Add("ArgMax", c => c.Set(Extreme(c, "argmax")));
        table.Add("ArgMin", c => c.Set(Extreme(c, "argmin")));
        table.Add("Hardmax", c => c.Set(Hardmax(c)));
    }

    private static void Reduce(NodeConversion c, Func<OnnxValue, int[], bool, OnnxValue> reduce)
    {
        OnnxValue x = c.Input(0);
        long[] given = c.Integers("axes") ?? c.KnownIntegers(1, "the axes") ?? [];
        bool keep = c.Flag("keepdims", true);
        bool doesNothing = c.Flag("noop_with_empty_axes", false);
        if (given.Length == 0 && doesNothing)
            c.Set(x);
        else
            c.Set(reduce(x, given.Length == 0 ? [.. Enumerable.Range(0, x.Rank)] : c.Axes(given, x.Rank), keep));
    }

    /// <summary>The largest element is taken out of the sum, so that nothing overflows.</summary>
    private static OnnxValue LogSumExp(NodeConversion c, OnnxValue x, int[] axes, bool keep)
    {
        OnnxValue largest = c.Reduce("max", x, axes, keepDims: true);
        OnnxValue sum = c.Reduce("sum", c.Map("exp", c.Subtract(x, largest)), axes, keepDims: true);
        OnnxValue result = c.Add(c.Map("log", sum), largest);
        return keep ? result : c.Reduce("sum", result, axes, keepDims: false);
    }

    /// <summary>The first place of an extreme, or the last.</summary>
    private static OnnxValue Extreme(NodeConversion c, string name)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", 0), x.Rank);
        bool keep = c.Flag("keepdims", true);
        bool last = c.Flag("select_last_index", false);
        if (last)
            x = c.Map("reverse", x, ("axis", NodeConversion.Tuple(axis)));
        OnnxValue place = c.Call(
            name,
            [x],
            ("axis", NodeConversion.Number(axis)),
            ("keepdims", keep ? "True" : "False")
        );
        if (last)
            place = c.WithScalar("rminus", place, x.Dims[axis] - 1);
        List<long> dims = [.. x.Dims];
        if (keep)
            dims[axis] = 1;
        else
            dims.RemoveAt(axis);
        return c.Cast(place, OnnxElementType.Int64).As(OnnxElementType.Int64, [.. dims]);
    }

    /// <summary>1 at the first largest element along an axis, 0 elsewhere.</summary>
    private static OnnxValue Hardmax(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", c.Opset < 13 ? 1 : -1), x.Rank);
        OnnxValue flat = x;
        if (c.Opset < 13)
            flat = c.Reshape(x, NeuralShapes.Matrix(x.Dims, axis));
        int along = c.Opset < 13 ? 1 : axis;
        OnnxValue place = c.Call("argmax", [flat], ("axis", NodeConversion.Number(along)));
        OnnxValue marked = c.Call(
            "one_hot",
            [place],
            ("depth", NodeConversion.Number(flat.Dims[along])),
            ("dtype", x.ElementType.ToDType().Name())
        );
        // A vector has one place, which the graph keeps as a vector of one.
        if (flat.Rank == 1)
            marked = c.Reshape(marked, flat.Dims);
        return c.Reshape(c.MoveAxis(marked, marked.Rank - 1, along), x.Dims);
    }
}
