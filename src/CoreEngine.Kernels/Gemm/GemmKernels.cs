using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// The micro-kernels of one element type and one vector width, with the block sizes that suit this machine's caches.
/// </summary>
/// <remarks>
/// The blocks follow Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): a panel of the right
/// operand stays in the first-level cache, a block of the left one in the second, a block of the right one in the third.
/// </remarks>
internal readonly unsafe struct GemmKernels<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Bytes of the largest tile: 14 rows of two 512-bit registers.</summary>
    internal const int MaxTileBytes = 14 * 2 * 64;

    private readonly delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>* _wide;
    private readonly delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>* _narrow;

    private GemmKernels(
        int vectorLength,
        delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>[] wide,
        delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>[] narrow
    )
    {
        Columns = 2 * vectorLength;
        Rows = wide.Length - 1;
        _wide = Keep(wide);
        _narrow = Keep(narrow);
        int size = sizeof(T);

        // Measured: 384 on a Zen 3 with 256 bits, 512 on a Zen 4 with 512 bits, for float32.
        Depth = size == 4 && vectorLength * size < 64 ? 384 : 2048 / size;

        // Measured with float32 and float64: with 60 % instead, squares from 768 on lose 3 to 9 %, the more the busier the
        // machine. The rest of the cache is for the panels that stream by and for the result.
        long leftBudget = CpuInfo.L2Bytes * 3 / 10;
        BlockPanels = (int)Math.Clamp(leftBudget / (Depth * size * (long)Rows), 2, 64);
        BlockColumns = 16384 / size / Columns * Columns;
    }

    /// <summary>The kernels for this processor.</summary>
    internal static GemmKernels<T> Best { get; } =
        Vector512.IsHardwareAccelerated ? Vector512Bits()
        : Vector256.IsHardwareAccelerated ? Vector256Bits()
        : Vector128.IsHardwareAccelerated ? Vector128Bits()
        : Scalar();

    /// <summary>Rows of the largest tile.</summary>
    internal int Rows { get; }

    /// <summary>Columns of a tile.</summary>
    internal int Columns { get; }

    /// <summary>Products summed before a result is written back.</summary>
    internal int Depth { get; }

    /// <summary>Tiles above one another in a block of the left operand.</summary>
    internal int BlockPanels { get; }

    /// <summary>Columns in a block of the right operand.</summary>
    internal int BlockColumns { get; }

    /// <summary>The kernel for so many rows; <paramref name="narrow"/> means half the columns.</summary>
    internal delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void> Kernel(int rows, bool narrow) =>
        narrow ? _narrow[rows] : _wide[rows];

    /// <summary>Moves a table to native memory, once per process, so that the struct may be handed to threads by pointer.</summary>
    private static delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>* Keep(
        delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>[] kernels
    )
    {
        var table = (delegate* <long, T*, long, long, T*, long, T*, long, T, bool, void>*)
            NativeMemory.Alloc((nuint)kernels.Length, (nuint)sizeof(void*));
        for (int i = 0; i < kernels.Length; i++)
        {
            table[i] = kernels[i];
        }

        return table;
    }

    /// <summary>512-bit registers: 28 of 32 hold the tile.</summary>
    internal static GemmKernels<T> Vector512Bits() =>
        new(
            Vector512<T>.Count,
            [
                null,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile1, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile2, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile3, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile4, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile5, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile6, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile7, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile8, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile9, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile10, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile11, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile12, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile13, Tile2>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile14, Tile2>.Run,
            ],
            [
                null,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile1, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile2, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile3, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile4, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile5, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile6, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile7, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile8, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile9, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile10, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile11, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile12, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile13, Tile1>.Run,
                &MicroKernel<Register512<T>, Vector512<T>, T, Tile14, Tile1>.Run,
            ]
        );

    /// <summary>256-bit registers: 12 of 16 hold the tile.</summary>
    internal static GemmKernels<T> Vector256Bits() =>
        new(
            Vector256<T>.Count,
            [
                null,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile1, Tile2>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile2, Tile2>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile3, Tile2>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile4, Tile2>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile5, Tile2>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile6, Tile2>.Run,
            ],
            [
                null,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile1, Tile1>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile2, Tile1>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile3, Tile1>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile4, Tile1>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile5, Tile1>.Run,
                &MicroKernel<Register256<T>, Vector256<T>, T, Tile6, Tile1>.Run,
            ]
        );

    /// <summary>128-bit registers.</summary>
    internal static GemmKernels<T> Vector128Bits() =>
        new(
            Vector128<T>.Count,
            [
                null,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile1, Tile2>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile2, Tile2>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile3, Tile2>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile4, Tile2>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile5, Tile2>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile6, Tile2>.Run,
            ],
            [
                null,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile1, Tile1>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile2, Tile1>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile3, Tile1>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile4, Tile1>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile5, Tile1>.Run,
                &MicroKernel<Register128<T>, Vector128<T>, T, Tile6, Tile1>.Run,
            ]
        );

    /// <summary>No vector registers.</summary>
    internal static GemmKernels<T> Scalar() =>
        new(
            1,
            [
                null,
                &MicroKernel<RegisterScalar<T>, T, T, Tile1, Tile2>.Run,
                &MicroKernel<RegisterScalar<T>, T, T, Tile2, Tile2>.Run,
                &MicroKernel<RegisterScalar<T>, T, T, Tile3, Tile2>.Run,
                &MicroKernel<RegisterScalar<T>, T, T, Tile4, Tile2>.Run,
            ],
            [
                null,
                &MicroKernel<RegisterScalar<T>, T, T, Tile1, Tile1>.Run,
                &MicroKernel<RegisterScalar<T>, T, T, Tile2, Tile1>.Run,
                &MicroKernel<RegisterScalar<T>, T, T, Tile3, Tile1>.Run,
                &MicroKernel<RegisterScalar<T>, T, T, Tile4, Tile1>.Run,
            ]
        );

    private readonly struct Tile1 : ITileSize
    {
        public static int Count => 1;
    }

    private readonly struct Tile2 : ITileSize
    {
        public static int Count => 2;
    }

    private readonly struct Tile3 : ITileSize
    {
        public static int Count => 3;
    }

    private readonly struct Tile4 : ITileSize
    {
        public static int Count => 4;
    }

    private readonly struct Tile5 : ITileSize
    {
        public static int Count => 5;
    }

    private readonly struct Tile6 : ITileSize
    {
        public static int Count => 6;
    }

    private readonly struct Tile7 : ITileSize
    {
        public static int Count => 7;
    }

    private readonly struct Tile8 : ITileSize
    {
        public static int Count => 8;
    }

    private readonly struct Tile9 : ITileSize
    {
        public static int Count => 9;
    }

    private readonly struct Tile10 : ITileSize
    {
        public static int Count => 10;
    }

    private readonly struct Tile11 : ITileSize
    {
        public static int Count => 11;
    }

    private readonly struct Tile12 : ITileSize
    {
        public static int Count => 12;
    }

    private readonly struct Tile13 : ITileSize
    {
        public static int Count => 13;
    }

    private readonly struct Tile14 : ITileSize
    {
        public static int Count => 14;
    }
}
