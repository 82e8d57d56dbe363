using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class ArgReduceTests
{
    [TestMethod]
    public void ArgMaxAndArgMin_OfAnyAxis_FindTheFirst() =>
        Gen.Select(Values.AnyShape, Gen.Int[0, 4], Values.AnyType, Gen.Int[0, 1000])
            .Sample(
                (dims, axis, dtype, seed) =>
                {
                    axis %= dims.Length;
                    var shape = new Shape(dims);
                    double[] values = Values.Random(seed, dtype, shape.Size);
                    if (dtype.IsFloat())
                    {
                        for (int i = seed % 7; i < values.Length; i += 5)
                        {
                            values[i] = double.NaN;
                        }
                    }

                    Check(shape, axis, dtype, values);
                },
                iter: 500
            );

    [TestMethod]
    public void ArgMax_OfLongRunsAndColumns_FindsTheFirst()
    {
        Check([3, 10_000], 1, DType.Float32, Values.Random(1, DType.Float32, 30_000));
        Check([200, 300], 0, DType.Float64, Values.Random(1, DType.Float64, 60_000));
        Check([20_001], 0, DType.Int32, Values.Random(1, DType.Int32, 20_001));
        double[] one = new double[9000];
        one[8999] = 1;
        one[4] = -1;
        Check([9000], 0, DType.Float32, one);
    }

    private static void Check(Shape shape, int axis, DType dtype, double[] values)
    {
        long extent = shape[axis];
        long inner = shape.Product(axis + 1, shape.Rank);
        using Native x = Native.Of(dtype, values, 1);
        using var most = new Native(dtype, shape.Size / extent);
        using var least = new Native(dtype, shape.Size / extent);
        Reduce.ArgMax(dtype, x.Pointer, shape, axis, most.Pointer);
        Reduce.ArgMin(dtype, x.Pointer, shape, axis - shape.Rank, least.Pointer);
        for (long place = 0; place < most.Count; place++)
        {
            (long outer, long column) = Math.DivRem(place, inner);
            long largest = -1;
            long smallest = -1;
            for (long i = 0; i < extent; i++)
            {
                double value = x[(((outer * extent) + i) * inner) + column];
                if (double.IsNaN(value))
                    continue;
                if (largest < 0 || value > x[(((outer * extent) + largest) * inner) + column])
                    largest = i;
                if (smallest < 0 || value < x[(((outer * extent) + smallest) * inner) + column])
                    smallest = i;
            }

            Assert.AreEqual(Values.Round(dtype, Math.Max(0, largest)), most[place], $"argmax of {shape} at {place}");
            Assert.AreEqual(Values.Round(dtype, Math.Max(0, smallest)), least[place], $"argmin of {shape} at {place}");
        }
    }

    [TestMethod]
    public void AnAxisThatDoesNotExist_IsRefused()
    {
        using var x = new Native(DType.Float32, 6);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            Reduce.ArgMax(DType.Float32, x.Pointer, [2, 3], 2, x.Pointer)
        );
    }
}
