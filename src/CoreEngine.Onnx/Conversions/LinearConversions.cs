namespace CoreEngine.Onnx;

/// <summary>Matrix products.</summary>
internal static class LinearConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Gemm", c => c.Set(Gemm(c)));
        table.Add("MatMul", c => c.Set(Product(c, c.Input(0), c.Input(1))));
    }

    /// <summary>NumPy's matmul; whole numbers are multiplied as float64, which is exact up to 2^53.</summary>
    public static OnnxValue Product(NodeConversion c, OnnxValue a, OnnxValue b)
    {
        if (a.ElementType != b.ElementType)
            throw c.Wrong($"{a} and {b} differ in type");
        if (!a.ElementType.IsFloat())
        {
            OnnxValue wide = Product(c, c.Cast(a, OnnxElementType.Double), c.Cast(b, OnnxElementType.Double));
            return c.Cast(wide, a.ElementType);
        }

        long[] left = a.Rank == 1 ? [1, .. a.Dims] : a.Dims;
        long[] right = b.Rank == 1 ? [.. b.Dims, 1] : b.Dims;
        if (a.Rank == 0 || b.Rank == 0 || left[^1] != right[^2])
            throw c.Wrong($"{a} and {b} cannot be multiplied as matrices");
        long[] batch = c.BroadcastDims(left[..^2], right[..^2]);
        OnnxValue y;
        if (right.Length == 2)
        {
            OnnxValue rows = c.Reshape(a, Rows(left), left[^1]);
            y = c.Call("dot", [rows, c.Reshape(b, right)]);
        }
        else
        {
            long count = batch.Aggregate(1L, (product, extent) => product * extent);
            OnnxValue lefts = c.Expand(c.Reshape(a, left), [.. batch, .. left[^2..]]);
            OnnxValue rights = c.Expand(c.Reshape(b, right), [.. batch, .. right[^2..]]);
            y = c.Call(
                "batch_dot",
                [c.Reshape(lefts, count, left[^2], left[^1]), c.Reshape(rights, count, right[^2], right[^1])]
            );
        }

        List<long> dims = [.. batch];
        if (a.Rank > 1)
            dims.Add(left[^2]);
        if (b.Rank > 1)
            dims.Add(right[^1]);
        return c.Reshape(y, [.. dims]);
    }

    private static long Rows(long[] dims) => dims[..^1].Aggregate(1L, (product, extent) => product * extent);

    private static OnnxValue Gemm(NodeConversion c)
    {
        OnnxValue a = c.Input(0);
        OnnxValue b = c.Input(1);
        OnnxValue? bias = c.OptionalInput(2);
        double alpha = c.Real("alpha", 1);
        double beta = c.Real("beta", 1);
        bool transposesLeft = c.Flag("transA", false);
        bool transposesRight = c.Flag("transB", false);
        c.Ignore("broadcast");
        if (a.Rank != 2 || b.Rank != 2)
            throw c.Wrong($"{a} and {b} are not two matrices");
        if (!a.ElementType.IsFloat())
            throw c.Unsupported($"products of {a.ElementType} have no counterpart here");
        long outputs = b.Dims[transposesRight ? 0 : 1];
        if (bias is { Rank: 1 } && bias.Dims[0] == outputs && alpha == 1 && beta == 1 && !transposesLeft)
        {
            // The usual layer: its own operator is what later passes know how to fuse.
            OnnxValue weight = transposesRight ? b : c.Folded(c.Transpose(b, 1, 0));
            return c.Call("FullyConnected", [a, weight, bias], ("num_hidden", NodeConversion.Number(outputs)));
        }

        OnnxValue y = c.Call(
            "dot",
            [a, b],
            ("transpose_a", transposesLeft ? "True" : "False"),
            ("transpose_b", transposesRight ? "True" : "False")
        );
        if (alpha != 1)
            y = c.Times(y, alpha);
        if (bias is null || beta == 0)
            return y;
        return c.Add(y, beta == 1 ? bias : c.Times(bias, beta));
    }
}
