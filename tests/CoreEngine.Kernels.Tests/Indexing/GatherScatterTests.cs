using System.Runtime.InteropServices;
using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
[DoNotParallelize]
public sealed unsafe class GatherScatterTests
{
    private static readonly Gen<(DType Type, int Rows, int Length, int Count, int Seed)> s_cases = Gen.Select(
        Values.AnyType,
        Gen.Int[1, 20],
        Gen.OneOf(Gen.Const(1), Gen.Int[2, 40]),
        Gen.Int[0, 60],
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void Gather_ReadsTheNamedRows_AndFillsTheOthers() =>
        s_cases.Sample(
            c =>
            {
                double[] values = Values.Random(c.Seed, c.Type, c.Rows * c.Length);
                long[] indices = Indices(c.Seed, c.Count, -1, c.Rows);
                using Native x = Native.Of(c.Type, values, c.Seed % 5);
                using var y = new Native(c.Type, c.Count * c.Length, c.Seed % 3);
                fixed (long* places = indices)
                {
                    Gather.Rows(c.Type, x.Pointer, c.Length, places, c.Count, y.Pointer, constant: 3);
                }

                for (int i = 0; i < c.Count * c.Length; i++)
                {
                    long row = indices[i / c.Length];
                    Assert.AreEqual(row < 0 ? 3 : x[(row * c.Length) + (i % c.Length)], y[i]);
                }
            },
            iter: 300
        );

    [TestMethod]
    public void Scatter_OfEqualIndices_KeepsTheLast() =>
        s_cases.Sample(
            c =>
            {
                double[] values = Values.Random(c.Seed, c.Type, c.Count * c.Length);
                long[] indices = Indices(c.Seed, c.Count, 0, c.Rows);
                using Native x = Native.Of(c.Type, values);
                using Native y = Native.Of(c.Type, Enumerable.Repeat(5.0, c.Rows * c.Length).ToArray());
                fixed (long* places = indices)
                {
                    Scatter.Rows(c.Type, x.Pointer, c.Length, places, c.Count, y.Pointer);
                }

                for (int i = 0; i < c.Rows * c.Length; i++)
                {
                    int last = Array.LastIndexOf(indices, i / c.Length);
                    Assert.AreEqual(last < 0 ? 5 : x[(last * c.Length) + (i % c.Length)], y[i]);
                }
            },
            iter: 300
        );

    [TestMethod]
    public void AddRows_AddsInOrder_SmallAndLarge() =>
        s_cases.Sample(c => CheckAddition(c.Type, c.Rows, c.Length, c.Count, c.Seed), iter: 300);

    [TestMethod]
    [DataRow(1, 40000)]
    [DataRow(7, 6000)]
    [DataRow(64, 1000)]
    public void AddRows_OfManyRows_DoesNotDependOnTheThreads(int length, int count)
    {
        KernelTeam before = KernelTeam.Default;
        try
        {
            byte[][] results = [.. new[] { 1, 2, 5 }.Select(size => AddWith(size, length, count))];
            CollectionAssert.AreEqual(results[0], results[1]);
            CollectionAssert.AreEqual(results[0], results[2]);
        }
        finally
        {
            KernelTeam.Default = before;
        }

        CheckAddition(DType.Int64, 33, length, count, seed: 3);
        CheckAddition(DType.Float64, 33, length, count, seed: 3);
    }

    private static byte[] AddWith(int threads, int length, int count)
    {
        const int Rows = 37;
        using var team = new KernelTeam(threads);
        KernelTeam.Default = team;
        var random = new Random(1);
        using Native x = Native.Of(
            DType.Float32,
            Enumerable.Range(0, length * count).Select(_ => random.NextDouble()).ToArray()
        );
        using var y = new Native(DType.Float32, Rows * length);
        Add(x, length, Indices(4, count, 0, Rows), y, Rows, accumulate: false);
        return y.Bytes.ToArray();
    }

    private static void CheckAddition(DType type, int rows, int length, int count, int seed)
    {
        double[] values = Values.Random(seed, type, (long)count * length);
        long[] indices = Indices(seed, count, -1, rows);
        double[] expected = new double[rows * length];
        using Native x = Native.Of(type, values, seed % 5);
        for (long i = 0; i < x.Count; i++)
        {
            long row = indices[i / length];
            if (row >= 0)
                expected[(row * length) + (i % length)] += x[i];
        }

        using var y = new Native(type, rows * length, seed % 3);
        Add(x, length, indices, y, rows, accumulate: false);
        using Native twice = Native.Of(type, Enumerable.Repeat(1.0, rows * length).ToArray());
        Add(x, length, indices, twice, rows, accumulate: true);
        for (int i = 0; i < expected.Length; i++)
        {
            double tolerance = Values.Epsilon(type) * 4 * count;
            Values.AreClose(Values.Round(type, expected[i]), y[i], tolerance, $"{type} sum {i}");
            Values.AreClose(Values.Round(type, expected[i] + 1), twice[i], tolerance, $"{type} added sum {i}");
        }
    }

    private static void Add(Native x, int length, long[] indices, Native y, int rows, bool accumulate)
    {
        void* scratch = NativeMemory.Alloc((nuint)Scatter.AddRowsScratch(rows, length, indices.Length) + 1);
        fixed (long* places = indices)
        {
            Scatter.AddRows(x.DType, x.Pointer, length, places, indices.Length, y.Pointer, rows, accumulate, scratch);
        }

        NativeMemory.Free(scratch);
    }

    private static long[] Indices(int seed, int count, int low, int rows)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(low, rows))];
    }
}
