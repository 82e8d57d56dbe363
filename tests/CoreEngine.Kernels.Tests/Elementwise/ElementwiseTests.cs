using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class ElementwiseTests
{
    private static readonly int[] s_lengths = [.. Enumerable.Range(0, 68), 127, 128, 129, 1023, 1025, 2051, 40_001];

    [TestMethod]
    public void Unary_OnEveryTypeAndLength_EqualsTheNaiveLoop()
    {
        foreach (DType dtype in Values.AllTypes)
        {
            foreach (int length in s_lengths)
            {
                CheckUnary<Square>(dtype, length, x => x * x);
                CheckUnary<SoftSign>(dtype, length, x => x / (1 + Math.Abs(x)));
            }
        }
    }

    private static void CheckUnary<TOp>(DType dtype, int length, Func<double, double> naive)
        where TOp : struct, IUnaryOp
    {
        double[] before = Values.Random(length + 1, dtype, length);
        using Native x = Native.Of(dtype, Values.Random(length, dtype, length), length % 7);
        using var y = new Native(dtype, length, length % 5);
        using Native sum = Native.Of(dtype, before, length % 3);
        Elementwise.Unary<TOp>(dtype, x.Pointer, y.Pointer, length);
        Elementwise.Unary<TOp>(dtype, x.Pointer, sum.Pointer, length, accumulate: true);
        double tolerance = 8 * Values.Epsilon(dtype);
        for (int i = 0; i < length; i++)
        {
            double exact = Values.Round(dtype, naive(x[i]));
            double total = Values.Round(dtype, before[i] + (dtype.IsFloat() ? naive(x[i]) : exact));
            Values.AreClose(exact, y[i], tolerance, $"{dtype} {i} of {length}");
            Values.AreClose(total, sum[i], tolerance, $"{dtype} {i} of {length}, accumulated");
        }

        // In place.
        Elementwise.Unary<TOp>(dtype, x.Pointer, x.Pointer, length);
        Assert.IsTrue(x.Bytes.SequenceEqual(y.Bytes));
    }

    [TestMethod]
    public void Binary_OnEveryTypeAndLength_EqualsTheNaiveLoop()
    {
        foreach (DType dtype in Values.AllTypes)
        {
            foreach (int length in s_lengths)
            {
                double[] before = Values.Random(length + 2, dtype, length);
                using Native a = Native.Of(dtype, Values.Random(length, dtype, length), length % 7);
                using Native b = Native.Of(dtype, Values.Random(length + 1, dtype, length), length % 2);
                using var y = new Native(dtype, length, length % 5);
                using Native sum = Native.Of(dtype, before, length % 3);
                Elementwise.Binary<MultiplySubtract>(dtype, a.Pointer, b.Pointer, y.Pointer, length);
                Elementwise.Binary<MultiplySubtract>(dtype, a.Pointer, b.Pointer, sum.Pointer, length, true);
                using var right = new Native(dtype, length);
                using var left = new Native(dtype, length, 1);
                Elementwise.BinaryScalar<MultiplySubtract>(dtype, a.Pointer, 3, right.Pointer, length);
                Elementwise.ScalarBinary<MultiplySubtract>(dtype, 3, b.Pointer, left.Pointer, length);
                double tolerance = 16 * Values.Epsilon(dtype);
                for (int i = 0; i < length; i++)
                {
                    double exact = (a[i] * b[i]) - b[i];
                    string what = $"{dtype} {i} of {length}";
                    Values.AreClose(Values.Round(dtype, exact), y[i], tolerance, what);
                    Values.AreClose(Values.Round(dtype, before[i] + exact), sum[i], tolerance, what + ", accumulated");
                    Values.AreClose(Values.Round(dtype, (a[i] * 3) - 3), right[i], tolerance, what + ", scalar right");
                    Values.AreClose(Values.Round(dtype, (3 * b[i]) - b[i]), left[i], tolerance, what + ", scalar left");
                }

                // In place of either operand.
                using Native b2 = Native.Of(dtype, b.ToArray());
                Elementwise.Binary<MultiplySubtract>(dtype, a.Pointer, b2.Pointer, b2.Pointer, length);
                Assert.IsTrue(b2.Bytes.SequenceEqual(y.Bytes));
                Elementwise.Binary<MultiplySubtract>(dtype, a.Pointer, b.Pointer, a.Pointer, length);
                Assert.IsTrue(a.Bytes.SequenceEqual(y.Bytes));
            }
        }
    }

    [TestMethod]
    public void Ternary_OnEveryType_EqualsTheNaiveLoop()
    {
        foreach (DType dtype in Values.AllTypes)
        {
            for (int length = 0; length < 68; length++)
            {
                using Native a = Native.Of(dtype, Values.Random(length, dtype, length));
                using Native b = Native.Of(dtype, Values.Random(length + 1, dtype, length));
                using Native c = Native.Of(dtype, Values.Random(length + 2, dtype, length));
                using Native y = Native.Of(dtype, new double[length]);
                Elementwise.Ternary<Choose>(dtype, a.Pointer, b.Pointer, c.Pointer, y.Pointer, length);
                for (int i = 0; i < length; i++)
                {
                    Assert.AreEqual(a[i] > 0 ? b[i] : c[i], y[i]);
                }

                Elementwise.Ternary<Choose>(dtype, a.Pointer, b.Pointer, c.Pointer, y.Pointer, length, true);
                for (int i = 0; i < length; i++)
                {
                    double twice = Values.Round(dtype, 2 * (a[i] > 0 ? b[i] : c[i]));
                    Assert.AreEqual(twice, y[i]);
                }
            }
        }
    }

    [TestMethod]
    public void OperatorsWithParameters_SeeThem()
    {
        using Native x = Native.Of(DType.Float32, Values.Random(1, DType.Float32, 100));
        using var y = new Native(DType.Float32, 100);
        Elementwise.Unary(new Clip(-0.5, 1.25), DType.Float32, x.Pointer, y.Pointer, 100);
        for (int i = 0; i < 100; i++)
        {
            Assert.AreEqual(Math.Clamp(x[i], -0.5, 1.25), y[i]);
        }
    }

    [TestMethod]
    public void EveryElement_GetsTheSameBits_WhereverItStands() =>
        Gen.Select(Gen.Float, Gen.Int[0, 40])
            .Sample(
                (value, place) =>
                {
                    using var x = new Native(DType.Float32, 41);
                    using var y = new Native(DType.Float32, 41);
                    using var alone = new Native(DType.Float32, 1);
                    new Span<float>(x.Pointer, 41).Fill(0.5f);
                    ((float*)x.Pointer)[place] = value;
                    Elementwise.Unary<Everything>(DType.Float32, x.Pointer, y.Pointer, 41);
                    Elementwise.Unary<Everything>(DType.Float32, x.Pointer + (4 * place), alone.Pointer, 1);
                    Assert.AreEqual(((int*)alone.Pointer)[0], ((int*)y.Pointer)[place], $"{value:R} at {place}");
                },
                iter: 3000
            );

    [TestMethod]
    public void Threads_DoNotChangeABit()
    {
        KernelTeam before = KernelTeam.Default;
        using var one = new KernelTeam(1);
        using var four = new KernelTeam(4);
        try
        {
            const int Length = 200_003;
            foreach (DType dtype in Values.AllTypes)
            {
                using Native x = Native.Of(dtype, Values.Random(1, dtype, Length));
                using var y1 = new Native(dtype, Length);
                using var y4 = new Native(dtype, Length);
                KernelTeam.Default = one;
                Elementwise.Unary<SoftSign>(dtype, x.Pointer, y1.Pointer, Length);
                KernelTeam.Default = four;
                Elementwise.Unary<SoftSign>(dtype, x.Pointer, y4.Pointer, Length);
                Assert.IsTrue(y1.Bytes.SequenceEqual(y4.Bytes), dtype.Name());
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void Fill_SetsEveryElement()
    {
        foreach (DType dtype in Values.AllTypes)
        {
            foreach (int length in s_lengths)
            {
                using var y = new Native(dtype, length, length % 3);
                Elementwise.Fill(dtype, 3, y.Pointer, length);
                CollectionAssert.AreEqual(Enumerable.Repeat(3.0, length).ToArray(), y.ToArray());
            }
        }
    }

    [TestMethod]
    public void IntegerArithmetic_WrapsAndNeverTraps()
    {
        using Native a = Native.Of(DType.Int32, [int.MaxValue, 5, int.MinValue, 7]);
        using Native b = Native.Of(DType.Int32, [1, 0, -1, -2]);
        using var y = new Native(DType.Int32, 4);
        Elementwise.Binary<Add>(DType.Int32, a.Pointer, b.Pointer, y.Pointer, 4);
        CollectionAssert.AreEqual(new double[] { int.MinValue, 5, int.MaxValue, 5 }, y.ToArray());
        Elementwise.Binary<Divide>(DType.Int32, a.Pointer, b.Pointer, y.Pointer, 4);
        CollectionAssert.AreEqual(new double[] { int.MaxValue, 0, int.MinValue, -3 }, y.ToArray());
        using Native bytes = Native.Of(DType.UInt8, [200, 100]);
        using var sum = new Native(DType.UInt8, 2);
        Elementwise.Binary<Add>(DType.UInt8, bytes.Pointer, bytes.Pointer, sum.Pointer, 2);
        CollectionAssert.AreEqual(new double[] { 144, 200 }, sum.ToArray());
    }

    [TestMethod]
    public void MinAndMax_GiveTheSecondWhenOneIsNaN()
    {
        using Native a = Native.Of(DType.Float32, [double.NaN, 1, 2, -3]);
        using Native b = Native.Of(DType.Float32, [1, double.NaN, 1, 4]);
        using var y = new Native(DType.Float32, 4);
        Elementwise.Binary<Maximum>(DType.Float32, a.Pointer, b.Pointer, y.Pointer, 4);
        CollectionAssert.AreEqual(new[] { 1, double.NaN, 2, 4 }, y.ToArray());
    }

    [TestMethod]
    public void WrongArguments_AreRefused()
    {
        using var x = new Native(DType.Float32, 1);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            Elementwise.Unary<Square>(DType.None, x.Pointer, x.Pointer, 1)
        );
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            Elementwise.Unary<Square>(DType.Float32, x.Pointer, x.Pointer, -1)
        );
    }

    private readonly struct Square : IUnaryOp
    {
        public static bool KeepsIntegers => true;

        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => x * x;
    }

    private readonly struct SoftSign : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => x / (V.One + V.Abs(x));
    }

    private readonly struct Everything : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> =>
            SimdMath.Exp(x)
            + SimdMath.Log(V.Abs(x))
            + SimdMath.Sin(x)
            + SimdMath.Tanh(x)
            + SimdMath.Pow(x, V.Constant(3));
    }

    private readonly struct Clip(double low, double high) : IUnaryBody
    {
        public V Invoke<V>(V x)
            where V : struct, ISimd<V> => V.Min(V.Max(x, V.Constant(low)), V.Constant(high));
    }

    private readonly struct Add : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x + y;
    }

    private readonly struct Divide : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x / y;
    }

    private readonly struct Maximum : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => V.Max(x, y);
    }

    private readonly struct MultiplySubtract : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => (x * y) - y;
    }

    private readonly struct Choose : ITernaryOp
    {
        public static bool KeepsIntegers => true;

        public static V Invoke<V>(V x, V y, V z)
            where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), y, z);
    }
}
