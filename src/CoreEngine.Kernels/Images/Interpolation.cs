namespace CoreEngine.Kernels;

/// <summary>How an image's values are found between its pixels. The numbers are OpenCV's.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>A straight line between two pixels, along each axis.</summary>
    Linear,

    /// <summary>Keys's cubic through four pixels (R. Keys, 1981), with a = -0.75.</summary>
    Cubic,

    /// <summary>The mean over a pixel's area when shrinking; near to linear when enlarging.</summary>
    Area,

    /// <summary>Lanczos's windowed sine over eight pixels (C. Duchon, 1979).</summary>
    Lanczos,
}
