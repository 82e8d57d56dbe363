namespace CoreEngine.Onnx;

/// <summary>Windows and Fourier transforms; a transform is a product with a matrix of sines and cosines.</summary>
internal static class SignalConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("HannWindow", c => c.Set(Window(c, 0.5, 0.5, 0)));
        table.Add("HammingWindow", c => c.Set(Window(c, 25.0 / 46, 21.0 / 46, 0)));
        table.Add("BlackmanWindow", c => c.Set(Window(c, 0.42, 0.5, 0.08)));
        table.Add("DFT", c => c.Set(Transform(c)));
        table.Add("STFT", c => c.Set(ShortTime(c)));
    }

    /// <summary>a - b cos(2 pi n / N) + d cos(4 pi n / N).</summary>
    private static OnnxValue Window(NodeConversion c, double a, double b, double d)
    {
        long size = c.Known(0, "the size").ToIntegers()[0];
        double period = c.Flag("periodic", true) ? size : size - 1;
        OnnxElementType type = c.Type("output_datatype", OnnxElementType.Float);
        double[] values = c.New<double>(size);
        for (int i = 0; i < values.Length; i++)
        {
            double angle = 2 * Math.PI * i / period;
            values[i] = a - (b * Math.Cos(angle)) + (d * Math.Cos(2 * angle));
        }

        return c.Cast(NodeConversion.Constant<double>(values, OnnxElementType.Double, size), type);
    }

    private static OnnxValue Transform(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        int axis = c.Axis(c.Integer("axis", 1), x.Rank);
        long length = c.Has(1) ? c.Known(1, "the length").ToIntegers()[0] : x.Dims[axis];
        bool isInverse = c.Flag("inverse", false);
        bool isOneSided = c.Flag("onesided", false);
        if (axis == x.Rank - 1 || x.Dims[^1] is not (1 or 2))
            throw c.Wrong($"{x} holds no real or complex numbers in its last axis");
        // A longer transform sees zeros behind, a shorter one only the first elements.
        x = c.SliceAxis(x, axis, 0, Math.Min(length, x.Dims[axis]));
        long size = isOneSided ? (length / 2) + 1 : length;
        OnnxValue last = c.MoveAxis(x, axis, x.Rank - 2);
        OnnxValue y = Multiply(c, last, length, size, isInverse);
        return c.MoveAxis(y, y.Rank - 2, axis);
    }

    /// <summary>Transforms the last axis but one; the last holds the real part, and the imaginary if there is one.</summary>
    private static OnnxValue Multiply(NodeConversion c, OnnxValue x, long length, long size, bool isInverse)
    {
        long extent = x.Dims[^2];
        long parts = x.Dims[^1];
        double[] matrix = c.New<double>(extent, parts, size, 2);
        double scale = isInverse ? 1.0 / length : 1;
        for (long n = 0; n < extent; n++)
        {
            for (long k = 0; k < size; k++)
            {
                double angle = (isInverse ? 2 : -2) * Math.PI * (n * k % length) / length;
                (double sine, double cosine) = Math.SinCos(angle);
                long real = n * parts * size * 2;
                matrix[real + (2 * k)] = scale * cosine;
                matrix[real + (2 * k) + 1] = scale * sine;
                if (parts == 2)
                {
                    matrix[real + (2 * size) + (2 * k)] = -scale * sine;
                    matrix[real + (2 * size) + (2 * k) + 1] = scale * cosine;
                }
            }
        }

        OnnxValue factors = c.Cast(
            NodeConversion.Constant<double>(matrix, OnnxElementType.Double, extent * parts, size * 2),
            x.ElementType
        );
        OnnxValue flat = c.Reshape(x, [.. x.Dims[..^2], extent * parts]);
        return c.Reshape(LinearConversions.Product(c, flat, factors), [.. x.Dims[..^2], size, 2]);
    }

    private static OnnxValue ShortTime(NodeConversion c)
    {
        OnnxValue signal = c.Input(0);
        long step = c.Known(1, "the step").ToIntegers()[0];
        OnnxValue? window = c.OptionalInput(2);
        long length = c.Has(3)
            ? c.Known(3, "the length").ToIntegers()[0]
            : window?.Count ?? throw c.Wrong("it has neither a window nor a length");
        bool isOneSided = c.Flag("onesided", true);
        if (signal.Rank == 2)
            signal = c.Reshape(signal, [.. signal.Dims, 1]);
        long frames = ((signal.Dims[1] - length) / step) + 1;
        long[] places = c.New<long>(frames, length);
        for (long i = 0; i < places.Length; i++)
        {
            places[i] = (i / length * step) + (i % length);
        }

        OnnxValue framed = IndexConversions.Take(
            c,
            signal,
            1,
            OnnxValue.Of(OnnxTensor.FromIntegers(places, [frames, length]))
        );
        if (window is not null)
            framed = c.Multiply(framed, c.Reshape(window, length, 1));
        return Multiply(c, framed, length, isOneSided ? (length / 2) + 1 : length, isInverse: false);
    }
}
