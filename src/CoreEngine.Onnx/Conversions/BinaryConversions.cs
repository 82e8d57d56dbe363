namespace CoreEngine.Onnx;

/// <summary>Functions of two or more elements, with NumPy's broadcasting: arithmetic, comparisons, logic, choice.</summary>
internal static class BinaryConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Add", c => c.Set(Arithmetic(c, "add")));
        table.Add("Sub", c => c.Set(Arithmetic(c, "sub")));
        table.Add("Mul", c => c.Set(Arithmetic(c, "mul")));
        table.Add("Div", c => c.Set(Arithmetic(c, "div")));
        table.Add("Pow", c => c.Set(Power(c)));
        table.Add("Mod", c => c.Set(Modulo(c)));
        table.Add("Max", c => c.Set(Fold(c, "maximum")));
        table.Add("Min", c => c.Set(Fold(c, "minimum")));
        table.Add("Sum", c => c.Set(Fold(c, "add")));
        table.Add("Mean", c => c.Set(c.Times(Fold(c, "add"), 1.0 / c.InputCount)));
        table.Add("Equal", c => c.Set(Comparison(c, "equal")));
        table.Add("Greater", c => c.Set(Comparison(c, "greater")));
        table.Add("GreaterOrEqual", c => c.Set(Comparison(c, "greater_equal")));
        table.Add("Less", c => c.Set(Comparison(c, "lesser")));
        table.Add("LessOrEqual", c => c.Set(Comparison(c, "lesser_equal")));
        table.Add("And", c => c.Set(Logic(c, "mul")));
        table.Add("Or", c => c.Set(Logic(c, "maximum")));
        table.Add("Xor", c => c.Set(Logic(c, "not_equal")));
        table.Add("Where", c => c.Set(c.Where(c.Input(0), c.Input(1), c.Input(2))));
        table.Add("BitShift", c => c.Set(Shift(c)));
    }

    private static OnnxValue Arithmetic(NodeConversion c, string name)
    {
        c.Ignore("consumed_inputs");
        (OnnxValue a, OnnxValue b) = Operands(c);
        return c.Binary(name, a, b);
    }

    /// <summary>Both operands; before version 7 the right one is placed along the left one's axes as attributes say.</summary>
    private static (OnnxValue Left, OnnxValue Right) Operands(NodeConversion c)
    {
        OnnxValue a = c.Input(0);
        OnnxValue b = c.Input(1);
        if (c.Opset >= 7)
            return (a, b);
        bool broadcasts = c.Flag("broadcast", false);
        long? axis = c.OptionalInteger("axis");
        if (broadcasts && axis is not null)
        {
            int behind = a.Rank - c.Axis(axis.Value, a.Rank) - b.Rank;
            if (behind > 0)
                b = c.Reshape(b, [.. b.Dims, .. Enumerable.Repeat(1L, behind)]);
        }

        return (a, b);
    }

    private static OnnxValue Comparison(NodeConversion c, string name)
    {
        (OnnxValue a, OnnxValue b) = Operands(c);
        return c.Compare(name, a, b);
    }

    private static OnnxValue Logic(NodeConversion c, string name)
    {
        (OnnxValue a, OnnxValue b) = Operands(c);
        OnnxValue y = c.Binary(name, a.As(OnnxElementType.UInt8, a.Dims), b.As(OnnxElementType.UInt8, b.Dims));
        return y.As(OnnxElementType.Bool, y.Dims);
    }

    private static OnnxValue Fold(NodeConversion c, string name)
    {
        c.Ignore("consumed_inputs");
        OnnxValue result = c.Input(0);
        for (int i = 1; i < c.InputCount; i++)
        {
            result = c.Binary(name, result, c.Input(i));
        }

        return result;
    }

    /// <summary>Base and exponent may differ in type; the result has the base's.</summary>
    private static OnnxValue Power(NodeConversion c)
    {
        (OnnxValue a, OnnxValue b) = Operands(c);
        if (a.ElementType == b.ElementType)
            return c.Binary("power", a, b);
        if (a.ElementType.IsFloat() && a.ElementType != OnnxElementType.Float16)
            return c.Binary("power", a, c.Cast(b, a.ElementType));
        OnnxValue wide = c.Binary("power", c.Cast(a, OnnxElementType.Double), c.Cast(b, OnnxElementType.Double));
        return c.Cast(wide, a.ElementType);
    }

    /// <summary>The rest of a division: with the divisor's sign, or with fmod the dividend's.</summary>
    private static OnnxValue Modulo(NodeConversion c)
    {
        (OnnxValue a, OnnxValue b) = Operands(c);
        if (!c.Flag("fmod", false))
            return c.Binary("mod", a, b);
        OnnxValue size = c.Binary("mod", c.Map("abs", a), c.Map("abs", b));
        return c.Multiply(c.Map("sign", a), size);
    }

    /// <summary>Shifting by n multiplies or divides by 2^n, which float64 does exactly up to 32 bits.</summary>
    private static OnnxValue Shift(NodeConversion c)
    {
        OnnxValue a = c.Input(0);
        string direction = c.Text("direction", "");
        int bits = 8 * a.ElementType.ItemSize();
        if (bits > 32)
            throw c.Unsupported($"shifts of {a.ElementType} have no counterpart here");
        OnnxValue factor = c.WithScalar("rpower", c.Cast(c.Input(1), OnnxElementType.Double), 2);
        OnnxValue wide = c.Cast(a, OnnxElementType.Double);
        OnnxValue shifted = direction switch
        {
            "LEFT" => c.WithScalar("mod", c.Multiply(wide, factor), Math.Pow(2, bits)),
            "RIGHT" => c.Map("floor", c.Divide(wide, factor)),
            _ => throw c.Wrong($"the direction '{direction}' is neither LEFT nor RIGHT"),
        };
        return c.Cast(shifted, a.ElementType);
    }
}
