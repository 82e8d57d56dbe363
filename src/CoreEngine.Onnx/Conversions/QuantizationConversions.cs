namespace CoreEngine.Onnx;

/// <summary>Whole numbers that stand for fractions: scale * (number - zero point).</summary>
/// <remarks>
/// Sums of products are computed in float64, where they are exact; the engine has no kernels of its own for 8 bits.
/// </remarks>
internal static class QuantizationConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("QuantizeLinear", c => c.Set(QuantizeLinear(c)));
        table.Add("DequantizeLinear", c => c.Set(DequantizeLinear(c)));
        table.Add("DynamicQuantizeLinear", DynamicQuantizeLinear);
        table.Add("MatMulInteger", c => c.Set(MatMulInteger(c)));
        table.Add("ConvInteger", c => c.Set(ConvInteger(c)));
        table.Add("QLinearMatMul", c => c.Set(QuantizedProduct(c)));
        table.Add("QLinearConv", c => c.Set(QuantizedConvolution(c)));
    }

    /// <summary>Scales or zero points along one axis, with extents that broadcast; numbers stay as they are.</summary>
    private static OnnxValue Along(NodeConversion c, OnnxValue x, int rank, int axis)
    {
        if (x.Count == 1)
            return c.Reshape(x);
        long[] dims = [.. Enumerable.Repeat(1L, rank)];
        dims[axis] = x.Count;
        return c.Reshape(x, dims);
    }

    /// <summary>Rounds to even, moves by the zero point and cuts off at the ends of the type.</summary>
    private static OnnxValue Saturate(NodeConversion c, OnnxValue scaled, OnnxValue? zero, OnnxElementType type)
    {
        (int low, int high) = type switch
        {
            OnnxElementType.UInt8 => (0, 255),
            OnnxElementType.Int8 => (-128, 127),
            _ => throw c.Unsupported($"quantized numbers of {type} have no counterpart here"),
        };
        OnnxValue rounded = UnaryConversions.RoundToEven(c, scaled);
        if (zero is not null)
            rounded = c.Add(rounded, c.Cast(zero, rounded.ElementType));
        OnnxValue cut = c.Map(
            "clip",
            rounded,
            ("a_min", NodeConversion.Number(low)),
            ("a_max", NodeConversion.Number(high))
        );
        return c.Cast(cut, type);
    }

    private static OnnxValue QuantizeLinear(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue scale = c.Input(1);
        OnnxValue? zero = c.OptionalInput(2);
        long given = c.Integer("axis", 1);
        int axis = scale.Count == 1 ? 0 : c.Axis(given, x.Rank);
        OnnxValue scaled = c.Divide(c.Cast(x, scale.ElementType), Along(c, scale, x.Rank, axis));
        OnnxElementType type = zero?.ElementType ?? OnnxElementType.UInt8;
        return Saturate(c, scaled, zero is null ? null : Along(c, zero, x.Rank, axis), type);
    }

    private static OnnxValue DequantizeLinear(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue scale = c.Input(1);
        long given = c.Integer("axis", 1);
        int axis = scale.Count == 1 ? 0 : c.Axis(given, x.Rank);
        OnnxValue number = c.Cast(x, scale.ElementType);
        if (c.OptionalInput(2) is { } zero)
            number = c.Subtract(number, c.Cast(Along(c, zero, x.Rank, axis), scale.ElementType));
        return c.Multiply(number, Along(c, scale, x.Rank, axis));
    }

    /// <summary>The scale that lets 256 steps reach from the smallest to the largest element, and 0.</summary>
    private static void DynamicQuantizeLinear(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int[] axes = [.. Enumerable.Range(0, x.Rank)];
        OnnxValue high = c.WithScalar("maximum", c.Reduce("max", x, axes, keepDims: false), 0);
        OnnxValue low = c.WithScalar("minimum", c.Reduce("min", x, axes, keepDims: false), 0);
        OnnxValue scale = c.WithScalar("div", c.Subtract(high, low), 255);
        OnnxValue zero = Saturate(c, c.Map("negative", c.Divide(low, scale)), null, OnnxElementType.UInt8);
        c.Set(0, Saturate(c, c.Divide(x, scale), zero, OnnxElementType.UInt8));
        c.Set(1, scale);
        c.Set(2, zero);
    }

    /// <summary>Numbers without their zero point, in float64.</summary>
    private static OnnxValue Centred(NodeConversion c, OnnxValue x, OnnxValue? zero, int axis)
    {
        OnnxValue wide = c.Cast(x, OnnxElementType.Double);
        return zero is null ? wide : c.Subtract(wide, c.Cast(Along(c, zero, x.Rank, axis), OnnxElementType.Double));
    }

    private static OnnxValue MatMulInteger(NodeConversion c)
    {
        OnnxValue a = c.Input(0);
        OnnxValue b = c.Input(1);
        OnnxValue left = Centred(c, a, c.OptionalInput(2), Math.Max(0, a.Rank - 2));
        OnnxValue right = Centred(c, b, c.OptionalInput(3), b.Rank - 1);
        return c.Cast(LinearConversions.Product(c, left, right), OnnxElementType.Int32);
    }

    private static OnnxValue ConvInteger(NodeConversion c)
    {
        OnnxValue x = Centred(c, c.Input(0), c.OptionalInput(2), 0);
        OnnxValue weight = Centred(c, c.Input(1), c.OptionalInput(3), 0);
        return c.Cast(ConvolutionConversions.Convolution(c, x, weight, null), OnnxElementType.Int32);
    }

    private static OnnxValue QuantizedProduct(NodeConversion c)
    {
        OnnxValue a = c.Input(0);
        OnnxValue b = c.Input(3);
        OnnxValue left = Centred(c, a, c.Input(2), Math.Max(0, a.Rank - 2));
        OnnxValue right = Centred(c, b, c.Input(5), b.Rank - 1);
        OnnxValue y = LinearConversions.Product(c, left, right);
        OnnxValue factor = c.Multiply(Wide(c, 1, a.Rank, Math.Max(0, a.Rank - 2)), Wide(c, 4, b.Rank, b.Rank - 1));
        return Rescaled(c, y, factor);
    }

    private static OnnxValue QuantizedConvolution(NodeConversion c)
    {
        OnnxValue x = Centred(c, c.Input(0), c.Input(2), 0);
        OnnxValue weight = Centred(c, c.Input(3), c.Input(5), 0);
        OnnxValue? bias = c.OptionalInput(8) is { } given ? c.Cast(given, OnnxElementType.Double) : null;
        OnnxValue y = ConvolutionConversions.Convolution(c, x, weight, bias);
        return Rescaled(c, y, c.Multiply(Wide(c, 1, y.Rank, 0), Wide(c, 4, y.Rank, 1)));
    }

    private static OnnxValue Wide(NodeConversion c, int input, int rank, int axis) =>
        c.Cast(Along(c, c.Input(input), rank, axis), OnnxElementType.Double);

    private static OnnxValue Rescaled(NodeConversion c, OnnxValue y, OnnxValue factor)
    {
        OnnxValue scaled = c.Divide(c.Multiply(y, factor), Wide(c, 6, y.Rank, 0));
        OnnxValue zero = c.Input(7);
        return Saturate(c, scaled, c.Reshape(zero), zero.ElementType);
    }
}
