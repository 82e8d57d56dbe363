using System.Runtime.InteropServices;

namespace CoreEngine.CApi;

/// <summary>
/// An array as libraries hand it to each other in one process: DLPack's structure, version 0.2, field by field.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DLManagedTensor
{
    /// <summary>The first byte, before <see cref="ByteOffset"/>.</summary>
    public void* Data;

    /// <summary>1 for ordinary host memory, 3 for pinned host memory, 2 for CUDA memory.</summary>
    public int DeviceType;

    /// <summary>The number of the device among those of its type.</summary>
    public int DeviceId;

    /// <summary>Number of dimensions.</summary>
    public int Rank;

    /// <summary>0 for signed integers, 1 for unsigned ones, 2 for floating point.</summary>
    public byte TypeCode;

    /// <summary>Bits of one element.</summary>
    public byte TypeBits;

    /// <summary>Elements in one; always 1 here.</summary>
    public ushort TypeLanes;

    /// <summary>The extents.</summary>
    public long* Shape;

    /// <summary>Distances in elements; NULL for row-major without gaps.</summary>
    public long* Strides;

    /// <summary>Where the array begins behind <see cref="Data"/>.</summary>
    public ulong ByteOffset;

    /// <summary>The lender's own.</summary>
    public void* Context;

    /// <summary>Called once by the borrower when the array is not needed any more.</summary>
    public delegate* unmanaged[Cdecl]<DLManagedTensor*, void> Deleter;
}
