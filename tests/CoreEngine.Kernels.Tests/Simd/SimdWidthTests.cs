namespace CoreEngine.Kernels.Tests;

/// <summary>
/// Every operation of <see cref="ISimd{V}"/> on 128, 256 and 512 bits gives in each lane what it gives on a single element.
/// Widths that the processor lacks run in software.
/// </summary>
[TestClass]
public sealed unsafe class SimdWidthTests
{
    private static readonly double[] s_values =
    [
        0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        3,
        -7,
        100,
        -100,
        1e-30,
        87,
        -90,
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        1e30,
    ];

    [TestMethod]
    public void Floats_AreTheSameOnEveryWidth() => CheckAll<float>(DType.Float32, s_values);

    [TestMethod]
    public void Doubles_AreTheSameOnEveryWidth() => CheckAll<double>(DType.Float64, s_values);

    [TestMethod]
    public void Integers_AreTheSameOnEveryWidth()
    {
        double[] values = [0, 1, -1, 2, -2, 3, 7, -7, 100, -100, 127, -128];
        CheckAll<int>(DType.Int32, [.. values, int.MaxValue, int.MinValue]);
        CheckAll<long>(DType.Int64, [.. values, 1L << 40, long.MinValue]);
        CheckAll<sbyte>(DType.Int8, values);
        CheckAll<byte>(DType.UInt8, values);
    }

    private static void CheckAll<T>(DType dtype, double[] values)
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
    {
        Check<Simd128<T>, T>(dtype, values);
        Check<Simd256<T>, T>(dtype, values);
        Check<Simd512<T>, T>(dtype, values);
    }

    private static void Check<V, T>(DType dtype, double[] values)
        where V : struct, ISimd<V>
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
    {
        // Every pair of values stands in some lane, and every lane gets different pairs.
        var random = new Random(3);
        T* x = stackalloc T[64];
        T* y = stackalloc T[64];
        T* z = stackalloc T[64];
        using Native pool = Native.Of(dtype, values);
        Assert.AreEqual(V.Count * V.ElementSize, System.Runtime.CompilerServices.Unsafe.SizeOf<V>());
        Assert.AreEqual(sizeof(T), V.ElementSize);
        T* lanes = stackalloc T[64];
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < V.Count; i++)
            {
                x[i] = ((T*)pool.Pointer)[random.Next(values.Length)];
                y[i] = ((T*)pool.Pointer)[random.Next(values.Length)];
                z[i] = ((T*)pool.Pointer)[random.Next(values.Length)];
            }

            V a = V.Load(x);
            V b = V.Load(y);
            V c = V.Load(z);
            for (int operation = 0; operation < Operations; operation++)
            {
                V.Store(Apply(operation, a, b, c), lanes);
                for (int i = 0; i < V.Count; i++)
                {
                    T expected = Apply<SimdScalar<T>>(operation, x[i], y[i], z[i]).Value;
                    bool same =
                        new ReadOnlySpan<byte>(&expected, sizeof(T)).SequenceEqual(
                            new ReadOnlySpan<byte>(lanes + i, sizeof(T))
                        ) || (T.IsNaN(expected) && T.IsNaN(lanes[i]));
                    Assert.IsTrue(
                        same,
                        $"operation {operation} of {typeof(V)} on {x[i]}, {y[i]}, {z[i]}: {lanes[i]}, alone {expected}"
                    );
                }
            }

            Assert.AreEqual(AnyLane(x, y, V.Count), V.Any(V.Less(a, b)));
            Assert.AreEqual(!AnyLane(y, x, V.Count) && !AnyEqual(x, y, V.Count), V.All(V.Less(a, b)));
        }
    }

    private static bool AnyLane<T>(T* x, T* y, int count)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        bool any = false;
        for (int i = 0; i < count; i++)
        {
            any |= x[i] < y[i];
        }

        return any;
    }

    // True where some lane is not ordered either way: equal or NaN.
    private static bool AnyEqual<T>(T* x, T* y, int count)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        bool any = false;
        for (int i = 0; i < count; i++)
        {
            any |= !(x[i] < y[i]) && !(y[i] < x[i]);
        }

        return any;
    }

    private const int Operations = 42;

    private static V Apply<V>(int operation, V x, V y, V z)
        where V : struct, ISimd<V> =>
        operation switch
        {
            0 => x + y,
            1 => x - y,
            2 => x * y,
            3 => x / y,
            4 => -x,
            5 => x & y,
            6 => x | y,
            7 => x ^ y,
            8 => ~x,
            9 => V.FusedMultiplyAdd(x, y, z),
            10 => V.Abs(x),
            11 => V.Sqrt(x),
            12 => V.Min(x, y),
            13 => V.Max(x, y),
            14 => V.Floor(x),
            15 => V.Ceiling(x),
            16 => V.Truncate(x),
            17 => V.Round(x),
            18 => V.CopySign(x, y),
            19 => V.Equal(x, y),
            20 => V.NotEqual(x, y),
            21 => V.Less(x, y),
            22 => V.LessOrEqual(x, y),
            23 => V.Greater(x, y),
            24 => V.GreaterOrEqual(x, y),
            25 => V.IsNaN(x),
            26 => V.Select(V.Less(x, y), y, z),
            27 => V.ShiftLeft(x, 3),
            28 => V.ShiftRight(x, 3),
            29 => V.AddBits(x, y),
            30 => V.SubtractBits(x, y),
            31 => V.Map<Cube>(x),
            32 => V.Constant(2.5) + V.Zero + V.One,
            33 => V.MinValue & V.AllBitsSet,
            34 => V.MaxValue,
            35 => V.FromBits(0x123456789ABCDEF0),
            36 => SimdMath.Exp(x),
            37 => SimdMath.Log(x),
            38 => SimdMath.Tanh(x),
            39 => SimdMath.Sin(x),
            40 => V.IsFloat ? SimdMath.Pow(x, y) : x,
            _ => SimdMath.Erf(x),
        };

    private readonly struct Cube : IScalarFunction
    {
        public static double Invoke(double x) => x * x * x;
    }
}
