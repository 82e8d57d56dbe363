using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Several images as the matrix (taps x positions of all images) whose product with the weights is their convolution. The
/// matrix is never stored: panels of it are packed from the images, or from copies of them with the padding in place.
/// </summary>
/// <remarks>
/// In a copy the elements of a row that a strided window meets with one tap lie side by side: a row is split into as many
/// phases as the stride has, without those that no tap meets, and rows that a window of one row steps over are left out. So
/// in every case the place of an element is the sum of an offset of its tap and one of its position, and neighbouring
/// positions are neighbours in memory.
/// </remarks>
internal unsafe struct WindowMatrix<T>
    where T : unmanaged
{
    /// <summary>The most taps that should be packed at a time.</summary>
    internal const int MostTaps = 512;

    /// <summary>Elements that are copied at a time; the last copy of a line may write so many beyond it.</summary>
    internal static int Piece => 32 / sizeof(T);

    private readonly ConvolutionShape _shape;
    private readonly Extents _out;
    private readonly Extents _kernel;

    /// <summary>Rows and slices of an image for each one of its copy.</summary>
    private readonly (long D, long H) _step = (1, 1);

    private readonly long _depth;
    private readonly long _height;
    private readonly long _pitch;
    private readonly long _phaseWidth;
    private readonly ulong _phases;
    private readonly long _plane;
    private readonly long _farthestTap;

    /// <summary>The first element of the first image, or of its copy.</summary>
    private T* _source;

    /// <summary>Elements from <see cref="_source"/> to the end of what may be read.</summary>
    private long _readable;

    internal WindowMatrix(in ConvolutionShape shape)
    {
        _shape = shape;
        _out = shape.Out;
        _kernel = shape.Kernel;
        IsDirect = shape.Pad == default && shape.Stride.W == 1;
        if (IsDirect && shape.Kernel.Product == 1 && shape.Stride == Extents.One)
        {
            // Rows without a window are one long row.
            _out = new Extents(1, 1, shape.In.Product);
            _shape = shape with { In = _out };
        }

        if (!IsDirect)
            _step = (shape.Kernel.D == 1 ? shape.Stride.D : 1, shape.Kernel.H == 1 ? shape.Stride.H : 1);
        _depth = ((_shape.In.D + (2 * shape.Pad.D) - 1) / _step.D) + 1;
        _height = ((_shape.In.H + (2 * shape.Pad.H) - 1) / _step.H) + 1;
        if (IsDirect)
        {
            _pitch = _phaseWidth = _shape.In.W;
        }
        else
        {
            for (long kw = 0; kw < shape.Kernel.W; kw++)
            {
                _phases |= 1ul << (int)Math.Min(kw * shape.Dilate.W % shape.Stride.W, 63);
            }

            // Windows farther apart than bits in a word: all phases are kept.
            if (shape.Stride.W > 63)
                _phases = ulong.MaxValue;
            _phaseWidth = ((shape.In.W + (2 * shape.Pad.W) - 1) / shape.Stride.W) + 1;
            _pitch = _phaseWidth * (shape.Stride.W > 63 ? shape.Stride.W : (long)ulong.PopCount(_phases));
        }

        // The copy for a window of one element holds the positions themselves: one long row again.
        if (!IsDirect && shape.Kernel.Product == 1)
            _out = new Extents(1, 1, _out.Product);
        _plane = _depth * _height * _pitch;
        _farthestTap = OffsetOf(
            shape.GroupIn - 1,
            (shape.Kernel.D - 1) * shape.Dilate.D,
            (shape.Kernel.H - 1) * shape.Dilate.H,
            (shape.Kernel.W - 1) * shape.Dilate.W
        );
    }

    /// <summary>Whether panels can be packed from the images themselves.</summary>
    internal bool IsDirect { get; }

    /// <summary>Elements of an image, or of its copy.</summary>
    internal readonly long ImageSize => _shape.InChannels * _plane;

    /// <summary>Positions of an image.</summary>
    internal readonly long Spatial => _out.Product;

    /// <summary>Sets where the first image, or its copy, lies.</summary>
    /// <param name="source">The first element of the first channel of the first group.</param>
    /// <param name="images">Images that follow in memory, the first included.</param>
    internal void Place(T* source, long images)
    {
        _source = source;
        _readable = images * ImageSize;
    }

    /// <summary>This matrix for another group of channels.</summary>
    internal readonly WindowMatrix<T> ForGroup(long group)
    {
        WindowMatrix<T> matrix = this;
        long offset = group * _shape.GroupIn * _plane;
        matrix._source += offset;
        matrix._readable -= offset;
        return matrix;
    }

    /// <summary>Copies one channel of one image, with the padding and the phases in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void CopyChannel(T* image, T* copy)
    {
        ConvolutionShape shape = _shape;
        for (long d = 0; d < _depth; d++)
        {
            for (long h = 0; h < _height; h++)
            {
                long fromD = (d * _step.D) - shape.Pad.D;
                long fromH = (h * _step.H) - shape.Pad.H;
                bool isInside = (ulong)fromD < (ulong)shape.In.D && (ulong)fromH < (ulong)shape.In.H;
                T* row = isInside ? image + (((fromD * shape.In.H) + fromH) * shape.In.W) : null;
                T* to = copy + (((d * _height) + h) * _pitch);
                for (long phase = 0; phase < shape.Stride.W; phase++)
                {
                    if (shape.Stride.W > 63 || (_phases >> (int)phase & 1) != 0)
                    {
                        CopyPhase(row, phase, to);
                        to += _phaseWidth;
                    }
                }
            }
        }
    }

    /// <summary>The elements of an image row, null for one in the padding, that a stride meets from a phase on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void CopyPhase(T* row, long phase, T* target)
    {
        long stride = _shape.Stride.W;
        long pad = _shape.Pad.W;
        long first = _phaseWidth;
        long count = 0;
        if (row != null)
        {
            first = Math.Max(pad - phase + stride - 1, 0) / stride;
            long place = (first * stride) + phase - pad;
            count = place >= _shape.In.W ? 0 : ((_shape.In.W - 1 - place) / stride) + 1;
            CopyStrided(row + place, stride, count, target + first);
        }

        for (long i = 0; i < first; i++)
        {
            target[i] = default;
        }

        for (long i = first + count; i < _phaseWidth; i++)
        {
            target[i] = default;
        }
    }

    /// <summary>
    /// Writes some columns, at most <paramref name="width"/>: (tap p, column j) lands at <c>p * width + j</c>. Missing columns
    /// are left as they are, and up to <see cref="Piece"/> elements behind the last one are overwritten.
    /// </summary>
    /// <param name="offsets">What <see cref="TapOffsets"/> gives for the taps.</param>
    /// <param name="count">Number of taps.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="width">Elements from one tap to the next in the panel.</param>
    /// <param name="target">The panel.</param>
    [SkipLocalsInit]
    internal readonly void Pack(long* offsets, int count, long column, int columns, int width, T* target)
    {
        // At worst each position is a run of its own.
        long* places = stackalloc long[width];
        int* starts = stackalloc int[width];
        int* lengths = stackalloc int[width];
        int pieces = CutIntoPieces(column, columns, places, starts, lengths);
        if (_farthestTap + places[pieces - 1] + Piece > _readable)
        {
            CopyExactly(offsets, count, places, starts, lengths, pieces, width, target);
        }
        else
        {
            CopyPieces(offsets, count, places, starts, pieces, width, target);
        }
    }

    /// <summary>Whether four panels from a column on are neighbours in memory for every tap, and made of whole pieces.</summary>
    internal readonly bool IsOneRun(long column, int width) =>
        width % Piece == 0 && (column % _out.Product % _out.W) + (4 * width) <= _out.W;

    /// <summary>
    /// Writes four panels behind one another: their lines are neighbours in memory and are read together, in order.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void PackFour(long* offsets, int count, long column, int width, T* target)
    {
        long place;
        int start;
        int length;
        CutIntoPieces(column, 1, &place, &start, &length);
        byte* source = (byte*)(_source + place);
        long panel = (long)count * width * sizeof(T);
        int line = width * sizeof(T);
        byte* to = (byte*)target;
        for (int p = 0; p < count; p++)
        {
            byte* from = source + (offsets[p] * sizeof(T));
            if (Sse.IsSupported)
            {
                // The next four panels' elements: rows of an image are too far apart for the processor to foresee them.
                Sse.Prefetch0(from + (4 * line));
                Sse.Prefetch0(from + (5 * line));
                Sse.Prefetch0(from + (6 * line));
                Sse.Prefetch0(from + (7 * line));
            }

            for (int j = 0; j < line; j += 32)
            {
                Vector256<byte> a = Vector256.Load(from + j);
                Vector256<byte> b = Vector256.Load(from + line + j);
                Vector256<byte> c = Vector256.Load(from + (2 * line) + j);
                Vector256<byte> d = Vector256.Load(from + (3 * line) + j);
                a.Store(to + j);
                b.Store(to + panel + j);
                c.Store(to + (2 * panel) + j);
                d.Store(to + (3 * panel) + j);
            }

            to += line;
        }
    }

    private readonly long OffsetOf(long channel, long d, long h, long w)
    {
        if (IsDirect)
            return (channel * _plane) + (((d * _height) + h) * _pitch) + w;
        (long along, long phase) = Math.DivRem(w, _shape.Stride.W);
        long before = _shape.Stride.W > 63 ? phase : (long)ulong.PopCount(_phases & ((1ul << (int)phase) - 1));
        return (channel * _plane) + (((d * _height) + h) * _pitch) + (before * _phaseWidth) + along;
    }

    /// <summary>Where the elements of taps are, from those of the first tap.</summary>
    internal readonly void TapOffsets(long depth, int count, long* offsets)
    {
        long w = depth % _kernel.W;
        long h = depth / _kernel.W % _kernel.H;
        long d = depth / _kernel.W / _kernel.H % _kernel.D;
        long channel = depth / _kernel.Product;
        for (int p = 0; p < count; p++)
        {
            offsets[p] = OffsetOf(channel, d * _shape.Dilate.D, h * _shape.Dilate.H, w * _shape.Dilate.W);
            if (++w < _kernel.W)
                continue;
            w = 0;
            if (++h < _kernel.H)
                continue;
            h = 0;
            if (++d < _kernel.D)
                continue;
            d = 0;
            channel++;
        }
    }

    /// <summary>Cuts positions into pieces that are contiguous for every tap, none longer than <see cref="Piece"/>.</summary>
    private readonly int CutIntoPieces(long column, int count, long* places, int* starts, int* lengths)
    {
        (long image, long position) = Math.DivRem(column, _out.Product);
        (long line, long w) = Math.DivRem(position, _out.W);
        (long d, long h) = Math.DivRem(line, _out.H);
        int pieces = 0;
        for (int done = 0; done < count; )
        {
            int length = (int)Math.Min(Math.Min(count - done, _out.W - w), Piece);
            starts[pieces] = done;
            lengths[pieces] = length;
            places[pieces++] =
                (image * ImageSize)
                + (((d * (_shape.Stride.D / _step.D) * _height) + (h * (_shape.Stride.H / _step.H))) * _pitch)
                + w;
            done += length;
            w += length;
            if (w < _out.W)
                continue;
            w = 0;
            if (++h < _out.H)
                continue;
            h = 0;
            if (++d < _out.D)
                continue;
            d = 0;
            image++;
        }

        return pieces;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyStrided(T* source, long stride, long count, T* target)
    {
        long i = 0;
        if (stride == 1)
        {
            LongRuns.Copy(source, target, count);
            return;
        }

        if (stride == 2 && sizeof(T) == 4 && Avx2.IsSupported)
        {
            // The second load begins one element early, so that it ends with the last element that is met.
            for (; i + 8 <= count; i += 8)
            {
                CopyEight((float*)source + (2 * i), (float*)target + i);
            }

            if (i < count && count >= 8)
            {
                CopyEight((float*)source + (2 * (count - 8)), (float*)target + (count - 8));
                return;
            }
        }

        for (; i < count; i++)
        {
            target[i] = source[i * stride];
        }
    }

    /// <summary>Every second of fifteen elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyEight(float* source, float* target)
    {
        Vector256<float> low = Vector256.Load(source);
        Vector256<float> high = Vector256.Load(source + 7);
        Vector256<double> pairs = Avx.Shuffle(low, high, 0xD8).AsDouble();
        Avx2.Permute4x64(pairs, 0xD8).AsSingle().Store(target);
    }

    /// <summary>
    /// Copies pieces whole: what is too much is overwritten by the piece that follows, in this line or in the next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void CopyPieces(
        long* offsets,
        int count,
        long* places,
        int* starts,
        int pieces,
        int width,
        T* target
    )
    {
        T* a = _source + places[0];
        if (pieces == 2)
        {
            T* b = _source + places[1];
            int second = starts[1];
            for (int p = 0; p < count; p++)
            {
                long offset = offsets[p];
                Vector256<byte> first = Vector256.Load((byte*)(a + offset));
                Vector256<byte> last = Vector256.Load((byte*)(b + offset));
                first.Store((byte*)target);
                last.Store((byte*)(target + second));
                target += width;
            }
        }
        else if (pieces == 3)
        {
            T* b = _source + places[1];
            T* c = _source + places[2];
            int second = starts[1];
            int third = starts[2];
            for (int p = 0; p < count; p++)
            {
                long offset = offsets[p];
                Vector256<byte> first = Vector256.Load((byte*)(a + offset));
                Vector256<byte> middle = Vector256.Load((byte*)(b + offset));
                Vector256<byte> last = Vector256.Load((byte*)(c + offset));
                first.Store((byte*)target);
                middle.Store((byte*)(target + second));
                last.Store((byte*)(target + third));
                target += width;
            }
        }
        else
        {
            for (int p = 0; p < count; p++)
            {
                T* from = _source + offsets[p];
                for (int i = 0; i < pieces; i++)
                {
                    Vector256.Load((byte*)(from + places[i])).Store((byte*)(target + starts[i]));
                }

                target += width;
            }
        }
    }

    /// <summary>The same at the end of the data, where nothing may be read that is not needed.</summary>
    private readonly void CopyExactly(
        long* offsets,
        int count,
        long* places,
        int* starts,
        int* lengths,
        int pieces,
        int width,
        T* target
    )
    {
        for (int p = 0; p < count; p++)
        {
            for (int i = 0; i < pieces; i++)
            {
                T* from = _source + offsets[p] + places[i];
                for (int j = 0; j < lengths[i]; j++)
                {
                    target[starts[i] + j] = from[j];
                }
            }

            target += width;
        }
    }
}
