using System.Runtime.InteropServices;
using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class SortTests
{
    private static readonly Gen<(DType Type, int Outer, int Length, int Inner, bool Ascending, int Seed)> s_cases =
        Gen.Select(
            Values.AnyType,
            Gen.Int[1, 3],
            Gen.OneOf(Gen.Int[1, 30], Gen.Const(500)),
            Gen.Int[1, 3],
            Gen.Bool,
            Gen.Int[0, 1000]
        );

    [TestMethod]
    public void Order_OfAnyTypeAndAxis_IsTheStableOne() =>
        s_cases.Sample(
            c =>
            {
                double[] values = Values.Random(c.Seed, c.Type, c.Outer * c.Length * c.Inner);
                using Native x = Native.Of(c.Type, values, c.Seed % 5);
                int count = 1 + (c.Seed % c.Length);
                long[] order = Order(x, c.Outer, c.Length, c.Inner, c.Ascending, count);
                for (int row = 0; row < c.Outer * c.Inner; row++)
                {
                    int first = (row / c.Inner * c.Length * c.Inner) + (row % c.Inner);
                    IEnumerable<int> places = Enumerable.Range(0, c.Length);
                    int[] expected = c.Ascending
                        ? [.. places.OrderBy(i => x[first + (i * c.Inner)])]
                        : [.. places.OrderByDescending(i => x[first + (i * c.Inner)])];
                    for (int i = 0; i < count; i++)
                    {
                        long actual = order[(((row / c.Inner * count) + i) * c.Inner) + (row % c.Inner)];
                        Assert.AreEqual(expected[i], actual, $"{c} row {row} place {i}");
                    }
                }
            },
            iter: 200
        );

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void Order_PutsNaNAboveEverything_AndTreatsTheZerosAsEqual(DType dtype)
    {
        double[] values = [0.0, double.NaN, double.PositiveInfinity, -0.0, -1, double.NegativeInfinity, -double.NaN];
        using Native x = Native.Of(dtype, values);
        CollectionAssert.AreEqual(new long[] { 5, 4, 0, 3, 2, 1, 6 }, Order(x, 1, 7, 1, ascending: true, 7));
        CollectionAssert.AreEqual(new long[] { 1, 6, 2, 0, 3, 4, 5 }, Order(x, 1, 7, 1, ascending: false, 7));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(128)]
    [DataRow(129)]
    [DataRow(1000)]
    [DataRow(5003)]
    [DataRow(70000)]
    public void Order_OfLongRows_IsTheStableOne_HoweverFewAreWanted(int length)
    {
        var random = new Random(length);
        foreach (DType dtype in new[] { DType.Float32, DType.Int32, DType.Float16, DType.Int8 })
        {
            foreach (bool isSorted in new[] { false, true })
            {
                // Few different values, so that many are equal; and values that rise, which make every one a candidate.
                double[] values = [.. Enumerable.Range(0, length).Select(i => isSorted ? i / 7 : random.Next(-60, 60))];
                if (dtype.IsFloat())
                    values[length / 2] = double.NaN;
                using Native x = Native.Of(dtype, values, length % 3);
                double[] held = x.ToArray();
                foreach (bool ascending in new[] { false, true })
                {
                    // NaN counts as the largest here, but as the smallest in .NET.
                    double Key(int i) => double.IsNaN(held[i]) ? double.PositiveInfinity : held[i];
                    IEnumerable<int> places = Enumerable.Range(0, length);
                    long[] expected =
                    [
                        .. (ascending ? places.OrderBy(Key) : places.OrderByDescending(Key)).Select(i => (long)i),
                    ];
                    foreach (int count in new[] { 1, Math.Min(2, length), (length + 9) / 10, length })
                    {
                        long[] order = Order(x, 1, length, 1, ascending, count);
                        string what = $"{dtype}, {length}, {count}, ascending {ascending}, sorted {isSorted}";
                        CollectionAssert.AreEqual(expected[..count], order, what);
                    }
                }
            }
        }
    }

    [TestMethod]
    public void Order_OfTheExtremesOfIntegers_IsRight()
    {
        using var x = new Native(DType.Int64, 4);
        long* values = (long*)x.Pointer;
        (values[0], values[1], values[2], values[3]) = (long.MaxValue, -1, long.MinValue, long.MaxValue - 1);
        CollectionAssert.AreEqual(new long[] { 2, 1, 3, 0 }, Order(x, 1, 4, 1, ascending: true, 4));
    }

    [TestMethod]
    public void Order_OfMorePlacesThanElements_IsRefused()
    {
        using Native x = Native.Of(DType.Float32, [1, 2]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Order(x, 1, 2, 1, ascending: true, 3));
    }

    private static long[] Order(Native x, int outer, int length, int inner, bool ascending, int count)
    {
        long[] order = new long[outer * count * inner];
        void* scratch = NativeMemory.AlignedAlloc((nuint)Sort.Scratch(x.Count), 64);
        try
        {
            fixed (long* places = order)
            {
                Sort.Order(x.DType, x.Pointer, outer, length, inner, ascending, count, places, scratch);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(scratch);
        }

        return order;
    }
}
