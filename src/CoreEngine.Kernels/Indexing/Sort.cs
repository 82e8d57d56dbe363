using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Sorts along an axis. Every order is stable: of equal elements the first comes first, ascending or descending. NaN
/// counts as larger than every number, and the two zeros are equal.
/// </summary>
public static unsafe class Sort
{
    /// <summary>Scratch memory that <see cref="Order"/> needs, in bytes.</summary>
    public static long Scratch(DType dtype, long elements) => elements * (dtype.ItemSize() == 8 ? 16 : 8);

    /// <summary>
    /// The order of the elements along the middle axis of an array (<paramref name="outer"/>, <paramref name="length"/>,
    /// <paramref name="inner"/>).
    /// </summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="x">The array, row-major.</param>
    /// <param name="outer">Number of elements before the axis.</param>
    /// <param name="length">Extent of the axis; at most 2^31 - 1.</param>
    /// <param name="inner">Number of elements behind the axis.</param>
    /// <param name="ascending">Smallest first.</param>
    /// <param name="count">How many of the first places to give.</param>
    /// <param name="order">
    /// The places of the sorted elements along the axis, an array (<paramref name="outer"/>, <paramref name="count"/>,
    /// <paramref name="inner"/>).
    /// </param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or the axis is too long.</exception>
    public static void Order(
        DType dtype,
        void* x,
        long outer,
        long length,
        long inner,
        bool ascending,
        long count,
        long* order,
        void* scratch
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, length);
        var call = new Call
        {
            DType = dtype,
            X = x,
            Length = length,
            Inner = inner,
            Mask = ascending ? 0 : ulong.MaxValue,
            Count = count,
            Order = order,
            Scratch = scratch,
        };
        long rows = outer * inner;
        KernelTeam.Default.For(rows, Math.Max(1, 2048 / Math.Max(1, length)), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        for (long row = start; row < end; row++)
        {
            switch (call->DType)
            {
                case DType.Float32:
                    SortRow<float>(call, row);
                    break;
                case DType.Float16:
                    SortRow<Half>(call, row);
                    break;
                case DType.UInt8:
                    SortRow<byte>(call, row);
                    break;
                case DType.Int8:
                    SortRow<sbyte>(call, row);
                    break;
                case DType.Int32:
                    SortRow<int>(call, row);
                    break;
                case DType.Float64:
                    SortWideRow<double>(call, row);
                    break;
                case DType.Int64:
                    SortWideRow<long>(call, row);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(null, call->DType, "This is not an element type.");
            }
        }
    }

    // Key and place make one number, so that an order of plain numbers is stable without further ado.
    private static void SortRow<T>(Call* call, long row)
        where T : unmanaged
    {
        var keys = new Span<ulong>((ulong*)call->Scratch + (row * call->Length), (int)call->Length);
        T* x = (T*)call->X + call->First(row, call->Length);
        ulong mask = call->Mask << 32;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((ulong)Key32(x[i * call->Inner]) << 32 ^ mask) | (uint)i;
        }

        keys.Sort();
        long* order = call->Order + call->First(row, call->Count);
        for (int i = 0; i < call->Count; i++)
        {
            order[i * call->Inner] = (uint)keys[i];
        }
    }

    private static void SortWideRow<T>(Call* call, long row)
        where T : unmanaged
    {
        var keys = new Span<UInt128>((UInt128*)call->Scratch + (row * call->Length), (int)call->Length);
        T* x = (T*)call->X + call->First(row, call->Length);
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new UInt128(Key64(x[i * call->Inner]) ^ call->Mask, (uint)i);
        }

        keys.Sort();
        long* order = call->Order + call->First(row, call->Count);
        for (int i = 0; i < call->Count; i++)
        {
            order[i * call->Inner] = (long)(ulong)keys[i];
        }
    }

    /// <summary>A number that is ordered as the values are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Key32<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return Key(Unsafe.As<T, float>(ref value));
        if (typeof(T) == typeof(Half))
            return Key((float)Unsafe.As<T, Half>(ref value));
        if (typeof(T) == typeof(byte))
            return Unsafe.As<T, byte>(ref value);
        int number = typeof(T) == typeof(sbyte) ? Unsafe.As<T, sbyte>(ref value) : Unsafe.As<T, int>(ref value);
        return (uint)(number ^ int.MinValue);
    }

    private static uint Key(float value)
    {
        // + 0 turns -0 into 0; NaNs become one and the same.
        int bits = BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value + 0f) & int.MaxValue;
        bool isNegative = !float.IsNaN(value) && value < 0;
        return isNegative ? ~((uint)bits | 0x8000_0000u) : (uint)bits | 0x8000_0000u;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Key64<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long))
            return (ulong)(Unsafe.As<T, long>(ref value) ^ long.MinValue);
        double number = Unsafe.As<T, double>(ref value);
        long bits = BitConverter.DoubleToInt64Bits(double.IsNaN(number) ? double.NaN : number + 0.0) & long.MaxValue;
        return number < 0 ? ~((ulong)bits | 0x8000_0000_0000_0000ul) : (ulong)bits | 0x8000_0000_0000_0000ul;
    }

    private struct Call
    {
        internal DType DType;
        internal void* X;
        internal long Length;
        internal long Inner;
        internal ulong Mask;
        internal long Count;
        internal long* Order;
        internal void* Scratch;

        /// <summary>The first element of a row of an array whose middle axis has this extent.</summary>
        internal readonly long First(long row, long extent)
        {
            (long before, long behind) = Math.DivRem(row, Inner);
            return (before * extent * Inner) + behind;
        }
    }
}
