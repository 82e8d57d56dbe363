using System.Globalization;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// Arrays as tests write them: an element type, a shape and values, the first two left out for a float32 vector:
/// <c>int32[2,2] 1 2 3 4</c>, <c>1 nan -inf</c>.
/// </summary>
internal static class ArrayText
{
    /// <summary>The arrays of a text that separates them by semicolons.</summary>
    internal static NDArray[] ParseAll(string text) =>
        [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>One array.</summary>
    internal static NDArray Parse(string text)
    {
        (DType dtype, Shape shape, double[] values) = Read(text);
        NDArray wide = NDArray.From(values, shape);
        return dtype == DType.Float64 ? wide : wide.AsType(dtype);
    }

    /// <summary>Fails unless an array is what the text says, plus a number: in type and shape, and in values to six digits.</summary>
    internal static void AssertIs(string expected, double plus, NDArray actual, string what)
    {
        (DType dtype, Shape shape, double[] values) = Read(expected);
        Assert.AreEqual(dtype, actual.DType, what);
        Assert.AreEqual(shape, actual.Shape, what);
        using NDArray wide = actual.AsType(DType.Float64);
        double[] found = wide.ToArray<double>();
        double precision = dtype == DType.Float16 ? 1e-3 : 1e-6;
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i] + plus;
            bool agrees = value.Equals(found[i]) || Math.Abs(value - found[i]) <= precision * Math.Abs(value);
            Assert.IsTrue(agrees, $"{what}: element {i} is {found[i]}, not {value}");
        }
    }

    private static (DType DType, Shape Shape, double[] Values) Read(string text)
    {
        text = text.Trim();
        DType dtype = DType.Float32;
        Shape shape = default;
        int open = text.IndexOf('[', StringComparison.Ordinal);
        if (open >= 0)
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (open > 0 && !DTypes.TryParse(text[..open], out dtype))
                throw new FormatException($"'{text[..open]}' is no element type.");
            shape = new Shape([.. text[(open + 1)..close].Split(',').Select(long.Parse)]);
            text = text[(close + 1)..];
        }

        double[] values = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
        return (dtype, shape.Rank == 0 ? new Shape(values.Length) : shape, values);
    }

    private static double Number(string text) =>
        text switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };
}
