using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>The loops that bring panels of an operand into the order in which micro-kernels read them.</summary>
internal static unsafe class Packing
{
    /// <summary>float16 elements converted at a time.</summary>
    internal const int LineLength = 64;

    /// <summary>Copies lines of <paramref name="width"/> adjacent elements to lines of another stride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy<T>(T* source, long stride, int lines, int width, T* target, int targetStride)
        where T : unmanaged
    {
        int bytes = width * sizeof(T);
        if (bytes == 64)
        {
            for (int i = 0; i < lines; i++)
            {
                Vector128<byte> a = Vector128.Load((byte*)source);
                Vector128<byte> b = Vector128.Load((byte*)source + 16);
                Vector128<byte> c = Vector128.Load((byte*)source + 32);
                Vector128<byte> d = Vector128.Load((byte*)source + 48);
                a.Store((byte*)target);
                b.Store((byte*)target + 16);
                c.Store((byte*)target + 32);
                d.Store((byte*)target + 48);
                source += stride;
                target += targetStride;
            }
        }
        else if (bytes >= 16)
        {
            for (int i = 0; i < lines; i++)
            {
                for (int j = 0; j + 16 <= bytes; j += 16)
                {
                    Vector128.Load((byte*)source + j).Store((byte*)target + j);
                }

                // The last register overlaps the one before it where the width is no multiple of it.
                Vector128.Load((byte*)source + bytes - 16).Store((byte*)target + bytes - 16);
                source += stride;
                target += targetStride;
            }
        }
        else
        {
            for (int i = 0; i < lines; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    target[j] = source[j];
                }

                source += stride;
                target += targetStride;
            }
        }
    }

    /// <summary>Copies lines of four times <paramref name="width"/> adjacent elements to four panels behind one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyFour<T>(T* source, long stride, int lines, int width, T* target)
        where T : unmanaged
    {
        long panel = (long)lines * width;
        int bytes = width * sizeof(T);
        for (int i = 0; i < lines; i++)
        {
            for (int j = 0; j < bytes; j += 16)
            {
                byte* from = (byte*)source + j;
                byte* to = (byte*)target + j;
                Vector128<byte> a = Vector128.Load(from);
                Vector128<byte> b = Vector128.Load(from + bytes);
                Vector128<byte> c = Vector128.Load(from + (2 * bytes));
                Vector128<byte> d = Vector128.Load(from + (3 * bytes));
                a.Store(to);
                b.Store(to + (panel * sizeof(T)));
                c.Store(to + (2 * panel * sizeof(T)));
                d.Store(to + (3 * panel * sizeof(T)));
            }

            source += stride;
            target += width;
        }
    }

    /// <summary>
    /// Reads <paramref name="lines"/> lines of <paramref name="length"/> adjacent elements and writes element i of line r to
    /// <c>i * targetStride + r</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose<T>(T* source, long stride, int lines, int length, T* target, int targetStride)
        where T : unmanaged
    {
        int line = 0;
        for (; line + 4 <= lines; line += 4)
        {
            Transpose4(
                source,
                source + stride,
                source + (2 * stride),
                source + (3 * stride),
                length,
                target,
                targetStride
            );
            source += 4 * stride;
            target += 4;
        }

        for (; line < lines; line++)
        {
            T* to = target;
            for (int i = 0; i < length; i++)
            {
                *to = source[i];
                to += targetStride;
            }

            source += stride;
            target++;
        }
    }

    /// <summary>Converts float16 elements, adjacent or not, to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ConvertLine(Half* source, long stride, int count, float* target)
    {
        if (stride == 1)
        {
            Cast.Convert(DType.Float16, source, DType.Float32, target, count);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            target[i] = (float)source[i * stride];
        }
    }

    /// <summary>Interleaves four lines: element i of each goes to <c>i * targetStride</c> and the three places after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose4<T>(
        T* first,
        T* second,
        T* third,
        T* fourth,
        int length,
        T* target,
        int targetStride
    )
        where T : unmanaged
    {
        Transpose4Inline(first, second, third, fourth, length, target, targetStride);
    }

    /// <summary><see cref="Transpose4"/> as a part of its caller, for short lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transpose4Inline<T>(
        T* first,
        T* second,
        T* third,
        T* fourth,
        int length,
        T* target,
        int targetStride
    )
        where T : unmanaged
    {
        int i = 0;
        if (sizeof(T) == 4 && Sse.IsSupported)
        {
            for (; i + 4 <= length; i += 4)
            {
                Vector128<float> a = Vector128.Load((float*)(first + i));
                Vector128<float> b = Vector128.Load((float*)(second + i));
                Vector128<float> c = Vector128.Load((float*)(third + i));
                Vector128<float> d = Vector128.Load((float*)(fourth + i));
                Vector128<float> low1 = Sse.UnpackLow(a, b);
                Vector128<float> low2 = Sse.UnpackLow(c, d);
                Vector128<float> high1 = Sse.UnpackHigh(a, b);
                Vector128<float> high2 = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(low1, low2).Store((float*)target);
                Sse.MoveHighToLow(low2, low1).Store((float*)(target + targetStride));
                Sse.MoveLowToHigh(high1, high2).Store((float*)(target + (2 * targetStride)));
                Sse.MoveHighToLow(high2, high1).Store((float*)(target + (3 * targetStride)));
                target += 4 * targetStride;
            }
        }

        for (; i < length; i++)
        {
            target[0] = first[i];
            target[1] = second[i];
            target[2] = third[i];
            target[3] = fourth[i];
            target += targetStride;
        }
    }
}
