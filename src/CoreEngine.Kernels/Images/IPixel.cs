namespace CoreEngine.Kernels;

/// <summary>A channel's value: to a number and back, rounded and cut off to what the type holds.</summary>
internal interface IPixel<T>
    where T : unmanaged
{
    public static abstract bool IsQuantized { get; }

    public static abstract double From(T value);

    public static abstract T To(double value);
}

internal readonly struct BytePixel : IPixel<byte>
{
    public static bool IsQuantized => true;

    public static double From(byte value) => value;

    public static byte To(double value) => (byte)Math.Clamp((int)Math.Floor(value + 0.5), 0, 255);
}

internal readonly struct IntPixel : IPixel<int>
{
    public static bool IsQuantized => false;

    public static double From(int value) => value;

    public static int To(double value) => (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue);
}

internal readonly struct FloatPixel : IPixel<float>
{
    public static bool IsQuantized => false;

    public static double From(float value) => value;

    public static float To(double value) => (float)value;
}

internal readonly struct DoublePixel : IPixel<double>
{
    public static bool IsQuantized => false;

    public static double From(double value) => value;

    public static double To(double value) => value;
}
