using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class StridedTests
{
    private static readonly Gen<(long[] Dims, DType Type, int Seed, bool Accumulate)> s_cases = Gen.Select(
        Values.AnyShape,
        Values.AnyType,
        Gen.Int[0, 1000],
        Gen.Bool
    );

    [TestMethod]
    public void Transpose_OfAnyAxes_PutsEveryElementInItsPlace() =>
        s_cases.Sample(
            c =>
            {
                int rank = c.Dims.Length;
                int[] axes = Enumerable.Range(0, rank).ToArray();
                new Random(c.Seed).Shuffle(axes);
                CheckTranspose(c.Dims, axes, c.Type, c.Seed, c.Accumulate);
            },
            iter: 500
        );

    [TestMethod]
    public void Transpose_OfMatrices_WorksAtEveryEdge()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.UInt8, DType.Float16, DType.Float64 })
        {
            foreach (
                (long rows, long columns) in new (long, long)[]
                {
                    (64, 64),
                    (65, 63),
                    (7, 130),
                    (130, 9),
                    (8, 8),
                    (129, 200),
                }
            )
            {
                CheckTranspose([rows, columns], [1, 0], dtype, 1, false);
                CheckTranspose([3, rows, columns], [0, 2, 1], dtype, 2, false);
                CheckTranspose([3, rows, columns], [2, 1, 0], dtype, 2, false);
            }
        }
    }

    [TestMethod]
    public void Copy_OfRepeatedElements_PutsEachSoManyTimes()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.UInt8, DType.Float16, DType.Float64 })
        {
            foreach (int times in (int[])[2, 3, 4, 7, 8, 11])
            {
                foreach (int columns in (int[])[1, 5, 8, 17, 40])
                {
                    CheckRepeated(dtype, rows: 3, columns, times);
                }
            }
        }
    }

    /// <summary>Pixels that are repeated along both axes.</summary>
    private static void CheckRepeated(DType dtype, int rows, int columns, int times)
    {
        using Native x = Native.Of(dtype, Values.Random(times, dtype, rows * columns), 1);
        using var y = new Native(dtype, rows * columns * times * times, 3);
        long width = columns * times;
        Strided.Copy(
            dtype,
            x.Pointer,
            [columns, 0, 1, 0],
            y.Pointer,
            [width * times, width, times, 1],
            [rows, times, columns, times]
        );
        for (long i = 0; i < y.Count; i++)
        {
            long expected = (i / width / times * columns) + (i % width / times);
            Assert.AreEqual(x[expected], y[i], $"{dtype.Name()} {columns} columns {times} times: {i}");
        }
    }

    private static void CheckTranspose(long[] dims, int[] axes, DType dtype, int seed, bool accumulate)
    {
        int rank = dims.Length;
        var shape = new Shape(dims);
        long[] strides = shape.Strides();
        double[] values = Values.Random(seed, dtype, shape.Size);
        double[] before = Values.Random(seed + 1, dtype, shape.Size);
        using Native x = Native.Of(dtype, values, seed % 4);
        using Native y = Native.Of(dtype, before, seed % 3);
        Strided.Transpose(dtype, x.Pointer, shape, axes, y.Pointer, accumulate);
        for (long i = 0; i < shape.Size; i++)
        {
            long rest = i;
            long source = 0;
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, dims[axes[axis]]);
                source += index * strides[axes[axis]];
            }

            double expected = accumulate ? before[i] + x[source] : x[source];
            double exact = Values.Round(dtype, expected);
            Assert.AreEqual(exact, y[i], $"{shape} by {string.Join(',', axes)} at {i}");
        }
    }

    [TestMethod]
    public void Copy_WalksAnyStrides() =>
        s_cases.Sample(
            c =>
            {
                // Every axis of a box is cut, reversed, repeated or taken whole; the output is such a part of a box as well.
                var random = new Random(c.Seed);
                int rank = c.Dims.Length;
                long[] srcStrides = new long[rank];
                long[] dstStrides = new long[rank];
                long srcStart = 0;
                long dstStart = 0;
                long srcSize = 1;
                long dstSize = 1;
                for (int axis = rank - 1; axis >= 0; axis--)
                {
                    long extent = c.Dims[axis];
                    int kind = random.Next(4);
                    int step = random.Next(1, 3);
                    srcStrides[axis] =
                        kind == 0 ? 0
                        : kind == 1 ? -srcSize * step
                        : srcSize * step;
                    srcStart += kind == 1 ? srcSize * step * (extent - 1) : 0;
                    srcSize *= kind == 0 ? 1 : ((extent - 1) * step) + 1;
                    int dstStep = random.Next(1, 3);
                    bool reversed = random.Next(3) == 0;
                    dstStrides[axis] = reversed ? -dstSize * dstStep : dstSize * dstStep;
                    dstStart += reversed ? dstSize * dstStep * (extent - 1) : 0;
                    dstSize *= ((extent - 1) * dstStep) + 1;
                    if (srcSize > 50_000 || dstSize > 50_000)
                        return;
                }

                using Native x = Native.Of(c.Type, Values.Random(c.Seed, c.Type, srcSize));
                double[] expected = Values.Random(c.Seed + 1, c.Type, dstSize);
                using Native y = Native.Of(c.Type, expected);
                int size = c.Type.ItemSize();
                Strided.Copy(
                    c.Type,
                    x.Pointer + (srcStart * size),
                    srcStrides,
                    y.Pointer + (dstStart * size),
                    dstStrides,
                    c.Dims,
                    c.Accumulate
                );
                var shape = new Shape(c.Dims);
                for (long i = 0; i < shape.Size; i++)
                {
                    long rest = i;
                    long source = srcStart;
                    long target = dstStart;
                    for (int axis = rank - 1; axis >= 0; axis--)
                    {
                        (rest, long index) = Math.DivRem(rest, c.Dims[axis]);
                        source += index * srcStrides[axis];
                        target += index * dstStrides[axis];
                    }

                    double exact = Values.Round(c.Type, c.Accumulate ? expected[target] + x[source] : x[source]);
                    expected[target] = exact;
                }

                CollectionAssert.AreEqual(expected, y.ToArray());
            },
            iter: 500
        );

    [TestMethod]
    public void Transpose_OfStacksOfNarrowAndLongMatrices_StaysInBounds()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Int64, DType.Float16, DType.UInt8 })
        {
            foreach (long narrow in new long[] { 2, 3, 4, 5, 6, 7, 8, 9, 15, 17 })
            {
                foreach (long wide in new long[] { 7, 8, 9, 16, 24, 65, 130, 1031, 2500 })
                {
                    CheckStack(dtype, 2, narrow, wide);
                    CheckStack(dtype, 2, wide, narrow);
                }
            }
        }
    }

    private static void CheckStack(DType dtype, long matrices, long rows, long columns)
    {
        using Native x = Native.Of(dtype, Values.Random((int)rows, dtype, matrices * rows * columns), (int)columns % 3);
        using var y = new Native(dtype, x.Count, (int)rows % 2);
        Strided.Transpose(dtype, x.Pointer, [matrices, rows, columns], [0, 2, 1], y.Pointer);
        for (long i = 0; i < x.Count; i++)
        {
            (long matrix, long place) = Math.DivRem(i, rows * columns);
            (long c, long r) = Math.DivRem(place, rows);
            double exact = x[(matrix * rows * columns) + (r * columns) + c];
            Assert.AreEqual(exact, y[i], $"{dtype} {rows}x{columns} at {i}");
        }
    }

    [TestMethod]
    public void Copy_OfEvenRuns_WritesThemAndNothingElse()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.UInt8, DType.Int64 })
        {
            foreach (long run in new long[] { 1, 2, 3, 5, 9, 17, 31, 33, 64, 127, 129, 300, 20_000 })
            {
                const long Rows = 5;
                using Native x = Native.Of(dtype, Values.Random((int)run, dtype, Rows * run), 1);
                double[] expected = Values.Random(3, dtype, Rows * (run + 2));
                using Native y = Native.Of(dtype, expected, 2);
                Strided.Copy(dtype, x.Pointer, [run, 1], y.Pointer, [run + 2, 1], [Rows, run]);
                for (long i = 0; i < Rows * run; i++)
                {
                    expected[(i / run * (run + 2)) + (i % run)] = x[i];
                }

                CollectionAssert.AreEqual(expected, y.ToArray(), $"{dtype} {run}");
            }
        }
    }

    [TestMethod]
    public void Copy_ByItemSize_RefusesOtherSizes()
    {
        using var x = new Native(DType.Float32, 4);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Strided.Copy(3, x.Pointer, [1], x.Pointer, [1], [4]));
        Assert.ThrowsExactly<ArgumentException>(() => Strided.Copy(4, x.Pointer, [1, 1], x.Pointer, [1], [4]));
    }
}
