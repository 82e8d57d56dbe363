namespace CoreEngine.Onnx;

/// <summary>Layers that bring means and deviations, or sums, to definite values.</summary>
internal static class NormalizationConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Softmax", c => c.Set(Softmax(c, "softmax")));
        table.Add("LogSoftmax", c => c.Set(Softmax(c, "log_softmax")));
        table.Add("BatchNormalization", BatchNormalization);
        table.Add("InstanceNormalization", c => c.Set(InstanceNormalization(c)));
        table.Add("LayerNormalization", LayerNormalization);
        table.Add("MeanVarianceNormalization", c => c.Set(MeanVarianceNormalization(c)));
        table.Add("LpNormalization", c => c.Set(LpNormalization(c)));
        table.Add("LRN", c => c.Set(LocalResponse(c)));
    }

    private static OnnxValue Softmax(NodeConversion c, string name)
    {
        OnnxValue x = c.Input(0);
        bool isFlat = c.Opset < 13;
        int axis = c.Axis(c.Integer("axis", isFlat ? 1 : -1), x.Rank);
        if (!isFlat)
            return c.Map(name, x, ("axis", NodeConversion.Number(axis)));
        // Before version 13 all axes from the given one on were one distribution.
        OnnxValue matrix = c.Reshape(x, NeuralShapes.Matrix(x.Dims, axis));
        return c.Reshape(c.Map(name, matrix, ("axis", "1")), x.Dims);
    }

    private static void BatchNormalization(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue[] parameters = [c.Input(1), c.Input(2), c.Input(3), c.Input(4)];
        double epsilon = c.Real("epsilon", 1e-5);
        double momentum = c.Real("momentum", 0.9);
        bool isTraining = c.Opset < 7 ? !c.Flag("is_test", false) : c.Flag("training_mode", false);
        c.Ignore("consumed_inputs");
        if (!c.Flag("spatial", true))
            throw c.Unsupported("statistics for each position (spatial=0) have no counterpart here");
        bool canBeStates = parameters[2..]
            .All(state => state.Constant is not null || state.Entry!.Value.Node.IsVariable);
        if (!isTraining && canBeStates && Array.TrueForAll(parameters, p => p.ElementType == x.ElementType))
        {
            c.Set(
                c.Layer(
                    "BatchNorm",
                    x,
                    parameters,
                    ("eps", NodeConversion.Number(epsilon)),
                    ("momentum", NodeConversion.Number(momentum)),
                    ("fix_gamma", "False"),
                    ("use_global_stats", "True")
                )
            );
            return;
        }

        OnnxValue mean = parameters[2];
        OnnxValue variance = parameters[3];
        if (isTraining)
        {
            int[] axes = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != 1)];
            OnnxValue own = c.Reduce("mean", x, axes, keepDims: true);
            OnnxValue spread = c.Reduce("mean", c.Map("square", c.Subtract(x, own)), axes, keepDims: true);
            long[] channels = [x.Dims[1]];
            c.Set(1, Blend(c, mean, c.Reshape(own, channels), momentum));
            c.Set(2, Blend(c, variance, c.Reshape(spread, channels), momentum));
            (mean, variance) = (c.Reshape(own, channels), c.Reshape(spread, channels));
        }

        long[] along = [x.Dims[1], .. Enumerable.Repeat(1L, x.Rank - 2)];
        OnnxValue scale = c.Multiply(parameters[0], c.Map("rsqrt", c.Plus(variance, epsilon)));
        OnnxValue centred = c.Subtract(x, c.Reshape(mean, along));
        c.Set(c.Add(c.Multiply(centred, c.Reshape(scale, along)), c.Reshape(parameters[1], along)));
    }

    private static OnnxValue Blend(NodeConversion c, OnnxValue old, OnnxValue latest, double momentum) =>
        c.Add(c.Times(old, momentum), c.Times(latest, 1 - momentum));

    private static OnnxValue InstanceNormalization(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        c.Ignore("consumed_inputs");
        return c.Layer(
            "InstanceNorm",
            x,
            [c.Input(1), c.Input(2)],
            ("eps", NodeConversion.Number(c.Real("epsilon", 1e-5)))
        );
    }

    private static void LayerNormalization(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", -1), x.Rank);
        double epsilon = c.Real("epsilon", 1e-5);
        c.Ignore("stash_type");
        long[] matrix = NeuralShapes.Matrix(x.Dims, axis);
        OnnxValue scale = c.Expand(c.Input(1), x.Dims[axis..]);
        OnnxValue bias = c.OptionalInput(2) is { } given
            ? c.Expand(given, x.Dims[axis..])
            : c.Filled(0, x.ElementType, x.Dims[axis..]);
        OnnxValue[] results = c.CallAll(
            "LayerNorm",
            [c.Reshape(x, matrix), c.Reshape(scale, matrix[1]), c.Reshape(bias, matrix[1])],
            ("axis", "1"),
            ("eps", NodeConversion.Number(epsilon)),
            ("output_mean_var", "True")
        );
        c.Set(c.Reshape(results[0].As(x.ElementType, matrix), x.Dims));
        long[] reduced = [.. x.Dims[..axis], .. Enumerable.Repeat(1L, x.Rank - axis)];
        if (c.Wants(1))
            c.Set(1, c.Reshape(results[1], reduced));
        if (c.Wants(2))
            c.Set(2, c.Reshape(c.Map("reciprocal", results[2]), reduced));
    }

    private static OnnxValue MeanVarianceNormalization(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int[] axes = c.Axes(c.Integers("axes") ?? [0, 2, 3], x.Rank);
        OnnxValue centred = c.Subtract(x, c.Reduce("mean", x, axes, keepDims: true));
        OnnxValue deviation = c.Map("sqrt", c.Reduce("mean", c.Map("square", centred), axes, keepDims: true));
        return c.Divide(centred, c.Plus(deviation, 1e-9));
    }

    private static OnnxValue LpNormalization(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int[] axes = [c.Axis(c.Integer("axis", -1), x.Rank)];
        OnnxValue size = c.Integer("p", 2) switch
        {
            1 => c.Reduce("sum", c.Map("abs", x), axes, keepDims: true),
            2 => c.Map("sqrt", c.Reduce("sum", c.Map("square", x), axes, keepDims: true)),
            long p => throw c.Wrong($"p is {p}; it can be 1 or 2"),
        };
        return c.Divide(x, size);
    }

    private static OnnxValue LocalResponse(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long size = c.Integer("size", 0);
        if (size % 2 == 0)
            throw c.Unsupported($"windows over an even number of channels ({size}) have no counterpart here");
        return c.Map(
            "LRN",
            x,
            ("nsize", NodeConversion.Number(size)),
            ("alpha", NodeConversion.Number(c.Real("alpha", 1e-4))),
            ("beta", NodeConversion.Number(c.Real("beta", 0.75))),
            ("knorm", NodeConversion.Number(c.Real("bias", 1)))
        );
    }
}
