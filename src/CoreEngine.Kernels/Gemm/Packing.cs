using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>The loops that bring panels of an operand into the order in which micro-kernels read them.</summary>
internal static unsafe class Packing
{
    /// <summary>float16 elements converted at a time.</summary>
    internal const int LineLength = 64;

    /// <summary>Asks for one line of the cache in each of some rows, as those that a tile will be written to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Prefetch<T>(T* element, long stride, int rows)
        where T : unmanaged
    {
        if (!Sse.IsSupported)
            return;
        for (int r = 0; r < rows; r++)
        {
            Sse.Prefetch0(element);
            element += stride;
        }
    }

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
            long ahead = 16 * stride; // Far enough for what comes from the third-level cache.
            for (int i = 0; i < lines; i++)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(source + ahead);
                int j = 0;
                for (; j + 32 <= bytes; j += 32)
                {
                    Vector256.Load((byte*)source + j).Store((byte*)target + j);
                }

                for (; j + 16 <= bytes; j += 16)
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

    /// <summary>
    /// Copies lines of <paramref name="panels"/> times <paramref name="width"/> adjacent elements to as many panels behind one
    /// another. The width must fill registers of 128 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyPanels<T>(T* source, long stride, int lines, int width, int panels, T* target)
        where T : unmanaged
    {
        long panel = (long)lines * width * sizeof(T);
        int bytes = width * sizeof(T);
        long ahead = 4 * stride * sizeof(T); // Lines lie in pages of their own, which no processor fetches by itself.
        for (int i = 0; i < lines; i++)
        {
            byte* from = (byte*)source;
            byte* to = (byte*)target;
            if (bytes == 64)
            {
                for (int j = 0; j < panels; j++)
                {
                    if (Sse.IsSupported)
                        Sse.Prefetch0(from + ahead);
                    Vector256<byte> low = Vector256.Load(from);
                    Vector256<byte> high = Vector256.Load(from + 32);
                    low.Store(to);
                    high.Store(to + 32);
                    from += 64;
                    to += panel;
                }
            }
            else
            {
                for (int j = 0; j < panels; j++)
                {
                    for (int k = 0; k < bytes; k += 16)
                    {
                        Vector128.Load(from + k).Store(to + k);
                    }

                    from += bytes;
                    to += panel;
                }
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
        int group = Avx.IsSupported && sizeof(T) is 4 or 8 ? 32 / sizeof(T) : int.MaxValue;
        int left = lines;
        if (left % group > (sizeof(T) == 4 ? 4 : 1) && targetStride == lines && length > group)
        {
            // A group that is not full writes whole registers all the same: what it spills over is the begin of the next
            // element's lines, which later stores set right. The last element has nothing behind it.
            int some = left % group;
            left -= some;
            TransposeGroup(source + (left * stride), stride, some, length - 1, target + left, targetStride);
            for (int r = left; r < lines; r++)
            {
                target[((length - 1L) * targetStride) + r] = source[(r * stride) + length - 1];
            }
        }

        int line = 0;
        for (; line + group <= left && length >= group; line += group)
        {
            TransposeGroup(source + (line * stride), stride, group, length, target + line, targetStride);
        }

        for (; line + 4 <= left; line += 4)
        {
            T* from = source + (line * stride);
            Transpose4(
                from,
                from + stride,
                from + (2 * stride),
                from + (3 * stride),
                length,
                target + line,
                targetStride
            );
        }

        for (; line < left; line++)
        {
            T* from = source + (line * stride);
            T* to = target + line;
            for (int i = 0; i < length; i++)
            {
                *to = from[i];
                to += targetStride;
            }
        }
    }

    /// <summary>
    /// Transposes as many lines as a 256-bit register has elements; lines from <paramref name="lines"/> on are not read, and
    /// something is written for them. The length must be a register's at least.
    /// </summary>
    private static void TransposeGroup<T>(T* source, long stride, int lines, int length, T* target, long targetStride)
        where T : unmanaged
    {
        if (sizeof(T) == 4)
        {
            Transpose8((float*)source, stride, lines, length, (float*)target, targetStride);
        }
        else
        {
            Transpose4Wide((double*)source, stride, lines, length, (double*)target, targetStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose8(float* source, long stride, int lines, int length, float* target, long targetStride)
    {
        float* s0 = source;
        float* s1 = lines > 1 ? source + stride : source;
        float* s2 = lines > 2 ? source + (2 * stride) : source;
        float* s3 = lines > 3 ? source + (3 * stride) : source;
        float* s4 = lines > 4 ? source + (4 * stride) : source;
        float* s5 = lines > 5 ? source + (5 * stride) : source;
        float* s6 = lines > 6 ? source + (6 * stride) : source;
        float* s7 = lines > 7 ? source + (7 * stride) : source;
        long next = lines * stride;
        for (long i = 0; ; )
        {
            // The lines that follow are packed next: from memory the processor would foresee each only after some misses.
            if ((i & 8) == 0)
            {
                Sse.Prefetch0(s0 + next + i);
                Sse.Prefetch0(s1 + next + i);
                Sse.Prefetch0(s2 + next + i);
                Sse.Prefetch0(s3 + next + i);
                Sse.Prefetch0(s4 + next + i);
                Sse.Prefetch0(s5 + next + i);
                Sse.Prefetch0(s6 + next + i);
                Sse.Prefetch0(s7 + next + i);
            }

            float* to = target + (i * targetStride);
            for (int half = 0; half < 2; half++)
            {
                // Four elements of lines r and r + 4 in one register.
                Vector256<float> a = Avx.InsertVector128(
                    Vector128.Load(s0 + i).ToVector256Unsafe(),
                    Vector128.Load(s4 + i),
                    1
                );
                Vector256<float> b = Avx.InsertVector128(
                    Vector128.Load(s1 + i).ToVector256Unsafe(),
                    Vector128.Load(s5 + i),
                    1
                );
                Vector256<float> c = Avx.InsertVector128(
                    Vector128.Load(s2 + i).ToVector256Unsafe(),
                    Vector128.Load(s6 + i),
                    1
                );
                Vector256<float> d = Avx.InsertVector128(
                    Vector128.Load(s3 + i).ToVector256Unsafe(),
                    Vector128.Load(s7 + i),
                    1
                );
                Vector256<double> low1 = Avx.UnpackLow(a, b).AsDouble();
                Vector256<double> low2 = Avx.UnpackLow(c, d).AsDouble();
                Vector256<double> high1 = Avx.UnpackHigh(a, b).AsDouble();
                Vector256<double> high2 = Avx.UnpackHigh(c, d).AsDouble();
                Avx.UnpackLow(low1, low2).AsSingle().Store(to);
                Avx.UnpackHigh(low1, low2).AsSingle().Store(to + targetStride);
                Avx.UnpackLow(high1, high2).AsSingle().Store(to + (2 * targetStride));
                Avx.UnpackHigh(high1, high2).AsSingle().Store(to + (3 * targetStride));
                to += 4 * targetStride;
                i += 4;
            }

            if (i == length)
            {
                return;
            }

            // The last step overlaps the one before it where the length is no multiple.
            i = Math.Min(i, length - 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose4Wide(
        double* source,
        long stride,
        int lines,
        int length,
        double* target,
        long targetStride
    )
    {
        double* s0 = source;
        double* s1 = lines > 1 ? source + stride : source;
        double* s2 = lines > 2 ? source + (2 * stride) : source;
        double* s3 = lines > 3 ? source + (3 * stride) : source;
        for (long i = 0; ; )
        {
            double* to = target + (i * targetStride);
            for (int half = 0; half < 2; half++)
            {
                Vector256<double> a = Avx.InsertVector128(
                    Vector128.Load(s0 + i).ToVector256Unsafe(),
                    Vector128.Load(s2 + i),
                    1
                );
                Vector256<double> b = Avx.InsertVector128(
                    Vector128.Load(s1 + i).ToVector256Unsafe(),
                    Vector128.Load(s3 + i),
                    1
                );
                Avx.UnpackLow(a, b).Store(to);
                Avx.UnpackHigh(a, b).Store(to + targetStride);
                to += 2 * targetStride;
                i += 2;
            }

            if (i == length)
            {
                return;
            }

            i = Math.Min(i, length - 4);
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
