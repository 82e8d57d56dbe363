using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>By what the four offsets between two boxes are scaled, so that a network finds them of a size.</summary>
internal readonly unsafe struct Variances<T>(float* values)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal readonly T X = T.CreateChecked(values[0]);
    internal readonly T Y = T.CreateChecked(values[1]);
    internal readonly T Width = T.CreateChecked(values[2]);
    internal readonly T Height = T.CreateChecked(values[3]);
}
