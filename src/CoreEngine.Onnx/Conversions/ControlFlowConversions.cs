namespace CoreEngine.Onnx;

/// <summary>Branches and loops, which are decided and written out when a model is imported.</summary>
internal static class ControlFlowConversions
{
    /// <summary>A loop becomes as many copies of its body; more than this is no graph any more.</summary>
    private const long MostIterations = 4096;

    public static void Register(ConversionTable table)
    {
        table.Add("If", If);
        table.Add("Loop", Loop);
        table.Add("Scan", Scan);
    }

    private static void If(NodeConversion c)
    {
        bool isTrue = c.Known(0, "the condition").ToIntegers()[0] != 0;
        OnnxGraph then = c.Graph("then_branch");
        OnnxGraph otherwise = c.Graph("else_branch");
        Set(c, 0, c.Inline(isTrue ? then : otherwise));
    }

    private static void Loop(NodeConversion c)
    {
        OnnxGraph body = c.Graph("body");
        long most = c.Has(0) ? c.Known(0, "the number of iterations").ToIntegers()[0] : long.MaxValue;
        bool goesOn = !c.Has(1) || c.Known(1, "the condition").ToIntegers()[0] != 0;
        OnnxValue[] states = [.. Enumerable.Range(2, Math.Max(0, c.InputCount - 2)).Select(c.Input)];
        var scanned = new List<OnnxValue>[body.Outputs.Count - 1 - states.Length];
        for (int i = 0; i < scanned.Length; i++)
        {
            scanned[i] = [];
        }

        OnnxValue condition = NodeConversion.Constant<byte>([1], OnnxElementType.Bool);
        for (long i = 0; i < most && goesOn; i++)
        {
            if (i == MostIterations)
                throw c.Unsupported($"more than {MostIterations} iterations have no counterpart here");
            OnnxValue[] results = c.Inline(body, [OnnxValue.Of(OnnxTensor.FromInteger(i)), condition, .. states]);
            goesOn = c.Known(results[0], "the condition").ToIntegers()[0] != 0;
            states = results[1..(1 + states.Length)];
            for (int j = 0; j < scanned.Length; j++)
            {
                scanned[j].Add(results[1 + states.Length + j]);
            }
        }

        Set(c, 0, states);
        Set(c, states.Length, [.. scanned.Select(parts => Stack(c, parts))]);
    }

    private static void Scan(NodeConversion c)
    {
        if (c.Opset < 9)
            throw c.Unsupported("before version 9 it went over batches too, which has no counterpart here");
        OnnxGraph body = c.Graph("body");
        int count = (int)c.Integer("num_scan_inputs", 1);
        OnnxValue[] inputs = c.AllInputs();
        OnnxValue[] states = inputs[..^count];
        OnnxValue[] sources = inputs[^count..];
        foreach (
            string name in (ReadOnlySpan<string>)
                ["scan_input_axes", "scan_output_axes", "scan_input_directions", "scan_output_directions"]
        )
        {
            if (c.Integers(name) is { } given && given.Any(number => number != 0))
                throw c.Unsupported($"'{name}' other than 0 has no counterpart here");
        }

        var scanned = new List<OnnxValue>[body.Outputs.Count - states.Length];
        for (int i = 0; i < scanned.Length; i++)
        {
            scanned[i] = [];
        }

        long steps = sources[0].Dims[0];
        for (long t = 0; t < steps; t++)
        {
            OnnxValue[] now =
            [
                .. sources.Select(source => c.Reshape(c.SliceAxis(source, 0, t, t + 1), source.Dims[1..])),
            ];
            OnnxValue[] results = c.Inline(body, [.. states, .. now]);
            states = results[..states.Length];
            for (int j = 0; j < scanned.Length; j++)
            {
                scanned[j].Add(results[states.Length + j]);
            }
        }

        Set(c, 0, states);
        Set(c, states.Length, [.. scanned.Select(parts => Stack(c, parts))]);
    }

    private static OnnxValue Stack(NodeConversion c, List<OnnxValue> parts) =>
        parts.Count == 0
            ? throw c.Unsupported("a loop without iterations gives no elements, which has no counterpart here")
            : c.Concat([.. parts.Select(part => c.Reshape(part, [1, .. part.Dims]))], 0);

    private static void Set(NodeConversion c, int first, OnnxValue[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            c.Set(first + i, values[i]);
        }
    }
}
