using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class BroadcastTests
{
    [TestMethod]
    public void Binary_OnAnyShapes_EqualsTheNaiveLoop() =>
        Gen.Select(Values.AnyShape, Gen.Int[0, 1023], Values.AnyType, Gen.Int[0, 1000], Gen.Bool)
            .Sample(
                (dims, mask, dtype, seed, accumulate) =>
                {
                    // Each operand keeps, or loses to 1, each axis; leading ones are sometimes left out.
                    int rank = dims.Length;
                    long[] a = dims.Select((d, i) => (mask & (1 << i)) != 0 ? 1 : d).ToArray();
                    long[] b = dims.Select((d, i) => (mask & (1 << i)) == 0 && (mask & (32 << i)) != 0 ? 1 : d)
                        .ToArray();
                    if (b[0] == 1 && rank > 1)
                        b = b[1..];
                    var aShape = new Shape(a);
                    var bShape = new Shape(b);
                    Shape yShape = Broadcast.ResultShape(aShape, bShape);
                    CollectionAssert.AreEqual(dims, yShape.Dims.ToArray());
                    using Native x0 = Native.Of(dtype, Values.Random(seed, dtype, aShape.Size), seed % 3);
                    using Native x1 = Native.Of(dtype, Values.Random(seed + 1, dtype, bShape.Size), seed % 5);
                    double[] before = Values.Random(seed + 2, dtype, yShape.Size);
                    using Native y = Native.Of(dtype, before, seed % 2);
                    Broadcast.Binary<Subtract>(
                        dtype,
                        x0.Pointer,
                        aShape,
                        x1.Pointer,
                        bShape,
                        y.Pointer,
                        yShape,
                        accumulate
                    );
                    for (long i = 0; i < yShape.Size; i++)
                    {
                        double difference = x0[Place(i, aShape, yShape)] - x1[Place(i, bShape, yShape)];
                        double exact = Values.Round(dtype, accumulate ? before[i] + difference : difference);
                        double tolerance = 8 * Values.Epsilon(dtype);
                        Values.AreClose(exact, y[i], tolerance, $"{aShape} - {bShape} at {i}");
                    }
                },
                iter: 600
            );

    private static long Place(long index, Shape x, Shape y)
    {
        long place = 0;
        long stride = 1;
        for (int i = 1; i <= y.Rank; i++)
        {
            (index, long at) = Math.DivRem(index, y[^i]);
            if (i <= x.Rank)
            {
                place += x[^i] == 1 ? 0 : at * stride;
                stride *= x[^i];
            }
        }

        return place;
    }

    [TestMethod]
    public void Copy_OfARun_GivesThatPartOfTheLargerArray() =>
        Gen.Select(Values.AnyShape, Gen.Int[0, 31], Values.AnyType, Gen.Int[0, 1000])
            .Sample(
                (dims, mask, dtype, seed) =>
                {
                    var full = new Shape(dims);
                    var shape = new Shape(dims.Select((d, i) => (mask & (1 << i)) != 0 ? 1 : d).ToArray());
                    if (shape[0] == 1 && shape.Rank > 1)
                        shape = new Shape(shape.Dims[1..]);
                    long start = seed % full.Size;
                    long count = 1 + (seed * 7L % (full.Size - start));
                    using Native x = Native.Of(dtype, Values.Random(seed, dtype, shape.Size), seed % 3);
                    using Native y = new(dtype, count, seed % 5);
                    Broadcast.Copy(dtype, x.Pointer, shape, y.Pointer, full, start, count);
                    for (long i = 0; i < count; i++)
                    {
                        Assert.AreEqual(x[Place(start + i, shape, full)], y[i], $"{shape} in {full} at {start} + {i}");
                    }
                },
                iter: 400
            );

    [TestMethod]
    public void SingleElements_StandOnEitherSide()
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64, DType.Float16, DType.Int32, DType.UInt8])
        {
            foreach (int n in (int[])[1, 7, 64, 1001, 20011])
            {
                using Native x = Native.Of(dtype, Values.Random(n, dtype, n), 1);
                using Native one = Native.Of(dtype, [3]);
                using Native left = new(dtype, n);
                using Native right = new(dtype, n, 1);
                var shape = new Shape(1, n);
                Broadcast.Binary<Subtract>(dtype, one.Pointer, new Shape(1), x.Pointer, shape, left.Pointer, shape);
                Broadcast.Binary<Subtract>(dtype, x.Pointer, shape, one.Pointer, new Shape(1, 1), right.Pointer, shape);
                for (int i = 0; i < n; i++)
                {
                    Assert.AreEqual(Values.Round(dtype, 3 - x[i]), left[i], $"{dtype} {n} at {i}");
                    Assert.AreEqual(Values.Round(dtype, x[i] - 3), right[i], $"{dtype} {n} at {i}");
                }
            }
        }
    }

    [TestMethod]
    public void CopyPastCaches_CopiesExactlyTheBytes()
    {
        foreach (int bytes in (int[])[1, 31, 64, 65, 4096, 100_003])
        {
            for (int misalignment = 0; misalignment < 3; misalignment++)
            {
                double[] values = [.. Enumerable.Range(0, bytes).Select(i => (double)(i * 31 % 256))];
                using Native x = Native.Of(DType.UInt8, values, misalignment);
                using Native y = new(DType.UInt8, bytes, 2 - misalignment);
                Elementwise.CopyPastCaches(x.Pointer, y.Pointer, bytes);
                Elementwise.Fence();
                for (int i = 0; i < bytes; i++)
                {
                    Assert.AreEqual(values[i], y[i]);
                }
            }
        }
    }

    [TestMethod]
    public void Copy_RepeatsToTheLargerShape()
    {
        using Native x = Native.Of(DType.Int32, [1, 2, 3]);
        using var y = new Native(DType.Int32, 12);
        Broadcast.Copy(DType.Int32, x.Pointer, [3, 1], y.Pointer, [2, 3, 2]);
        CollectionAssert.AreEqual(new double[] { 1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3 }, y.ToArray());
    }

    [TestMethod]
    public void ShapesThatDoNotFit_AreRefused()
    {
        using var x = new Native(DType.Float32, 12);
        Assert.ThrowsExactly<ArgumentException>(() => Broadcast.ResultShape([2, 3], [4]));
        Assert.ThrowsExactly<ArgumentException>(() =>
            Broadcast.Binary<Subtract>(DType.Float32, x.Pointer, [2, 3], x.Pointer, [2], x.Pointer, [2, 3])
        );
        Assert.ThrowsExactly<ArgumentException>(() =>
            Broadcast.Binary<Subtract>(DType.Float32, x.Pointer, [1, 3], x.Pointer, [3], x.Pointer, [2, 3])
        );
    }

    private readonly struct Subtract : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x - y;
    }
}
