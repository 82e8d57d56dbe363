namespace CoreEngine.Operators;

/// <summary>Works out the shape that <c>Reshape</c> asks for, with its codes and its deprecated form.</summary>
internal static class ReshapeRule
{
    internal static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<ReshapeParameters>();
        Shape data = shapes.Input(0);
        bool isAsked = p.Shape.Length > 0 || p.TargetShape.Length > 0;
        // Without a shape, what else is known of the result counts: the array that the caller gave for it, or in a graph
        // what its users say, perhaps only in a later round.
        if (!isAsked && shapes.Output(0).Rank == 0 && shapes.NodeName.Length == 0)
            throw shapes.Error("give 'shape', for example (0,-1).");
        if (data.Rank == 0)
            return;
        if (isAsked)
            shapes.SetOutput(0, p.Shape.Length > 0 ? FromCodes(shapes, p, data) : FromTarget(shapes, p, data));
        Shape output = shapes.Output(0);
        if (output.IsKnown)
            FillUnknownExtent(shapes, data, output.Size);
        data = shapes.Input(0);
        if (data.IsKnown && output.IsKnown && data.Size != output.Size)
            throw shapes.Error($"{data.Size} elements cannot take the shape {output} of {output.Size} elements.");
    }

    private static void FillUnknownExtent(ShapeInference shapes, Shape data, long size)
    {
        int unknown = data.Dims.IndexOf(0);
        if (unknown < 0 || data.Dims[(unknown + 1)..].Contains(0))
            return;
        long known = data.With(unknown, 1).Size;
        if (size % known != 0)
            throw shapes.Error($"{size} elements do not fill the shape {data}.");
        shapes.SetInput(0, data.With(unknown, size / known));
    }

    private static Shape FromCodes(ShapeInference shapes, ReshapeParameters p, Shape data)
    {
        long[] extents = data.Dims.ToArray();
        long[] codes = (long[])p.Shape.Clone();
        if (p.Reverse)
        {
            Array.Reverse(extents);
            Array.Reverse(codes);
        }

        List<long> result = Apply(shapes, extents, codes);
        if (p.Reverse)
            result.Reverse();
        return Deduce(shapes, data, result);
    }

    private static List<long> Apply(ShapeInference shapes, long[] extents, long[] codes)
    {
        var result = new List<long>();
        int source = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            switch (codes[i])
            {
                case > 0:
                    result.Add(codes[i]);
                    source++;
                    break;
                case 0:
                    result.Add(Next(shapes, extents, ref source, codes[i]));
                    break;
                case -1:
                    result.Add(-1);
                    source++;
                    break;
                case -2:
                    for (; source < extents.Length; source++)
                    {
                        result.Add(extents[source]);
                    }

                    break;
                case -3:
                    long outer = Next(shapes, extents, ref source, codes[i]);
                    result.Add(checked(outer * Next(shapes, extents, ref source, codes[i])));
                    break;
                case -4:
                    if (i + 2 >= codes.Length)
                        throw shapes.Error("the code -4 must be followed by the two extents to split into.");
                    Split(shapes, Next(shapes, extents, ref source, codes[i]), codes[i + 1], codes[i + 2], result);
                    i += 2;
                    break;
                default:
                    throw shapes.Error($"shape has the code {codes[i]}; allowed are extents and 0, -1, -2, -3, -4.");
            }
        }

        return result;
    }

    private static long Next(ShapeInference shapes, long[] extents, ref int source, long code) =>
        source < extents.Length
            ? extents[source++]
            : throw shapes.Error($"the code {code} in shape has no extent of the input left to take.");

    private static void Split(ShapeInference shapes, long extent, long first, long second, List<long> result)
    {
        if (first == -1 && second > 0)
            first = extent / second;
        else if (second == -1 && first > 0)
            second = extent / first;
        if (first < 0 || second < 0 || (extent != 0 && checked(first * second) != extent))
            throw shapes.Error($"the extent {extent} cannot be split into {first} and {second}.");
        result.Add(first);
        result.Add(second);
    }

    /// <summary>Replaces the one -1 by what is left.</summary>
    private static Shape Deduce(ShapeInference shapes, Shape data, List<long> result)
    {
        int unknown = result.IndexOf(-1);
        if (unknown >= 0)
        {
            if (result.LastIndexOf(-1) != unknown)
                throw shapes.Error("shape has -1 more than once; only one extent can be deduced.");
            result[unknown] = 1;
            long known = ShapeRules.Product(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(result));
            bool isKnown = data.IsKnown && known > 0;
            if (isKnown && data.Size % known != 0)
                throw shapes.Error($"{data.Size} elements are no multiple of {known}; no extent fits the -1 in shape.");
            result[unknown] = isKnown ? data.Size / known : 0;
        }

        return new Shape([.. result]);
    }

    private static Shape FromTarget(ShapeInference shapes, ReshapeParameters p, Shape data)
    {
        long[] extents = (long[])p.TargetShape.Clone();
        int start = 0;
        if (p.KeepHighest)
        {
            extents[0] = data[0];
            start = 1;
        }

        for (int i = start; i < extents.Length; i++)
        {
            if (extents[i] < 0)
                throw shapes.Error($"target_shape has the negative extent {extents[i]}; use 'shape' for codes.");
            if (extents[i] == 0)
                extents[i] = -1;
        }

        return Deduce(shapes, data, [.. extents]);
    }
}
