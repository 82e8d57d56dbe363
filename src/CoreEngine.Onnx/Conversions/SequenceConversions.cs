namespace CoreEngine.Onnx;

/// <summary>Sequences of tensors, which exist only while a model is imported.</summary>
internal static class SequenceConversions
{
    /// <summary>Every part of a sequence is a value of its own.</summary>
    private const long MostParts = 4096;

    public static void Register(ConversionTable table)
    {
        table.Add(
            "SequenceEmpty",
            c =>
            {
                c.Ignore("dtype");
                c.Set(OnnxValue.Of(Array.Empty<OnnxValue>()));
            }
        );
        table.Add("SequenceConstruct", c => c.Set(OnnxValue.Of(c.AllInputs())));
        table.Add("SequenceLength", c => c.Set(OnnxValue.Of(OnnxTensor.FromInteger(Parts(c).Count))));
        table.Add("SequenceAt", c => c.Set(At(c)));
        table.Add("SequenceInsert", c => c.Set(Insert(c)));
        table.Add("SequenceErase", c => c.Set(Erase(c)));
        table.Add("ConcatFromSequence", c => c.Set(Concat(c)));
        table.Add("SplitToSequence", c => c.Set(Split(c)));
    }

    private static List<OnnxValue> Parts(NodeConversion c) =>
        c.Input(0).Sequence is { } parts ? [.. parts] : throw c.Wrong("its first input is no sequence");

    private static int Place(NodeConversion c, int input, int count)
    {
        long place = c.Known(input, "the place").ToIntegers()[0];
        return place >= -count && place < count
            ? (int)(place < 0 ? place + count : place)
            : throw c.Wrong($"there is no place {place} in a sequence of {count}");
    }

    private static OnnxValue At(NodeConversion c)
    {
        List<OnnxValue> parts = Parts(c);
        return parts[Place(c, 1, parts.Count)];
    }

    private static OnnxValue Insert(NodeConversion c)
    {
        List<OnnxValue> parts = Parts(c);
        int place = parts.Count;
        if (c.Has(2))
        {
            // It may also go behind the last; a negative place counts from the end of what is there.
            long given = c.Known(2, "the place").ToIntegers()[0];
            place = given == parts.Count ? parts.Count : Place(c, 2, parts.Count);
        }

        parts.Insert(place, c.Input(1));
        return OnnxValue.Of([.. parts]);
    }

    private static OnnxValue Erase(NodeConversion c)
    {
        List<OnnxValue> parts = Parts(c);
        parts.RemoveAt(c.Has(1) ? Place(c, 1, parts.Count) : parts.Count - 1);
        return OnnxValue.Of([.. parts]);
    }

    private static OnnxValue Concat(NodeConversion c)
    {
        List<OnnxValue> parts = Parts(c);
        bool isNew = c.Flag("new_axis", false);
        if (parts.Count == 0)
            throw c.Wrong("the sequence is empty");
        int axis = c.Axis(c.Integer("axis", 0), parts[0].Rank + (isNew ? 1 : 0));
        if (isNew)
            parts = [.. parts.Select(part => c.Reshape(part, [.. part.Dims[..axis], 1, .. part.Dims[axis..]]))];
        return c.Concat([.. parts], axis);
    }

    private static OnnxValue Split(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", 0), x.Rank);
        bool keeps = c.Flag("keepdims", true);
        long extent = x.Dims[axis];
        OnnxTensor? given = c.Has(1) ? c.Known(1, "the sizes") : null;
        long[] sizes = given is { Dims.Count: 1 } ? given.ToIntegers() : Even(extent, given?.ToIntegers()[0] ?? 1);
        if (sizes.Sum() != extent || sizes.Any(size => size <= 0))
            throw c.Unsupported($"parts of [{string.Join(",", sizes)}] of {extent} elements have no counterpart here");
        var parts = new List<OnnxValue>();
        long begin = 0;
        foreach (long size in sizes)
        {
            OnnxValue part = c.SliceAxis(x, axis, begin, begin + size);
            // Only single elements that nobody asked for a size of lose their axis.
            parts.Add(
                keeps || given is not null ? part : c.Reshape(part, [.. x.Dims[..axis], .. x.Dims[(axis + 1)..]])
            );
            begin += size;
        }

        return OnnxValue.Of([.. parts]);
    }

    private static long[] Even(long extent, long size) =>
        size <= 0 || extent / size > MostParts
            ? []
            :
            [
                .. Enumerable
                    .Range(0, (int)((extent + size - 1) / size))
                    .Select(i => Math.Min(size, extent - (i * size))),
            ];
}
