using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class ReduceTests
{
    private static readonly Gen<(long[] Dims, int Mask, DType Type, int Seed)> s_cases = Gen.Select(
        Values.AnyShape,
        Gen.Int[0, 31],
        Values.AnyType,
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void Sum_OverAnyAxes_EqualsTheNaiveSum() => Check<SumReducer>((sum, x) => sum + x, 0, (sum, n) => sum);

    [TestMethod]
    public void Mean_OverAnyAxes_EqualsTheNaiveMean() =>
        Check<MeanReducer>((sum, x) => sum + x, 0, (sum, n) => sum / n);

    [TestMethod]
    public void Max_OverAnyAxes_EqualsTheNaiveMaximum() =>
        Check<MaxReducer>(Math.Max, double.NegativeInfinity, (max, n) => max);

    [TestMethod]
    public void Min_OverAnyAxes_EqualsTheNaiveMinimum() =>
        Check<MinReducer>(Math.Min, double.PositiveInfinity, (min, n) => min);

    [TestMethod]
    public void SumOfSquares_OverAnyAxes_EqualsTheNaiveOne() =>
        Check<SumOfSquaresReducer>((sum, x) => sum + (x * x), 0, (sum, n) => sum);

    [TestMethod]
    public void Norm_OverAnyAxes_EqualsTheNaiveOne() =>
        Check<NormReducer>((sum, x) => sum + (x * x), 0, (sum, n) => Math.Sqrt(sum));

    [TestMethod]
    public void SumOfMagnitudes_OverAnyAxes_EqualsTheNaiveOne() =>
        Check<SumOfMagnitudesReducer>((sum, x) => sum + Math.Abs(x), 0, (sum, n) => sum);

    [TestMethod]
    public void Sums_OfManyNarrowAndWideRows_EqualTheNaiveOnes()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float16, DType.Int32 })
        {
            foreach (
                (long rows, long columns) in new[]
                {
                    (3000L, 1L),
                    (2111, 3),
                    (900, 10),
                    (700, 24),
                    (400, 257),
                    (130, 2100),
                    (3, 70_003),
                }
            )
            {
                Shape shape = [2, rows, columns];
                using Native x = Native.Of(dtype, Values.Random((int)rows, DType.Int8, shape.Size), 3);
                using var overRows = new Native(dtype, 2 * columns, 1);
                using var overColumns = new Native(dtype, 2 * rows, 1);
                Reduce.Run<SumReducer>(dtype, x.Pointer, shape, [1], overRows.Pointer);
                Reduce.Run<SumReducer>(dtype, x.Pointer, shape, [2], overColumns.Pointer);
                double[] byColumn = new double[2 * columns];
                double[] byRow = new double[2 * rows];
                for (long i = 0; i < shape.Size; i++)
                {
                    byColumn[(i / (rows * columns) * columns) + (i % columns)] += x[i];
                    byRow[i / columns] += x[i];
                }

                // Small whole numbers: every order gives the exact sum, which float16 then rounds.
                CollectionAssert.AreEqual(byColumn.Select(v => Values.Round(dtype, v)).ToArray(), overRows.ToArray());
                CollectionAssert.AreEqual(byRow.Select(v => Values.Round(dtype, v)).ToArray(), overColumns.ToArray());
            }
        }
    }

    private static void Check<TReducer>(
        Func<double, double, double> add,
        double start,
        Func<double, long, double> finish
    )
        where TReducer : struct, IReducer
    {
        s_cases.Sample(
            c =>
            {
                int[] axes = Enumerable.Range(0, c.Dims.Length).Where(a => (c.Mask & (1 << a)) != 0).ToArray();
                var shape = new Shape(c.Dims);
                double[] values = Values.Random(c.Seed, c.Type, shape.Size);
                double[] expected = Naive(c.Dims, axes, values, add, start, finish, out long count);
                using Native x = Native.Of(c.Type, values, c.Seed % 5);
                using var y = new Native(c.Type, expected.Length, c.Seed % 3);
                Reduce.Run<TReducer>(c.Type, x.Pointer, shape, axes, y.Pointer);
                using Native twice = Native.Of(c.Type, Enumerable.Repeat(1.0, expected.Length).ToArray());
                Reduce.Run<TReducer>(c.Type, x.Pointer, shape, axes, twice.Pointer, accumulate: true);
                for (int i = 0; i < expected.Length; i++)
                {
                    double exact = Values.Round(c.Type, expected[i]);
                    double more = Values.Round(c.Type, c.Type.IsFloat() ? expected[i] + 1 : exact + 1);
                    double tolerance = Values.Epsilon(c.Type) * (4 * count) * 4;
                    Values.AreClose(exact, y[i], tolerance, $"{shape} over {string.Join(',', axes)} at {i}");
                    Values.AreClose(more, twice[i], tolerance + Values.Epsilon(c.Type), "accumulated");
                }
            },
            iter: 400
        );
    }

    private static double[] Naive(
        long[] dims,
        int[] axes,
        double[] values,
        Func<double, double, double> add,
        double start,
        Func<double, long, double> finish,
        out long count
    )
    {
        bool[] reduced = new bool[dims.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            reduced[i] = axes.Length == 0 || axes.Contains(i);
        }

        long outputs = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            outputs *= reduced[i] ? 1 : dims[i];
        }

        double[] totals = new double[outputs];
        Array.Fill(totals, start);
        for (long i = 0; i < values.Length; i++)
        {
            long rest = i;
            long place = 0;
            long stride = 1;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, dims[axis]);
                if (!reduced[axis])
                {
                    place += index * stride;
                    stride *= dims[axis];
                }
            }

            totals[place] = add(totals[place], values[i]);
        }

        long n = values.Length / outputs;
        count = n;
        return Array.ConvertAll(totals, t => finish(t, n));
    }

    [TestMethod]
    [DataRow(1_000_003, 1)]
    [DataRow(1, 1_000_003)]
    [DataRow(300_007, 3)]
    [DataRow(3, 300_007)]
    [DataRow(1000, 1000)]
    [DataRow(20_001, 64)]
    public void Sum_OfAMillionFloats_IsAccurate(long rows, long columns)
    {
        var random = new Random(1);
        var shape = new Shape(rows, columns);
        foreach (int axis in new[] { 0, 1 })
        {
            double[] values = new double[shape.Size];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextSingle();
            }

            double[] expected = Naive([rows, columns], [axis], values, (a, b) => a + b, 0, (a, n) => a, out _);
            using Native x = Native.Of(DType.Float32, values);
            using var y = new Native(DType.Float32, expected.Length);
            Reduce.Run<SumReducer>(DType.Float32, x.Pointer, shape, [axis], y.Pointer);
            for (int i = 0; i < expected.Length; i++)
            {
                Values.AreClose(expected[i], y[i], 1e-6 * expected[i], $"sum over {axis} at {i}");
            }
        }
    }

    [TestMethod]
    public void EveryReducer_GivesTheSameBits_ForEveryNumberOfThreads()
    {
        KernelTeam before = KernelTeam.Default;
        using var one = new KernelTeam(1);
        using var four = new KernelTeam(4);
        try
        {
            foreach (
                Shape shape in new Shape[]
                {
                    [700_001],
                    [3, 200_000],
                    [200_000, 3],
                    [40, 100, 100],
                    [5000, 600],
                    [9001, 17],
                    [7, 150, 64],
                }
            )
            {
                using Native x = Native.Of(DType.Float32, Values.Random(3, DType.Float64, shape.Size));
                foreach (int axis in Enumerable.Range(0, shape.Rank))
                {
                    using var y1 = new Native(DType.Float32, shape.Size / shape[axis]);
                    using var y4 = new Native(DType.Float32, shape.Size / shape[axis]);
                    KernelTeam.Default = one;
                    Reduce.Run<SumReducer>(DType.Float32, x.Pointer, shape, [axis], y1.Pointer);
                    KernelTeam.Default = four;
                    Reduce.Run<SumReducer>(DType.Float32, x.Pointer, shape, [axis], y4.Pointer);
                    Assert.IsTrue(y1.Bytes.SequenceEqual(y4.Bytes), $"{shape} over {axis}");
                }
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void MaxAndMin_SkipNaN_AndGiveTheExtremeFiniteValueWhenThereIsNothingElse()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            double lowest = dtype == DType.Float32 ? float.MinValue : double.MinValue;
            for (int length = 1; length < 70; length++)
            {
                double[] values = new double[3 * length];
                Array.Fill(values, double.NaN, 0, 2 * length);
                Array.Fill(values, double.NegativeInfinity, 2 * length, length);
                values[length + (length / 2)] = -3;
                using Native x = Native.Of(dtype, values);
                using var y = new Native(dtype, 3);
                Reduce.Run<MaxReducer>(dtype, x.Pointer, [3, length], [1], y.Pointer);
                CollectionAssert.AreEqual(new[] { lowest, -3, double.NegativeInfinity }, y.ToArray());
                Reduce.Run<MinReducer>(dtype, x.Pointer, [3, length], [1], y.Pointer);
                CollectionAssert.AreEqual(new[] { -lowest, -3, double.NegativeInfinity }, y.ToArray());
            }
        }
    }

    [TestMethod]
    public void NanSumAndNanProduct_TreatNaNAsNothing()
    {
        using Native x = Native.Of(DType.Float32, [double.NaN, 2, 3, double.NaN, double.NaN, double.NaN]);
        using var y = new Native(DType.Float32, 2);
        Reduce.Run<NanSumReducer>(DType.Float32, x.Pointer, [2, 3], [1], y.Pointer);
        CollectionAssert.AreEqual(new double[] { 5, 0 }, y.ToArray());
        Reduce.Run<NanProductReducer>(DType.Float32, x.Pointer, [2, 3], [1], y.Pointer);
        CollectionAssert.AreEqual(new double[] { 6, 1 }, y.ToArray());
        Reduce.Run<ProductReducer>(DType.Float32, x.Pointer, [2, 3], [1], y.Pointer);
        Assert.IsTrue(double.IsNaN(y[0]) && double.IsNaN(y[1]));
    }

    [TestMethod]
    public void SumTo_AddsUpWhatBroadcastingRepeats()
    {
        using Native x = Native.Of(DType.Float32, Enumerable.Range(0, 24).Select(i => (double)i).ToArray());
        using var y = new Native(DType.Float32, 3);
        Reduce.SumTo(DType.Float32, x.Pointer, [2, 3, 4], y.Pointer, [3, 1]);
        CollectionAssert.AreEqual(new double[] { 60, 92, 124 }, y.ToArray());
        using var same = new Native(DType.Float32, 24);
        Reduce.SumTo(DType.Float32, x.Pointer, [2, 3, 4], same.Pointer, [2, 3, 4]);
        CollectionAssert.AreEqual(x.ToArray(), same.ToArray());
        Assert.ThrowsExactly<ArgumentException>(() =>
            Reduce.SumTo(DType.Float32, x.Pointer, [2, 3, 4], y.Pointer, [2, 1])
        );
    }

    [TestMethod]
    public void Run_RefusesAxesThatDoNotExistOrComeTwice()
    {
        using var x = new Native(DType.Float32, 6);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            Reduce.Run<SumReducer>(DType.Float32, x.Pointer, [2, 3], [2], x.Pointer)
        );
        Assert.ThrowsExactly<ArgumentException>(() =>
            Reduce.Run<SumReducer>(DType.Float32, x.Pointer, [2, 3], [1, -1], x.Pointer)
        );
    }
}
