using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Products with a right operand that is packed once and used again and again: the recurrent weights, which meet a new state
/// at each step. The left operand is packed as well, piece by piece, by whoever computes it.
/// </summary>
/// <remarks>
/// Panels of the right operand are as wide as a tile; panel (depth p, column j) lies at <c>p * width + j</c>. The left
/// operand's rows are cut into equal panels of at most a tile's height; a panel of some rows that begins with row r lies at
/// <c>r * depth</c>, its element (row i, depth p) at <c>p * rows + i</c> behind that.
/// </remarks>
internal readonly unsafe struct PanelProduct<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly GemmKernels<T> _kernels;
    private readonly long _rows;
    private readonly long _panels;
    private readonly long _depth;
    private readonly long _slices;

    /// <param name="rows">Rows of the left operand and of the result.</param>
    /// <param name="depth">Depth.</param>
    internal PanelProduct(long rows, long depth)
    {
        _kernels = GemmKernels<T>.Best;
        _rows = rows;
        _depth = depth;
        _panels = ((rows - 1) / _kernels.Rows) + 1;
        _slices = ((depth - 1) / _kernels.Depth) + 1;
    }

    /// <summary>Columns of a panel of the right operand.</summary>
    internal static int Width => GemmKernels<T>.Best.Columns;

    /// <summary>Packs some depths of the left operand.</summary>
    /// <param name="source">The first row, at <paramref name="first"/>.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="first">The first depth.</param>
    /// <param name="count">Number of depths.</param>
    /// <param name="target">The packed operand.</param>
    internal void PackLeft(T* source, long stride, long first, int count, T* target)
    {
        for (long panel = 0; panel < _panels; panel++)
        {
            long row = _rows * panel / _panels;
            int height = (int)((_rows * (panel + 1) / _panels) - row);
            T* start = target + (row * _depth) + (first * height);
            Packing.Transpose(source + (row * stride), stride, height, count, start, height);
        }
    }

    /// <summary>c = left * panel, or c += that.</summary>
    /// <param name="left">The packed left operand.</param>
    /// <param name="panel">A panel of the packed right one.</param>
    /// <param name="c">The result's block.</param>
    /// <param name="ldc">Elements from one row of the result to the next.</param>
    /// <param name="columns">Columns of the block, at most a panel's.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    internal void Run(T* left, T* panel, T* c, long ldc, int columns, bool accumulate)
    {
        int width = _kernels.Columns;
        for (long slice = 0; slice < _slices; slice++)
        {
            long first = _depth * slice / _slices;
            long count = (_depth * (slice + 1) / _slices) - first;
            bool add = accumulate || slice > 0;
            for (long part = 0; part < _panels; part++)
            {
                long row = _rows * part / _panels;
                int height = (int)((_rows * (part + 1) / _panels) - row);
                T* from = left + (row * _depth) + (first * height);
                T* right = panel + (first * width);
                T* target = c + (row * ldc);
                if (columns == width)
                    _kernels.Kernel(height, false)(count, from, 1, height, right, width, target, ldc, T.One, add);
                else
                    Edge(height, count, from, right, target, ldc, columns, add);
            }
        }
    }

    /// <summary>A block narrower than a tile: computed aside.</summary>
    [SkipLocalsInit]
    private void Edge(int height, long count, T* left, T* right, T* c, long ldc, int columns, bool add)
    {
        int width = _kernels.Columns;
        byte* memory = stackalloc byte[GemmKernels<T>.MaxTileBytes];
        T* tile = (T*)memory;
        bool narrow = columns <= width / 2;
        _kernels.Kernel(height, narrow)(count, left, 1, height, right, width, tile, width, T.One, false);
        for (int row = 0; row < height; row++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[j] = add ? c[j] + tile[j] : tile[j];
            }

            tile += width;
            c += ldc;
        }
    }
}
