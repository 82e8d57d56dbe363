using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>A number of rows, or of vectors, as a type: the compiler drops the code of the others.</summary>
internal interface ITileSize
{
    public static abstract int Count { get; }
}

/// <summary>
/// The innermost loop of matrix multiplication: one tile of the result, held in registers, over the whole depth.
/// </summary>
/// <remarks>
/// One body for all tile heights up to 14 and for one or two registers across. The accumulators are locals, because only
/// locals stay in registers; conditions on <typeparamref name="TRows"/> are constants. Each element is one chain of
/// multiply-adds along the depth, whatever the tile, so a result does not depend on how the rows were grouped.
/// </remarks>
internal static unsafe class MicroKernel<V, R, T, TRows, TVectors>
    where V : struct, IRegister<R, T>
    where R : struct
    where T : unmanaged, INumber<T>
    where TRows : struct, ITileSize
    where TVectors : struct, ITileSize
{
    /// <summary>c = alpha * left * right, or c += that.</summary>
    /// <param name="depth">Number of products summed for each element.</param>
    /// <param name="left">Element (row r, depth p) is at <c>r * rowStride + p * depthStride</c>; strides in elements.</param>
    /// <param name="rowStride">See <paramref name="left"/>.</param>
    /// <param name="depthStride">See <paramref name="left"/>.</param>
    /// <param name="right">Element (depth p, column j) is at <c>p * rightStride + j</c>.</param>
    /// <param name="rightStride">See <paramref name="right"/>.</param>
    /// <param name="c">The tile, row-major.</param>
    /// <param name="ldc">Elements from one row of the tile to the next.</param>
    /// <param name="alpha">The factor.</param>
    /// <param name="accumulate">False: what the tile held is not read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(
        long depth,
        T* left,
        long rowStride,
        long depthStride,
        T* right,
        long rightStride,
        T* c,
        long ldc,
        T alpha,
        bool accumulate
    )
    {
        bool two = TVectors.Count > 1;
        int width = V.Count;
        long row = rowStride * sizeof(T);
        long step = depthStride * sizeof(T);
        byte* a0 = (byte*)left;
        byte* a3 = a0 + (3 * row);
        byte* a6 = a0 + (6 * row);
        byte* a9 = a0 + (9 * row);
        byte* a12 = a0 + (12 * row);
        R zero = V.Zero;
        R c0x = zero,
            c0y = zero;
        R c1x = zero,
            c1y = zero;
        R c2x = zero,
            c2y = zero;
        R c3x = zero,
            c3y = zero;
        R c4x = zero,
            c4y = zero;
        R c5x = zero,
            c5y = zero;
        R c6x = zero,
            c6y = zero;
        R c7x = zero,
            c7y = zero;
        R c8x = zero,
            c8y = zero;
        R c9x = zero,
            c9y = zero;
        R c10x = zero,
            c10y = zero;
        R c11x = zero,
            c11y = zero;
        R c12x = zero,
            c12y = zero;
        R c13x = zero,
            c13y = zero;
        for (; depth != 0; depth--)
        {
            R x = V.Load(right);
            R y = two ? V.Load(right + width) : zero;
            R a = V.Broadcast((T*)a0);
            c0x = V.MultiplyAdd(a, x, c0x);
            if (two)
                c0y = V.MultiplyAdd(a, y, c0y);
            if (TRows.Count > 1)
            {
                a = V.Broadcast((T*)(a0 + row));
                c1x = V.MultiplyAdd(a, x, c1x);
                if (two)
                    c1y = V.MultiplyAdd(a, y, c1y);
            }

            if (TRows.Count > 2)
            {
                a = V.Broadcast((T*)(a0 + (2 * row)));
                c2x = V.MultiplyAdd(a, x, c2x);
                if (two)
                    c2y = V.MultiplyAdd(a, y, c2y);
            }

            if (TRows.Count > 3)
            {
                a = V.Broadcast((T*)a3);
                c3x = V.MultiplyAdd(a, x, c3x);
                if (two)
                    c3y = V.MultiplyAdd(a, y, c3y);
            }

            if (TRows.Count > 4)
            {
                a = V.Broadcast((T*)(a3 + row));
                c4x = V.MultiplyAdd(a, x, c4x);
                if (two)
                    c4y = V.MultiplyAdd(a, y, c4y);
            }

            if (TRows.Count > 5)
            {
                a = V.Broadcast((T*)(a3 + (2 * row)));
                c5x = V.MultiplyAdd(a, x, c5x);
                if (two)
                    c5y = V.MultiplyAdd(a, y, c5y);
            }

            if (TRows.Count > 6)
            {
                a = V.Broadcast((T*)a6);
                c6x = V.MultiplyAdd(a, x, c6x);
                if (two)
                    c6y = V.MultiplyAdd(a, y, c6y);
            }

            if (TRows.Count > 7)
            {
                a = V.Broadcast((T*)(a6 + row));
                c7x = V.MultiplyAdd(a, x, c7x);
                if (two)
                    c7y = V.MultiplyAdd(a, y, c7y);
            }

            if (TRows.Count > 8)
            {
                a = V.Broadcast((T*)(a6 + (2 * row)));
                c8x = V.MultiplyAdd(a, x, c8x);
                if (two)
                    c8y = V.MultiplyAdd(a, y, c8y);
            }

            if (TRows.Count > 9)
            {
                a = V.Broadcast((T*)a9);
                c9x = V.MultiplyAdd(a, x, c9x);
                if (two)
                    c9y = V.MultiplyAdd(a, y, c9y);
            }

            if (TRows.Count > 10)
            {
                a = V.Broadcast((T*)(a9 + row));
                c10x = V.MultiplyAdd(a, x, c10x);
                if (two)
                    c10y = V.MultiplyAdd(a, y, c10y);
            }

            if (TRows.Count > 11)
            {
                a = V.Broadcast((T*)(a9 + (2 * row)));
                c11x = V.MultiplyAdd(a, x, c11x);
                if (two)
                    c11y = V.MultiplyAdd(a, y, c11y);
            }

            if (TRows.Count > 12)
            {
                a = V.Broadcast((T*)a12);
                c12x = V.MultiplyAdd(a, x, c12x);
                if (two)
                    c12y = V.MultiplyAdd(a, y, c12y);
            }

            if (TRows.Count > 13)
            {
                a = V.Broadcast((T*)(a12 + row));
                c13x = V.MultiplyAdd(a, x, c13x);
                if (two)
                    c13y = V.MultiplyAdd(a, y, c13y);
            }

            right += rightStride;
            a0 += step;
            if (TRows.Count > 3)
                a3 += step;
            if (TRows.Count > 6)
                a6 += step;
            if (TRows.Count > 9)
                a9 += step;
            if (TRows.Count > 12)
                a12 += step;
        }

        R scale = V.Broadcast(&alpha);
        Store(c0x, c0y, scale, c, accumulate);
        if (TRows.Count > 1)
            Store(c1x, c1y, scale, c + (1 * ldc), accumulate);
        if (TRows.Count > 2)
            Store(c2x, c2y, scale, c + (2 * ldc), accumulate);
        if (TRows.Count > 3)
            Store(c3x, c3y, scale, c + (3 * ldc), accumulate);
        if (TRows.Count > 4)
            Store(c4x, c4y, scale, c + (4 * ldc), accumulate);
        if (TRows.Count > 5)
            Store(c5x, c5y, scale, c + (5 * ldc), accumulate);
        if (TRows.Count > 6)
            Store(c6x, c6y, scale, c + (6 * ldc), accumulate);
        if (TRows.Count > 7)
            Store(c7x, c7y, scale, c + (7 * ldc), accumulate);
        if (TRows.Count > 8)
            Store(c8x, c8y, scale, c + (8 * ldc), accumulate);
        if (TRows.Count > 9)
            Store(c9x, c9y, scale, c + (9 * ldc), accumulate);
        if (TRows.Count > 10)
            Store(c10x, c10y, scale, c + (10 * ldc), accumulate);
        if (TRows.Count > 11)
            Store(c11x, c11y, scale, c + (11 * ldc), accumulate);
        if (TRows.Count > 12)
            Store(c12x, c12y, scale, c + (12 * ldc), accumulate);
        if (TRows.Count > 13)
            Store(c13x, c13y, scale, c + (13 * ldc), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(R x, R y, R scale, T* c, bool accumulate)
    {
        if (accumulate)
        {
            V.Store(V.MultiplyAdd(x, scale, V.Load(c)), c);
            if (TVectors.Count > 1)
                V.Store(V.MultiplyAdd(y, scale, V.Load(c + V.Count)), c + V.Count);
        }
        else
        {
            V.Store(V.Multiply(x, scale), c);
            if (TVectors.Count > 1)
                V.Store(V.Multiply(y, scale), c + V.Count);
        }
    }
}
