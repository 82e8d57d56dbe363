namespace CoreEngine.Onnx;

/// <summary>Operators that rearrange elements or make new ones, and those that tell about extents.</summary>
internal static class ShapeConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Constant", c => c.Set(Constant(c)));
        table.Add("ConstantOfShape", c => c.Set(ConstantOfShape(c)));
        table.Add("Shape", c => c.Set(ShapeOf(c)));
        table.Add("Size", c => c.Set(OnnxValue.Of(OnnxTensor.FromInteger(c.Input(0).Count))));
        table.Add("Range", c => c.Set(Range(c)));
        table.Add("EyeLike", c => c.Set(EyeLike(c)));
        table.Add("Cast", c => c.Set(Cast(c)));
        table.Add("CastLike", c => c.Set(c.Cast(c.Input(0), c.Input(1).ElementType)));
        table.Add("Reshape", c => c.Set(Reshape(c)));
        table.Add("Flatten", c => c.Set(Flatten(c)));
        table.Add("Squeeze", c => c.Set(Squeeze(c)));
        table.Add("Unsqueeze", c => c.Set(Unsqueeze(c)));
        table.Add("Transpose", c => c.Set(Transpose(c)));
        table.Add("Expand", c => c.Set(Expand(c)));
        table.Add("Tile", c => c.Set(Tile(c)));
        table.Add("Concat", c => c.Set(Concat(c)));
        table.Add("Split", Split);
        table.Add("Slice", c => c.Set(Slice(c)));
        table.Add("DepthToSpace", c => c.Set(DepthToSpace(c)));
        table.Add("SpaceToDepth", c => c.Set(SpaceToDepth(c)));
        table.Add("Trilu", c => c.Set(Triangle(c)));
    }

    private static OnnxValue Constant(NodeConversion c)
    {
        if (c.Tensor("value") is { } tensor)
            return OnnxValue.Of(tensor);
        if (c.OptionalInteger("value_int") is { } integer)
            return OnnxValue.Of(OnnxTensor.FromInteger(integer));
        if (c.Integers("value_ints") is { } integers)
            return OnnxValue.Of(OnnxTensor.FromIntegers(integers));
        if (c.OptionalReal("value_float") is { } real)
            return c.Scalar(real, OnnxElementType.Float);
        if (c.Reals("value_floats") is { } reals)
            return NodeConversion.Constant<float>(reals, OnnxElementType.Float, reals.Length);
        throw c.Unsupported("only numbers are constants here, not text or sparse tensors");
    }

    private static OnnxValue ConstantOfShape(NodeConversion c)
    {
        long[] dims = c.Known(0, "the shape").ToIntegers();
        OnnxTensor value = c.Tensor("value") ?? OnnxTensor.From<float>([0], OnnxElementType.Float, [1]);
        if (value.Count != 1)
            throw c.Wrong($"the value {value} is not one number");
        int size = value.ElementType.ItemSize();
        byte[] data = c.New<byte>([.. dims, size]);
        for (int i = 0; i < data.Length; i += size)
        {
            value.Data.CopyTo(data.AsSpan(i));
        }

        return OnnxValue.Of(new OnnxTensor(value.ElementType, dims, data));
    }

    private static OnnxValue ShapeOf(NodeConversion c)
    {
        long[] dims = c.Input(0).Dims;
        int start = Clamp(c.Integer("start", 0), dims.Length);
        int end = Clamp(c.Integer("end", dims.Length), dims.Length);
        return OnnxValue.Of(OnnxTensor.FromIntegers(dims.AsSpan()[start..Math.Max(start, end)]));
    }

    private static int Clamp(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);

    private static OnnxValue Range(NodeConversion c)
    {
        OnnxTensor start = c.Known(0, "the start");
        double first = start.ToDoubles()[0];
        double limit = c.Known(1, "the limit").ToDoubles()[0];
        double step = c.Known(2, "the step").ToDoubles()[0];
        double count = Math.Max(0, Math.Ceiling((limit - first) / step));
        if (!(count <= GraphBuilder.MostConstantElements))
            throw c.Wrong($"a range from {first} to {limit} in steps of {step} has no end");
        double[] values = c.New<double>((long)count);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = first + (i * step);
        }

        return c.Cast(
            NodeConversion.Constant<double>(values, OnnxElementType.Double, values.Length),
            start.ElementType
        );
    }

    private static OnnxValue EyeLike(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        if (x.Rank != 2)
            throw c.Wrong($"{x} is no matrix");
        long offset = c.Integer("k", 0);
        double[] values = c.New<double>(x.Dims);
        for (long row = 0; row < x.Dims[0]; row++)
        {
            long column = row + offset;
            if (column >= 0 && column < x.Dims[1])
                values[(row * x.Dims[1]) + column] = 1;
        }

        OnnxElementType type = c.Type("dtype", x.ElementType);
        return c.Cast(NodeConversion.Constant<double>(values, OnnxElementType.Double, x.Dims), type);
    }

    private static OnnxValue Cast(NodeConversion c)
    {
        c.Ignore("saturate");
        return c.Cast(c.Input(0), c.Type("to", OnnxElementType.Undefined));
    }

    private static OnnxValue Reshape(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        c.Ignore("consumed_inputs");
        long[] dims = [.. c.Integers("shape") ?? c.Known(1, "the shape").ToIntegers()];
        bool allowZero = c.Flag("allowzero", false);
        long known = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == 0 && !allowZero)
                dims[i] = i < x.Rank ? x.Dims[i] : throw c.Wrong($"{x} has no axis {i} to copy");
            if (dims[i] != -1)
                known = checked(known * dims[i]);
        }

        int open = Array.IndexOf(dims, -1);
        if (open >= 0 && known > 0)
            dims[open] = x.Count / known;
        if (dims.Aggregate(1L, (product, extent) => product * extent) != x.Count || dims.Contains(-1))
            throw c.Wrong($"{x} cannot take the shape [{string.Join(",", dims)}]");
        return c.Reshape(x, dims);
    }

    private static OnnxValue Flatten(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long axis = c.Integer("axis", 1);
        return c.Reshape(x, NeuralShapes.Matrix(x.Dims, (int)(axis < 0 ? axis + x.Rank : axis)));
    }

    private static OnnxValue Squeeze(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long[]? given = c.Integers("axes") ?? c.KnownIntegers(1, "the axes");
        int[] axes = given is null
            ? [.. Enumerable.Range(0, x.Rank).Where(axis => x.Dims[axis] == 1)]
            : c.Axes(given, x.Rank);
        if (axes.Any(axis => x.Dims[axis] != 1))
            throw c.Wrong($"{x} has an extent other than 1 on the axes to remove");
        return c.Reshape(x, [.. x.Dims.Where((_, axis) => !axes.Contains(axis))]);
    }

    private static OnnxValue Unsqueeze(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long[] given = c.Integers("axes") ?? c.Known(1, "the axes").ToIntegers();
        int[] axes = c.Axes(given, x.Rank + given.Length);
        List<long> dims = [.. x.Dims];
        foreach (int axis in axes.Order())
        {
            dims.Insert(axis, 1);
        }

        return c.Reshape(x, [.. dims]);
    }

    private static OnnxValue Transpose(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long[] axes = c.Integers("perm") ?? [.. Enumerable.Range(0, x.Rank).Reverse().Select(axis => (long)axis)];
        if (!axes.Order().SequenceEqual(Enumerable.Range(0, x.Rank).Select(axis => (long)axis)))
            throw c.Wrong($"[{string.Join(",", axes)}] is no order of the axes of {x}");
        return c.Transpose(x, axes);
    }

    private static OnnxValue Expand(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        return c.Expand(x, c.BroadcastDims(x.Dims, c.Known(1, "the shape").ToIntegers()));
    }

    private static OnnxValue Tile(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long[] times = c.Known(1, "the repetitions").ToIntegers();
        if (times.Length != x.Rank)
            throw c.Wrong($"{times.Length} repetitions do not fit {x}");
        return c.Call("tile", [x], ("reps", NodeConversion.Tuple(times)))
            .As(x.ElementType, [.. x.Dims.Zip(times, (extent, count) => extent * count)]);
    }

    private static OnnxValue Concat(NodeConversion c)
    {
        OnnxValue[] parts = c.AllInputs();
        int axis = c.Axis(c.Integer("axis", 1), parts[0].Rank);
        OnnxValue[] filled = [.. parts.Where(part => part.Count > 0)];
        return filled.Length == 0 ? parts[0] : c.Concat(filled, axis);
    }

    private static void Split(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", 0), x.Rank);
        long[]? sizes = c.Integers("split") ?? c.KnownIntegers(1, "the sizes");
        long parts = c.Integer("num_outputs", c.OutputCount);
        if (parts != c.OutputCount)
            throw c.Wrong($"num_outputs is {parts}, but it has {c.OutputCount}");
        if (sizes is null)
        {
            // The last part is smaller when the extent cannot be cut evenly.
            long size = (x.Dims[axis] + parts - 1) / parts;
            sizes = [.. Enumerable.Range(0, (int)parts).Select(i => Math.Min(size, x.Dims[axis] - (i * size)))];
        }

        if (sizes.Sum() != x.Dims[axis] || sizes.Length != c.OutputCount)
            throw c.Wrong($"{x} cannot be split into [{string.Join(",", sizes)}] along axis {axis}");
        long begin = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == 0)
                throw c.Unsupported("a part without elements has no counterpart here");
            c.Set(i, c.SliceAxis(x, axis, begin, begin + sizes[i]));
            begin += sizes[i];
        }
    }

    private static OnnxValue Slice(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long[] starts = c.Integers("starts") ?? c.Known(1, "the starts").ToIntegers();
        long[] ends = c.Integers("ends") ?? c.Known(2, "the ends").ToIntegers();
        long[] axes =
            c.Integers("axes")
            ?? c.KnownIntegers(3, "the axes")
            ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[]? steps = c.KnownIntegers(4, "the steps");
        string[] begin = new string[x.Rank];
        string[] end = new string[x.Rank];
        string[] step = new string[x.Rank];
        long[] dims = [.. x.Dims];
        Array.Fill(begin, "None");
        Array.Fill(end, "None");
        Array.Fill(step, "1");
        int[] places = c.Axes(axes, x.Rank);
        for (int i = 0; i < places.Length; i++)
        {
            int axis = places[i];
            long extent = x.Dims[axis];
            long stride = steps?[i] ?? 1;
            if (stride == 0)
                throw c.Wrong("a step is 0");
            long first = Clamp(starts[i], extent, stride);
            long last = Clamp(ends[i], extent, stride);
            dims[axis] = Math.Max(0, (last - first + stride - Math.Sign(stride)) / stride);
            begin[axis] = NodeConversion.Number(first);
            end[axis] = last < 0 ? "None" : NodeConversion.Number(last);
            step[axis] = NodeConversion.Number(stride);
        }

        if (dims.Contains(0))
        {
            return x.Constant is not null
                ? OnnxValue.Of(new OnnxTensor(x.ElementType, dims, default))
                : throw c.Unsupported("a slice without elements has no counterpart here");
        }

        if (dims.AsSpan().SequenceEqual(x.Dims) && step.All(text => text == "1"))
            return x;
        return c.Call(
                "slice",
                [x],
                ("begin", NodeConversion.Tuple<string>(begin)),
                ("end", NodeConversion.Tuple<string>(end)),
                ("step", NodeConversion.Tuple<string>(step))
            )
            .As(x.ElementType, dims);
    }

    /// <summary>A bound as ONNX reads it: from the end where negative, and cut off at the tensor's edges.</summary>
    private static long Clamp(long bound, long extent, long step)
    {
        long place = bound < 0 ? bound + extent : bound;
        return step > 0 ? Math.Clamp(place, 0, extent) : Math.Clamp(place, -1, extent - 1);
    }

    private static OnnxValue DepthToSpace(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long block = c.Integer("blocksize", 0);
        string mode = c.Text("mode", "DCR");
        (long n, long channels, long h, long w) = Image(c, x);
        if (block < 1 || channels % (block * block) != 0)
            throw c.Wrong($"{channels} channels cannot be cut into blocks of {block} x {block}");
        long left = channels / (block * block);
        OnnxValue cut = mode switch
        {
            "DCR" => c.Transpose(c.Reshape(x, n, block, block, left, h, w), 0, 3, 4, 1, 5, 2),
            "CRD" => c.Transpose(c.Reshape(x, n, left, block, block, h, w), 0, 1, 4, 2, 5, 3),
            _ => throw c.Wrong($"the mode '{mode}' is neither DCR nor CRD"),
        };
        return c.Reshape(cut, n, left, h * block, w * block);
    }

    private static OnnxValue SpaceToDepth(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        long block = c.Integer("blocksize", 0);
        (long n, long channels, long h, long w) = Image(c, x);
        if (block < 1 || h % block != 0 || w % block != 0)
            throw c.Wrong($"images of {h} x {w} cannot be cut into blocks of {block} x {block}");
        OnnxValue cut = c.Reshape(x, n, channels, h / block, block, w / block, block);
        return c.Reshape(c.Transpose(cut, 0, 3, 5, 1, 2, 4), n, channels * block * block, h / block, w / block);
    }

    private static (long N, long Channels, long Height, long Width) Image(NodeConversion c, OnnxValue x) =>
        x.Rank == 4 ? (x.Dims[0], x.Dims[1], x.Dims[2], x.Dims[3]) : throw c.Wrong($"{x} is no batch of images");

    private static OnnxValue Triangle(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        bool isUpper = c.Flag("upper", true);
        long offset = c.KnownIntegers(1, "the diagonal")?[0] ?? 0;
        if (x.Rank < 2)
            throw c.Wrong($"{x} is no matrix");
        long rows = x.Dims[^2];
        long columns = x.Dims[^1];
        byte[] kept = c.New<byte>(rows, columns);
        for (long i = 0; i < kept.Length; i++)
        {
            long distance = (i % columns) - (i / columns);
            kept[i] = (isUpper ? distance >= offset : distance <= offset) ? (byte)1 : (byte)0;
        }

        OnnxValue mask = NodeConversion.Constant<byte>(kept, OnnxElementType.Bool, rows, columns);
        return c.Where(mask, x, c.Map("zeros_like", x));
    }
}
