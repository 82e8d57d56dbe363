using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Transposes matrices in tiles that fit the first-level cache: <c>y[r, c] = x[c, r]</c>, where rows of y lie
/// <paramref name="yStride"/> and rows of x <paramref name="xStride"/> elements apart.
/// </summary>
/// <param name="size">Bytes of an element.</param>
/// <param name="xStride">Distance of x's rows in elements.</param>
/// <param name="yStride">Distance of y's rows in elements.</param>
/// <param name="rows">Rows of y.</param>
/// <param name="columns">Columns of y.</param>
/// <param name="stream">Whether whole lines of y pass by the caches.</param>
internal readonly unsafe struct Transposition(
    int size,
    long xStride,
    long yStride,
    long rows,
    long columns,
    bool stream
)
{
    /// <summary>Rows and columns of a tile where the matrix has so many; the last ones take what is left.</summary>
    private const long TileSide = 64;

    /// <summary>Length of a tile of a matrix that is narrower than a register.</summary>
    private const long NarrowTile = 1024;

    private readonly int _size = size;
    private readonly nint _xStride = (nint)xStride;
    private readonly nint _yStride = (nint)yStride;
    private readonly long _rows = rows;
    private readonly long _columns = columns;
    private readonly long _down = Math.Max(1, rows / (columns < 8 ? NarrowTile : TileSide));
    private readonly long _across = Math.Max(1, columns / (rows < 8 ? NarrowTile : TileSide));
    private readonly bool _stream = stream && yStride % (32 / size) == 0;

    /// <summary>Number of tiles of a matrix.</summary>
    internal long Tiles => _down * _across;

    /// <summary>Writes one tile.</summary>
    internal void Tile(byte* x, byte* y, long tile)
    {
        (long down, long across) = Math.DivRem(tile, _across);
        long row = down * (_columns < 8 ? NarrowTile : TileSide);
        long column = across * (_rows < 8 ? NarrowTile : TileSide);
        nint height = (nint)((down == _down - 1 ? _rows : row + (_columns < 8 ? NarrowTile : TileSide)) - row);
        nint width = (nint)((across == _across - 1 ? _columns : column + (_rows < 8 ? NarrowTile : TileSide)) - column);
        x += ((column * _xStride) + row) * _size;
        y += ((row * _yStride) + column) * _size;
        switch (_size)
        {
            case 1:
                Scalar(x, _xStride, y, _yStride, height, width);
                break;
            case 2:
                Scalar((short*)x, _xStride, (short*)y, _yStride, height, width);
                break;
            case 4 when Avx.IsSupported && height >= 8 && width >= 8:
                Words((float*)x, _xStride, (float*)y, _yStride, height, width, _stream && ((nint)y & 31) == 0);
                break;
            case 4 when Avx.IsSupported && height >= 8 && _yStride == width:
                FewColumns((float*)x, _xStride, (float*)y, height, width);
                break;
            case 4 when Avx.IsSupported && width >= 8:
                FewRows((float*)x, _xStride, (float*)y, _yStride, height, width);
                break;
            case 4:
                Scalar((int*)x, _xStride, (int*)y, _yStride, height, width);
                break;
            case 8 when Avx.IsSupported && height >= 4 && width >= 4:
                LongWords((double*)x, _xStride, (double*)y, _yStride, height, width);
                break;
            default:
                Scalar((long*)x, _xStride, (long*)y, _yStride, height, width);
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

    /// <summary>
    /// Blocks of eight by eight, two beside one another so that whole lines of y are written. The last blocks of a row or a
    /// column overlap the ones before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Words(float* x, nint xStride, float* y, nint yStride, nint rows, nint columns, bool stream)
    {
        nint c = 0;
        for (; c <= columns - 16; c += 16)
        {
            float* source = x + (c * xStride);
            for (nint r = 0; r < rows; r += 8)
            {
                nint row = Math.Min(r, rows - 8);
                float* target = y + (row * yStride) + c;
                Eight(source + row, xStride, target, yStride, stream);
                Eight(source + (8 * xStride) + row, xStride, target + 8, yStride, stream);
            }
        }

        for (; c < columns; c += 8)
        {
            nint column = Math.Min(c, columns - 8);
            float* source = x + (column * xStride);
            for (nint r = 0; r < rows; r += 8)
            {
                nint row = Math.Min(r, rows - 8);
                Eight(source + row, xStride, y + (row * yStride) + column, yStride, stream: false);
            }
        }
    }

    /// <summary>
    /// Up to seven columns, whose rows in y follow one another: rows are written with something behind them that the next
    /// row overwrites. The last ones, behind which there is not enough, are written by themselves.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewColumns(float* x, nint xStride, float* y, nint rows, nint columns)
    {
        nint r = 0;
        nint rowsInEight = (7 + columns) / columns;
        for (; r <= rows - 7 - rowsInEight; r += 8)
        {
            // Rows of x that do not exist are taken for the last one.
            nint last = columns - 1;
            float* source = x + r;
            Vector256<float> x0 = Avx.LoadVector256(source);
            Vector256<float> x1 = Avx.LoadVector256(source + (Math.Min(1, last) * xStride));
            Vector256<float> x2 = Avx.LoadVector256(source + (Math.Min(2, last) * xStride));
            Vector256<float> x3 = Avx.LoadVector256(source + (Math.Min(3, last) * xStride));
            Vector256<float> x4 = Avx.LoadVector256(source + (Math.Min(4, last) * xStride));
            Vector256<float> x5 = Avx.LoadVector256(source + (Math.Min(5, last) * xStride));
            Vector256<float> x6 = Avx.LoadVector256(source + (Math.Min(6, last) * xStride));
            Vector256<float> x7 = x6;
            Lanes.Turn(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
            float* target = y + (r * columns);
            Avx.Store(target, x0);
            Avx.Store(target + columns, x1);
            Avx.Store(target + (2 * columns), x2);
            Avx.Store(target + (3 * columns), x3);
            Avx.Store(target + (4 * columns), x4);
            Avx.Store(target + (5 * columns), x5);
            Avx.Store(target + (6 * columns), x6);
            Avx.Store(target + (7 * columns), x7);
        }

        Scalar(x + r, xStride, y + (r * columns), columns, rows - r, columns);
    }

    /// <summary>Up to seven rows: what follows in the rows of x is read, too, but not written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewRows(float* x, nint xStride, float* y, nint yStride, nint rows, nint columns)
    {
        // A row of x is read up to eight elements long; this many at the end would be read beyond the matrix.
        nint unsafeRows = xStride > 0 ? (8 - rows + xStride - 1) / xStride : columns;
        nint c = 0;
        for (; c < columns - 7 - unsafeRows; c += 8)
        {
            float* source = x + (c * xStride);
            Vector256<float> x0 = Avx.LoadVector256(source);
            Vector256<float> x1 = Avx.LoadVector256(source + xStride);
            Vector256<float> x2 = Avx.LoadVector256(source + (2 * xStride));
            Vector256<float> x3 = Avx.LoadVector256(source + (3 * xStride));
            Vector256<float> x4 = Avx.LoadVector256(source + (4 * xStride));
            Vector256<float> x5 = Avx.LoadVector256(source + (5 * xStride));
            Vector256<float> x6 = Avx.LoadVector256(source + (6 * xStride));
            Vector256<float> x7 = Avx.LoadVector256(source + (7 * xStride));
            Lanes.Turn(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
            float* target = y + c;
            Avx.Store(target, x0);
            if (rows > 1)
                Avx.Store(target + yStride, x1);
            if (rows > 2)
                Avx.Store(target + (2 * yStride), x2);
            if (rows > 3)
                Avx.Store(target + (3 * yStride), x3);
            if (rows > 4)
                Avx.Store(target + (4 * yStride), x4);
            if (rows > 5)
                Avx.Store(target + (5 * yStride), x5);
            if (rows > 6)
                Avx.Store(target + (6 * yStride), x6);
        }

        Scalar(x + (c * xStride), xStride, y + c, yStride, rows, columns - c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* x, nint xStride, float* y, nint yStride, bool stream)
    {
        Vector256<float> x0 = Avx.LoadVector256(x);
        Vector256<float> x1 = Avx.LoadVector256(x + xStride);
        Vector256<float> x2 = Avx.LoadVector256(x + (2 * xStride));
        Vector256<float> x3 = Avx.LoadVector256(x + (3 * xStride));
        Vector256<float> x4 = Avx.LoadVector256(x + (4 * xStride));
        Vector256<float> x5 = Avx.LoadVector256(x + (5 * xStride));
        Vector256<float> x6 = Avx.LoadVector256(x + (6 * xStride));
        Vector256<float> x7 = Avx.LoadVector256(x + (7 * xStride));
        Lanes.Turn(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
        if (stream)
        {
            Avx.StoreAlignedNonTemporal(y, x0);
            Avx.StoreAlignedNonTemporal(y + yStride, x1);
            Avx.StoreAlignedNonTemporal(y + (2 * yStride), x2);
            Avx.StoreAlignedNonTemporal(y + (3 * yStride), x3);
            Avx.StoreAlignedNonTemporal(y + (4 * yStride), x4);
            Avx.StoreAlignedNonTemporal(y + (5 * yStride), x5);
            Avx.StoreAlignedNonTemporal(y + (6 * yStride), x6);
            Avx.StoreAlignedNonTemporal(y + (7 * yStride), x7);
            return;
        }

        Avx.Store(y, x0);
        Avx.Store(y + yStride, x1);
        Avx.Store(y + (2 * yStride), x2);
        Avx.Store(y + (3 * yStride), x3);
        Avx.Store(y + (4 * yStride), x4);
        Avx.Store(y + (5 * yStride), x5);
        Avx.Store(y + (6 * yStride), x6);
        Avx.Store(y + (7 * yStride), x7);
    }

    /// <summary>As <see cref="Words"/>, in blocks of four by four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LongWords(double* x, nint xStride, double* y, nint yStride, nint rows, nint columns)
    {
        for (nint c = 0; c < columns; c += 4)
        {
            nint column = Math.Min(c, columns - 4);
            for (nint r = 0; r < rows; r += 4)
            {
                nint row = Math.Min(r, rows - 4);
                double* source = x + (column * xStride) + row;
                double* target = y + (row * yStride) + column;
                Vector256<double> x0 = Avx.LoadVector256(source);
                Vector256<double> x1 = Avx.LoadVector256(source + xStride);
                Vector256<double> x2 = Avx.LoadVector256(source + (2 * xStride));
                Vector256<double> x3 = Avx.LoadVector256(source + (3 * xStride));
                Vector256<double> a0 = Avx.UnpackLow(x0, x1);
                Vector256<double> a1 = Avx.UnpackHigh(x0, x1);
                Vector256<double> a2 = Avx.UnpackLow(x2, x3);
                Vector256<double> a3 = Avx.UnpackHigh(x2, x3);
                Avx.Store(target, Avx.Permute2x128(a0, a2, 0x20));
                Avx.Store(target + yStride, Avx.Permute2x128(a1, a3, 0x20));
                Avx.Store(target + (2 * yStride), Avx.Permute2x128(a0, a2, 0x31));
                Avx.Store(target + (3 * yStride), Avx.Permute2x128(a1, a3, 0x31));
            }
        }
    }
}
