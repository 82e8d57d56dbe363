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
