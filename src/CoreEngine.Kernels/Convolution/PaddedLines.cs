using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// How lines of an image lie in a buffer with their padding around them, so that a window never leaves it. With a stride
/// along the line, columns are sorted by their phase (column modulo stride): windows next to one another then read
/// elements next to one another.
/// </summary>
/// <remarks>Only what lies inside the image is written by <see cref="Fill"/>; the padding is cleared once, by <see cref="Clear"/>.</remarks>
internal readonly unsafe struct PaddedLines<T>
    where T : unmanaged, INumber<T>
{
    private readonly long _height;
    private readonly long _width;
    private readonly long _top;
    private readonly long _left;
    private readonly long _step;
    private readonly long _phases;
    private readonly long _phaseLength;

    /// <param name="height">Lines of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="top">Lines of zeros above it; fewer than none leaves out lines.</param>
    /// <param name="left">Zeros before each line; fewer than none leaves out columns.</param>
    /// <param name="step">Distance of the windows along a line.</param>
    /// <param name="reach">Columns from a window's first to its last.</param>
    /// <param name="windows">Windows in a line.</param>
    /// <param name="lanes">Windows are read in groups of so many, which may go past the last one.</param>
    internal PaddedLines(long height, long width, long top, long left, long step, long reach, long windows, int lanes)
    {
        _height = height;
        _width = width;
        _top = top;
        _left = left;
        _step = step;
        _phases = Math.Min(step, reach + 1);
        _phaseLength = Round(Round(windows, lanes) + (reach / step), lanes);
    }

    /// <summary>Lines without steps between windows, at a distance that may be shorter than the padding on both sides asks for.</summary>
    internal PaddedLines(long height, long width, long top, long left, long pitch)
    {
        _height = height;
        _width = width;
        _top = top;
        _left = left;
        _step = 1;
        _phases = 1;
        _phaseLength = pitch;
    }

    /// <summary>Elements from one line to the next.</summary>
    internal long Pitch => _phases * _phaseLength;

    /// <summary>Elements from a window's place to what it covers at so many columns from its first.</summary>
    internal long Offset(long column) => (column % _step * _phaseLength) + (column / _step);

    /// <summary>The next multiple.</summary>
    internal static long Round(long count, long multiple) => (count + multiple - 1) / multiple * multiple;

    /// <summary>Zeros for so many lines.</summary>
    internal void Clear(T* buffer, long lines) => LongRuns.Clear(buffer, lines * Pitch);

    /// <summary>Copies lines of one image; line 0 is the first of the padding above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Fill(T* image, long first, long lines, T* buffer)
    {
        long pitch = Pitch;
        for (long line = first; line < first + lines; line++)
        {
            long row = line - _top;
            if ((ulong)row >= (ulong)_height)
            {
                LongRuns.Clear(buffer, pitch);
            }
            else if (_step == 1)
            {
                long skip = Math.Max(0, -_left);
                long start = Math.Max(0, _left);
                long count = Math.Min(_width - skip, _phaseLength - start);
                Copy(image + (row * _width) + skip, count, buffer + start);
            }
            else
            {
                for (long phase = 0; phase < _phases; phase++)
                {
                    // The first place in this phase that lies inside the image, and the column under it.
                    long place = Math.Max(0, (_left - phase + _step - 1) / _step);
                    long column = (place * _step) + phase - _left;
                    if (column < _width)
                    {
                        long count = Math.Min(((_width - column - 1) / _step) + 1, _phaseLength - place);
                        Gather(image + (row * _width) + column, _step, count, buffer + (phase * _phaseLength) + place);
                    }
                }
            }

            buffer += pitch;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(T* from, long count, T* to)
    {
        if (count < Vector128<T>.Count)
        {
            for (long i = 0; i < count; i++)
            {
                to[i] = from[i];
            }

            return;
        }

        long j = 0;
        for (; j + Vector256<T>.Count <= count; j += Vector256<T>.Count)
        {
            Vector256.Load(from + j).Store(to + j);
        }

        // The last registers overlap what is there already.
        if (j + Vector128<T>.Count <= count)
        {
            Vector128.Load(from + j).Store(to + j);
        }

        long last = count - Vector128<T>.Count;
        Vector128.Load(from + last).Store(to + last);
    }

    /// <summary>Every step-th element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(T* from, long step, long count, T* to)
    {
        long i = 0;
        if (step == 2 && Sse2.IsSupported)
        {
            // One element less than would fit: the second load goes one past the last that is wanted.
            if (sizeof(T) == 4)
            {
                for (; i + 4 < count; i += 4)
                {
                    Vector128<float> a = Vector128.Load((float*)from + (2 * i));
                    Vector128<float> b = Vector128.Load((float*)from + (2 * i) + 4);
                    Sse.Shuffle(a, b, 0x88).Store((float*)to + i);
                }
            }
            else if (sizeof(T) == 8)
            {
                for (; i + 2 < count; i += 2)
                {
                    Vector128<double> a = Vector128.Load((double*)from + (2 * i));
                    Vector128<double> b = Vector128.Load((double*)from + (2 * i) + 2);
                    Sse2.UnpackLow(a, b).Store((double*)to + i);
                }
            }
        }

        for (; i < count; i++)
        {
            to[i] = from[i * step];
        }
    }
}
