using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Copies runs of any length; the last register of a run may overlap the one before.</summary>
internal static unsafe class RunCopy
{
    /// <summary>From here on the runtime's own copy, whose start-up takes longer, is as fast.</summary>
    private const nint Long = 1 << 16;

    /// <summary>Copies runs that lie evenly: their beginnings are so many bytes apart, 0 to repeat one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy(byte* x, nint xStride, byte* y, nint yStride, nint runs, nint bytes)
    {
        for (; runs > 0; runs--, x += xStride, y += yStride)
        {
            Copy(x, y, bytes);
        }
    }

    /// <summary>Copies bytes past the caches: the target is aligned to 32 bytes, and so is the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyStreaming(byte* x, byte* y, nint bytes)
    {
        for (nint i = 0; i < bytes; i += 32)
        {
            Vector256.Load(x + i).StoreAlignedNonTemporal(y + i);
        }
    }

    /// <summary>Copies bytes; the runs must not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Copy(byte* x, byte* y, nint bytes)
    {
        if (bytes >= Long)
        {
            Buffer.MemoryCopy(x, y, bytes, bytes);
        }
        else if (bytes >= 32)
        {
            nint i = 0;
            Vector256<byte> last = Vector256.Load(x + bytes - 32);
            for (; i < bytes - 127; i += 128)
            {
                Vector256<byte> x0 = Vector256.Load(x + i);
                Vector256<byte> x1 = Vector256.Load(x + i + 32);
                Vector256<byte> x2 = Vector256.Load(x + i + 64);
                Vector256<byte> x3 = Vector256.Load(x + i + 96);
                x0.Store(y + i);
                x1.Store(y + i + 32);
                x2.Store(y + i + 64);
                x3.Store(y + i + 96);
            }

            for (; i < bytes - 32; i += 32)
            {
                Vector256.Load(x + i).Store(y + i);
            }

            last.Store(y + bytes - 32);
        }
        else if (bytes >= 16)
        {
            Vector128<byte> last = Vector128.Load(x + bytes - 16);
            Vector128.Load(x).Store(y);
            last.Store(y + bytes - 16);
        }
        else if (bytes >= 8)
        {
            long last = Unsafe.ReadUnaligned<long>(x + bytes - 8);
            Unsafe.WriteUnaligned(y, Unsafe.ReadUnaligned<long>(x));
            Unsafe.WriteUnaligned(y + bytes - 8, last);
        }
        else if (bytes >= 4)
        {
            int last = Unsafe.ReadUnaligned<int>(x + bytes - 4);
            Unsafe.WriteUnaligned(y, Unsafe.ReadUnaligned<int>(x));
            Unsafe.WriteUnaligned(y + bytes - 4, last);
        }
        else
        {
            for (nint i = 0; i < bytes; i++)
            {
                y[i] = x[i];
            }
        }
    }
}
