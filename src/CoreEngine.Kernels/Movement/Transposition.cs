using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Transposes matrices in tiles that fit the first-level cache.</summary>
internal static unsafe class Transposition
{
    private const int TileRows = 64;
    private const int TileColumns = 64;

    /// <summary>Number of tiles of a matrix.</summary>
    internal static long Tiles(long rows, long columns) =>
        (rows + TileRows - 1) / TileRows * ((columns + TileColumns - 1) / TileColumns);

    /// <summary>
    /// Writes one tile of <c>y[r, c] = x[c, r]</c>, where rows of y lie <paramref name="yStride"/> and rows of x
    /// <paramref name="xStride"/> elements apart.
    /// </summary>
    internal static void Tile(
        int size,
        byte* x,
        long xStride,
        byte* y,
        long yStride,
        long rows,
        long columns,
        long tile
    )
    {
        long across = (columns + TileColumns - 1) / TileColumns;
        (long down, long right) = Math.DivRem(tile, across);
        long row = down * TileRows;
        long column = right * TileColumns;
        nint height = (nint)Math.Min(TileRows, rows - row);
        nint width = (nint)Math.Min(TileColumns, columns - column);
        x += ((column * xStride) + row) * size;
        y += ((row * yStride) + column) * size;
        switch (size)
        {
            case 1:
                Scalar(x, (nint)xStride, y, (nint)yStride, height, width);
                break;
            case 2:
                Scalar((short*)x, (nint)xStride, (short*)y, (nint)yStride, height, width);
                break;
            case 4 when Avx.IsSupported:
                Floats((float*)x, (nint)xStride, (float*)y, (nint)yStride, height, width);
                break;
            case 4:
                Scalar((int*)x, (nint)xStride, (int*)y, (nint)yStride, height, width);
                break;
            default:
                Scalar((long*)x, (nint)xStride, (long*)y, (nint)yStride, height, width);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scalar<T>(T* x, nint xStride, T* y, nint yStride, nint rows, nint columns)
        where T : unmanaged
    {
        for (nint r = 0; r < rows; r++)
        {
            T* source = x + r;
            T* target = y + (r * yStride);
            for (nint c = 0; c < columns; c++)
            {
                target[c] = *source;
                source += xStride;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Floats(float* x, nint xStride, float* y, nint yStride, nint rows, nint columns)
    {
        nint wholeRows = rows & ~7;
        nint wholeColumns = columns & ~7;
        for (nint r = 0; r < wholeRows; r += 8)
        {
            for (nint c = 0; c < wholeColumns; c += 8)
            {
                Eight(x + (c * xStride) + r, xStride, y + (r * yStride) + c, yStride);
            }
        }

        if (wholeColumns < columns)
            Scalar(x + (wholeColumns * xStride), xStride, y + wholeColumns, yStride, wholeRows, columns - wholeColumns);
        if (wholeRows < rows)
            Scalar(x + wholeRows, xStride, y + (wholeRows * yStride), yStride, rows - wholeRows, columns);
    }

    /// <summary>Eight rows of eight: interleave pairs, then quadruples, then halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* x, nint xStride, float* y, nint yStride)
    {
        Vector256<float> x0 = Avx.LoadVector256(x);
        Vector256<float> x1 = Avx.LoadVector256(x + xStride);
        Vector256<float> x2 = Avx.LoadVector256(x + (2 * xStride));
        Vector256<float> x3 = Avx.LoadVector256(x + (3 * xStride));
        Vector256<float> x4 = Avx.LoadVector256(x + (4 * xStride));
        Vector256<float> x5 = Avx.LoadVector256(x + (5 * xStride));
        Vector256<float> x6 = Avx.LoadVector256(x + (6 * xStride));
        Vector256<float> x7 = Avx.LoadVector256(x + (7 * xStride));
        Vector256<float> a0 = Avx.UnpackLow(x0, x1);
        Vector256<float> a1 = Avx.UnpackHigh(x0, x1);
        Vector256<float> a2 = Avx.UnpackLow(x2, x3);
        Vector256<float> a3 = Avx.UnpackHigh(x2, x3);
        Vector256<float> a4 = Avx.UnpackLow(x4, x5);
        Vector256<float> a5 = Avx.UnpackHigh(x4, x5);
        Vector256<float> a6 = Avx.UnpackLow(x6, x7);
        Vector256<float> a7 = Avx.UnpackHigh(x6, x7);
        x0 = Avx.Shuffle(a0, a2, 0b01_00_01_00);
        x1 = Avx.Shuffle(a0, a2, 0b11_10_11_10);
        x2 = Avx.Shuffle(a1, a3, 0b01_00_01_00);
        x3 = Avx.Shuffle(a1, a3, 0b11_10_11_10);
        x4 = Avx.Shuffle(a4, a6, 0b01_00_01_00);
        x5 = Avx.Shuffle(a4, a6, 0b11_10_11_10);
        x6 = Avx.Shuffle(a5, a7, 0b01_00_01_00);
        x7 = Avx.Shuffle(a5, a7, 0b11_10_11_10);
        Avx.Store(y, Avx.Permute2x128(x0, x4, 0x20));
        Avx.Store(y + yStride, Avx.Permute2x128(x1, x5, 0x20));
        Avx.Store(y + (2 * yStride), Avx.Permute2x128(x2, x6, 0x20));
        Avx.Store(y + (3 * yStride), Avx.Permute2x128(x3, x7, 0x20));
        Avx.Store(y + (4 * yStride), Avx.Permute2x128(x0, x4, 0x31));
        Avx.Store(y + (5 * yStride), Avx.Permute2x128(x1, x5, 0x31));
        Avx.Store(y + (6 * yStride), Avx.Permute2x128(x2, x6, 0x31));
        Avx.Store(y + (7 * yStride), Avx.Permute2x128(x3, x7, 0x31));
    }
}
