namespace CoreEngine.Kernels;

/// <summary>Frames whose elements come from the array inside: its nearest element, or its mirror image.</summary>
public static unsafe class Padding
{
    private const int MaxRank = 8;

    /// <summary>Writes an array with its frame.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The array, row-major.</param>
    /// <param name="xShape">Its shape, at most 8 axes.</param>
    /// <param name="y">The array with its frame; must not overlap <paramref name="x"/>.</param>
    /// <param name="yShape">Its shape.</param>
    /// <param name="widths">Width of the frame before and after, for each axis; less than the extent when mirroring.</param>
    /// <param name="reflect">Mirror at the border element instead of repeating it.</param>
    /// <exception cref="ArgumentException">The shapes do not fit the widths, or have too many axes.</exception>
    public static void Forward(
        DType dtype,
        void* x,
        Shape xShape,
        void* y,
        Shape yShape,
        ReadOnlySpan<long> widths,
        bool reflect
    )
    {
        Call call = Prepare(dtype, x, xShape, y, yShape, widths, reflect);
        long rows = yShape.Size / yShape[^1];
        KernelTeam.Default.For(rows, Math.Max(1, Elementwise.Grain / yShape[^1]), &CopyRows, &call);
    }

    /// <summary>Adds to an array what flows back into each of its elements and into their images in the frame.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="y">The gradient of the array with its frame.</param>
    /// <param name="yShape">Its shape.</param>
    /// <param name="x">The gradient of the array inside, to which is added.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="widths">See <see cref="Forward"/>.</param>
    /// <param name="reflect">See <see cref="Forward"/>.</param>
    /// <exception cref="ArgumentException">The shapes do not fit the widths, or have too many axes.</exception>
    public static void Backward(
        DType dtype,
        void* y,
        Shape yShape,
        void* x,
        Shape xShape,
        ReadOnlySpan<long> widths,
        bool reflect
    )
    {
        Call call = Prepare(dtype, x, xShape, y, yShape, widths, reflect);
        // Along the leading axes without a frame nothing is shared, so these slabs can be added at the same time.
        int axis = 0;
        long slabs = 1;
        while (axis < yShape.Rank - 1 && xShape[axis] == yShape[axis])
        {
            slabs *= yShape[axis++];
        }

        call.RowsPerSlab = yShape.Size / yShape[^1] / slabs;
        long slabSize = yShape.Size / slabs;
        KernelTeam.Default.For(slabs, Math.Max(1, Elementwise.Grain / slabSize), &AddSlabs, &call);
    }

    private static Call Prepare(
        DType dtype,
        void* x,
        Shape xShape,
        void* y,
        Shape yShape,
        ReadOnlySpan<long> widths,
        bool reflect
    )
    {
        int rank = xShape.Rank;
        if (rank > MaxRank || yShape.Rank != rank || widths.Length != 2 * rank)
            throw new ArgumentException($"The shapes {xShape} and {yShape} and {widths.Length} widths do not fit.");
        var call = new Call
        {
            DType = dtype,
            X = (byte*)x,
            Y = (byte*)y,
            Rank = rank,
            Reflect = reflect,
        };
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            long most = reflect ? xShape[i] - 1 : long.MaxValue;
            if (widths[2 * i] > most || widths[(2 * i) + 1] > most)
                throw new ArgumentException($"Axis {i} of {xShape} is too short to mirror.", nameof(widths));
            if (xShape[i] + widths[2 * i] + widths[(2 * i) + 1] != yShape[i])
                throw new ArgumentException($"Axis {i} of {yShape} is not that of {xShape} with its frame.");
            call.Inside[i] = xShape[i];
            call.Outside[i] = yShape[i];
            call.Before[i] = widths[2 * i];
            call.Strides[i] = stride;
            stride *= xShape[i];
        }

        return call;
    }

    private static void CopyRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        int last = call->Rank - 1;
        int size = call->DType.ItemSize();
        long length = call->Outside[last];
        for (long row = start; row < end; row++)
        {
            byte* x = call->X + (call->SourceRow(row) * size);
            byte* y = call->Y + (row * length * size);
            for (long i = 0; i < call->Before[last]; i++)
            {
                Copy(size, x, call->Source(last, i), y, i);
            }

            long inside = call->Inside[last] * size;
            Buffer.MemoryCopy(x, y + (call->Before[last] * size), inside, inside);
            for (long i = call->Before[last] + call->Inside[last]; i < length; i++)
            {
                Copy(size, x, call->Source(last, i), y, i);
            }
        }
    }

    private static void Copy(int size, byte* x, long source, byte* y, long target)
    {
        switch (size)
        {
            case 1:
                y[target] = x[source];
                break;
            case 2:
                ((short*)y)[target] = ((short*)x)[source];
                break;
            case 4:
                ((int*)y)[target] = ((int*)x)[source];
                break;
            default:
                ((long*)y)[target] = ((long*)x)[source];
                break;
        }
    }

    private static void AddSlabs(void* state, long start, long end)
    {
        var call = (Call*)state;
        long first = start * call->RowsPerSlab;
        long past = end * call->RowsPerSlab;
        switch (call->DType)
        {
            case DType.Float32:
                AddRows<float>(call, first, past);
                break;
            case DType.Float64:
                AddRows<double>(call, first, past);
                break;
            case DType.Float16:
                AddRows<Half>(call, first, past);
                break;
            case DType.UInt8:
                AddRows<byte>(call, first, past);
                break;
            case DType.Int8:
                AddRows<sbyte>(call, first, past);
                break;
            case DType.Int32:
                AddRows<int>(call, first, past);
                break;
            default:
                AddRows<long>(call, first, past);
                break;
        }
    }

    private static void AddRows<T>(Call* call, long start, long end)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        int last = call->Rank - 1;
        long length = call->Outside[last];
        for (long row = start; row < end; row++)
        {
            T* x = (T*)call->X + call->SourceRow(row);
            T* y = (T*)call->Y + (row * length);
            for (long i = 0; i < length; i++)
            {
                x[call->Source(last, i)] += y[i];
            }
        }
    }

    private struct Call
    {
        internal DType DType;
        internal byte* X;
        internal byte* Y;
        internal int Rank;
        internal bool Reflect;
        internal long RowsPerSlab;
        internal fixed long Inside[MaxRank];
        internal fixed long Outside[MaxRank];
        internal fixed long Before[MaxRank];
        internal fixed long Strides[MaxRank];

        /// <summary>Where an index along an axis of the framed array has its value, as an index of the array inside.</summary>
        internal readonly long Source(int axis, long index)
        {
            long i = index - Before[axis];
            long extent = Inside[axis];
            if (Reflect)
                return i < 0 ? -i
                    : i < extent ? i
                    : (2 * (extent - 1)) - i;
            return Math.Clamp(i, 0, extent - 1);
        }

        /// <summary>The first element of the row inside that a row of the framed array has its values from.</summary>
        internal readonly long SourceRow(long row)
        {
            long offset = 0;
            for (int axis = Rank - 2; axis >= 0; axis--)
            {
                (row, long index) = Math.DivRem(row, Outside[axis]);
                offset += Source(axis, index) * Strides[axis];
            }

            return offset;
        }
    }
}
