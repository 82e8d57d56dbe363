namespace CoreEngine.Kernels;

/// <summary>What a pooling window makes of the values under it.</summary>
public enum PoolingKind
{
    /// <summary>The largest value; its gradient goes to the first of equals.</summary>
    Max,

    /// <summary>The sum divided by the window's size, in which padding counts (see <see cref="PoolingShape"/>).</summary>
    Average,

    /// <summary>The sum.</summary>
    Sum,
}

/// <summary>The geometry of a pooling in one to three dimensions over data (Batch, Channels, In), contiguous.</summary>
/// <remarks>
/// An average divides by the number of positions from the window's first one to its last, the last not beyond the far
/// padding; positions in the padding count, as in MXNet 1.x. A window that sees nothing but padding has the maximum
/// that is the smallest finite value, and the sum 0.
/// </remarks>
/// <param name="Planes">Images times channels: each plane is pooled on its own.</param>
/// <param name="In">Size of a plane.</param>
/// <param name="Kernel">Size of the window.</param>
/// <param name="Stride">Steps of the window.</param>
/// <param name="Pad">Positions thought on each side of a plane.</param>
/// <param name="Full">Round the number of windows up ("full") rather than down ("valid"), so that no value is left out.</param>
public readonly record struct PoolingShape(
    long Planes,
    Extents In,
    Extents Kernel,
    Extents Stride,
    Extents Pad,
    bool Full
)
{
    /// <summary>Size of a result plane: (in + 2 pad - kernel) / stride + 1, rounded as the convention says.</summary>
    public Extents Out =>
        new(
            OutOf(In.D, Kernel.D, Stride.D, Pad.D, Full),
            OutOf(In.H, Kernel.H, Stride.H, Pad.H, Full),
            OutOf(In.W, Kernel.W, Stride.W, Pad.W, Full)
        );

    /// <summary>One window over a whole plane.</summary>
    public static PoolingShape Global(long planes, Extents size) =>
        new(planes, size, size, Extents.One, default, false);

    /// <summary>Finds what no pooling can have.</summary>
    /// <exception cref="ArgumentException">A size or stride is below 1, padding is negative, or the window is larger than the padded plane.</exception>
    public void Validate()
    {
        if (
            Planes < 1
            || !(In.D > 0 && In.H > 0 && In.W > 0)
            || !(Kernel.D > 0 && Kernel.H > 0 && Kernel.W > 0)
            || !(Stride.D > 0 && Stride.H > 0 && Stride.W > 0)
            || Pad.D < 0
            || Pad.H < 0
            || Pad.W < 0
        )
        {
            throw new ArgumentException(
                $"Pooling needs sizes and strides of at least 1 and padding of at least 0: {this}."
            );
        }

        Extents o = Out;
        if (o.D < 1 || o.H < 1 || o.W < 1)
        {
            throw new ArgumentException($"The window {Kernel} is larger than the plane {In} with padding {Pad}.");
        }
    }

    private static long OutOf(long size, long kernel, long stride, long pad, bool full)
    {
        long room = size + (2 * pad) - kernel;
        return room < 0 || stride < 1 ? 0 : ((room + (full ? stride - 1 : 0)) / stride) + 1;
    }
}
