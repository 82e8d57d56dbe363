namespace CoreEngine.Onnx;

/// <summary>Operators that read or write elements at places that another tensor names.</summary>
internal static class IndexConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Gather", c => c.Set(Gather(c)));
        table.Add("GatherElements", c => c.Set(GatherElements(c)));
        table.Add("GatherND", c => c.Set(GatherPoints(c)));
        table.Add("ScatterElements", c => c.Set(ScatterElements(c)));
        table.Add("Scatter", c => c.Set(ScatterElements(c)));
        table.Add("ScatterND", c => c.Set(ScatterPoints(c)));
        table.Add("OneHot", c => c.Set(OneHot(c)));
        table.Add("Compress", c => c.Set(Compress(c)));
        table.Add("NonZero", c => c.Set(NonZero(c)));
        table.Add("TopK", TopK);
        table.Add("CumSum", c => c.Set(CumulativeSum(c)));
        table.Add("ReverseSequence", c => c.Set(ReverseSequence(c)));
    }

    /// <summary>Reads whole slices along an axis at known places.</summary>
    public static OnnxValue Take(NodeConversion c, OnnxValue x, int axis, long[] places) =>
        Take(c, x, axis, OnnxValue.Of(OnnxTensor.FromIntegers(places)));

    /// <summary>Reads slices along an axis; negative places count from the end.</summary>
    public static OnnxValue Take(NodeConversion c, OnnxValue x, int axis, OnnxValue places)
    {
        OnnxValue rows = c.MoveAxis(x, axis, 0);
        OnnxValue taken = c.Call("take", [rows, places], ("mode", "wrap"));
        // The places' axes come first; they belong where the axis was.
        int count = Math.Max(1, places.Rank);
        long[] order =
        [
            .. Enumerable.Range(count, axis).Select(i => (long)i),
            .. Enumerable.Range(0, count).Select(i => (long)i),
            .. Enumerable.Range(count + axis, x.Rank - 1 - axis).Select(i => (long)i),
        ];
        return c.Reshape(c.Transpose(taken, order), [.. x.Dims[..axis], .. places.Dims, .. x.Dims[(axis + 1)..]]);
    }

    private static OnnxValue Gather(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", 0), x.Rank);
        return Take(c, x, axis, c.Input(1));
    }

    /// <summary>Places that count from the end where they are negative, as int64.</summary>
    private static OnnxValue FromStart(NodeConversion c, OnnxValue places, long extent)
    {
        OnnxValue wide = c.Cast(places, OnnxElementType.Int64);
        return c.Add(wide, c.Times(c.WithScalar("lesser", wide, 0), extent));
    }

    /// <summary>The coordinates of every element of a block: one slice per axis, the one along <paramref name="axis"/> given.</summary>
    private static OnnxValue Coordinates(NodeConversion c, OnnxValue places, int axis)
    {
        var parts = new List<OnnxValue>();
        long[] one = [1, .. places.Dims];
        for (int i = 0; i < places.Rank; i++)
        {
            parts.Add(c.Reshape(i == axis ? places : Counting(c, places.Dims, i), one));
        }

        return c.Concat([.. parts], 0);
    }

    /// <summary>A block in which every element is its own place along an axis.</summary>
    private static OnnxValue Counting(NodeConversion c, long[] dims, int axis)
    {
        long[] along = [.. Enumerable.Repeat(1L, dims.Length)];
        along[axis] = dims[axis];
        long[] places = c.New<long>(dims[axis]);
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        return c.Folded(c.Expand(OnnxValue.Of(OnnxTensor.FromIntegers(places, along)), dims));
    }

    private static OnnxValue GatherElements(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue places = c.Input(1);
        int axis = c.Axis(c.Integer("axis", 0), x.Rank);
        OnnxValue coordinates = Coordinates(c, FromStart(c, places, x.Dims[axis]), axis);
        return c.Call("gather_nd", [x, coordinates]).As(x.ElementType, places.Dims);
    }

    /// <summary>Coordinates in the last axis of <paramref name="places"/> become the first axis, counted from the start.</summary>
    private static OnnxValue Columns(NodeConversion c, OnnxValue places, ReadOnlySpan<long> extents)
    {
        OnnxValue columns = c.Cast(c.MoveAxis(places, places.Rank - 1, 0), OnnxElementType.Int64);
        long[] along = [extents.Length, .. Enumerable.Repeat(1L, places.Rank - 1)];
        OnnxValue sizes = c.Folded(c.Expand(OnnxValue.Of(OnnxTensor.FromIntegers(extents, along)), columns.Dims));
        return c.Add(columns, c.Multiply(c.WithScalar("lesser", columns, 0), sizes));
    }

    private static OnnxValue GatherPoints(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue places = c.Input(1);
        int batch = (int)c.Integer("batch_dims", 0);
        int depth = (int)places.Dims[^1];
        OnnxValue columns = Columns(c, places, x.Dims.AsSpan(batch, depth));
        if (batch > 0)
        {
            long[] block = places.Dims[..^1];
            List<OnnxValue> parts = [];
            for (int i = 0; i < batch; i++)
            {
                parts.Add(c.Reshape(Counting(c, block, i), [1, .. block]));
            }

            columns = c.Concat([.. parts, columns], 0);
        }

        long[] dims = [.. places.Dims[..^1], .. x.Dims[(batch + depth)..]];
        return c.Reshape(c.Call("gather_nd", [x, columns]).As(x.ElementType, dims), dims);
    }

    private static OnnxValue ScatterElements(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue places = c.Input(1);
        int axis = c.Axis(c.Integer("axis", 0), x.Rank);
        return Scatter(c, x, Coordinates(c, FromStart(c, places, x.Dims[axis]), axis), c.Input(2));
    }

    private static OnnxValue ScatterPoints(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue places = c.Input(1);
        return Scatter(c, x, Columns(c, places, x.Dims.AsSpan(0, (int)places.Dims[^1])), c.Input(2));
    }

    /// <summary>Writes updates into a copy; what no index names stays, which a second block of marks tells.</summary>
    private static OnnxValue Scatter(NodeConversion c, OnnxValue x, OnnxValue coordinates, OnnxValue updates)
    {
        string reduction = c.Text("reduction", "none");
        (string, string) shape = ("shape", NodeConversion.Tuple(x.Dims));
        switch (reduction)
        {
            case "none":
                OnnxValue written = c.Call("scatter_nd", [updates, coordinates], shape).As(x.ElementType, x.Dims);
                OnnxValue ones = c.Filled(1, OnnxElementType.UInt8, updates.Dims);
                OnnxValue marks = c.Call("scatter_nd", [ones, coordinates], shape);
                return c.Where(marks.As(OnnxElementType.Bool, x.Dims), written, x);
            case "add":
                OnnxValue sums = c.Call("_backward_gather_nd", [updates, coordinates, x]);
                return c.Add(x, sums.As(x.ElementType, x.Dims));
            default:
                throw c.Unsupported($"the reduction '{reduction}' has no counterpart here");
        }
    }

    private static OnnxValue OneHot(NodeConversion c)
    {
        OnnxValue places = c.Input(0);
        OnnxTensor values = c.Known(2, "the two values");
        long depth = (long)c.Known(1, "the depth").ToDoubles()[0];
        int axis = c.Axis(c.Integer("axis", -1), places.Rank + 1);
        double[] offOn = values.ToDoubles();
        OnnxValue marked = c.Call(
            "one_hot",
            [FromStart(c, places, depth)],
            ("depth", NodeConversion.Number(depth)),
            ("off_value", NodeConversion.Number(offOn[0])),
            ("on_value", NodeConversion.Number(offOn[1])),
            ("dtype", values.ElementType.ToDType().Name())
        );
        marked = c.Reshape(marked.As(values.ElementType, marked.Dims), [.. places.Dims, depth]);
        return c.MoveAxis(marked, places.Rank, axis);
    }

    private static OnnxValue Compress(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long? given = c.OptionalInteger("axis");
        long[] condition = c.Known(1, "the condition").ToIntegers();
        if (given is null)
            x = c.Reshape(x, x.Count);
        long[] places = [.. Enumerable.Range(0, condition.Length).Where(i => condition[i] != 0).Select(i => (long)i)];
        if (places.Length == 0)
            throw c.Unsupported("a result without elements has no counterpart here");
        return Take(c, x, given is null ? 0 : c.Axis(given.Value, x.Rank), places);
    }

    private static OnnxValue NonZero(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        double[] values = c.Known(0, "the tensor").ToDoubles();
        int[] places = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)];
        long[] found = c.New<long>(x.Rank, places.Length);
        for (int i = 0; i < places.Length; i++)
        {
            long rest = places[i];
            for (int axis = x.Rank - 1; axis >= 0; axis--)
            {
                found[(axis * places.Length) + i] = rest % x.Dims[axis];
                rest /= x.Dims[axis];
            }
        }

        return OnnxValue.Of(OnnxTensor.FromIntegers(found, [x.Rank, places.Length]));
    }

    private static void TopK(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", -1), x.Rank);
        long k = c.OptionalInteger("k") ?? c.Known(1, "the number").ToIntegers()[0];
        bool largest = c.Flag("largest", true);
        // Sorted is as good an order as any other.
        c.Ignore("sorted");
        OnnxValue[] found = c.CallAll(
            "topk",
            [x],
            ("axis", NodeConversion.Number(axis)),
            ("k", NodeConversion.Number(k)),
            ("ret_typ", "both"),
            ("is_ascend", largest ? "False" : "True")
        );
        c.Set(0, found[0].As(x.ElementType, found[0].Dims));
        c.Set(1, c.Cast(found[1], OnnxElementType.Int64));
    }

    /// <summary>A product with a triangle of ones; whole numbers are added as float64.</summary>
    private static OnnxValue CumulativeSum(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Known(1, "the axis").ToIntegers()[0], x.Rank);
        bool isExclusive = c.Flag("exclusive", false);
        bool isReverse = c.Flag("reverse", false);
        long extent = x.Dims[axis];
        double[] triangle = c.New<double>(extent, extent);
        for (int i = 0; i < triangle.Length; i++)
        {
            long distance = (i % extent) - (i / extent);
            if (isReverse)
                distance = -distance;
            triangle[i] = distance > 0 || (distance == 0 && !isExclusive) ? 1 : 0;
        }

        OnnxElementType type = x.ElementType.IsFloat() ? x.ElementType : OnnxElementType.Double;
        OnnxValue sums = c.Cast(
            NodeConversion.Constant<double>(triangle, OnnxElementType.Double, extent, extent),
            type
        );
        OnnxValue last = c.MoveAxis(c.Cast(x, type), axis, x.Rank - 1);
        return c.Cast(c.MoveAxis(LinearConversions.Product(c, last, sums), x.Rank - 1, axis), x.ElementType);
    }

    private static OnnxValue ReverseSequence(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long time = c.Integer("time_axis", 0);
        long batch = c.Integer("batch_axis", 1);
        if (time + batch != 1 || time * batch != 0)
            throw c.Wrong($"time_axis {time} and batch_axis {batch} are not 0 and 1");
        OnnxValue steps = time == 0 ? x : c.MoveAxis(x, 1, 0);
        OnnxValue cube = c.Reshape(steps, steps.Dims[0], steps.Dims[1], steps.Count / (steps.Dims[0] * steps.Dims[1]));
        OnnxValue reversed = c.Layer(
            "SequenceReverse",
            cube,
            [c.Cast(c.Input(1), x.ElementType)],
            ("use_sequence_length", "True")
        );
        OnnxValue result = c.Reshape(reversed, steps.Dims);
        return time == 0 ? result : c.MoveAxis(result, 1, 0);
    }
}
