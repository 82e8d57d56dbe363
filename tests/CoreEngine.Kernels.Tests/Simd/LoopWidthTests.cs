namespace CoreEngine.Kernels.Tests;

/// <summary>The innermost loops on every width, also those that this processor would not choose.</summary>
[TestClass]
public sealed unsafe class LoopWidthTests
{
    private static readonly int[] s_lengths = [.. Enumerable.Range(0, 140), 511, 1029, 2311];

    [TestMethod]
    public void Loops_OnEveryWidth_StayInBoundsAndAgree()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64, DType.Int8 })
        {
            foreach (int length in s_lengths)
            {
                double[] values = Values.Random(length, dtype, length);
                using Native x = Native.Of(dtype, values, length % 5);
                using Native z = Native.Of(dtype, Values.Random(length + 1, dtype, length), length % 3);
                double[] expected = new double[length];
                for (int i = 0; i < length; i++)
                {
                    expected[i] = Values.Round(dtype, x[i] + z[i]);
                }

                if (dtype == DType.Float32)
                    Check<Simd128<float>, Simd256<float>, Simd512<float>, SimdScalar<float>>(x, z, expected);
                else if (dtype == DType.Float64)
                    Check<Simd128<double>, Simd256<double>, Simd512<double>, SimdScalar<double>>(x, z, expected);
                else
                    Check<Simd128<sbyte>, Simd256<sbyte>, Simd512<sbyte>, SimdScalar<sbyte>>(x, z, expected);
            }
        }
    }

    private static void Check<V1, V2, V3, V4>(Native x, Native z, double[] expected)
        where V1 : struct, ISimd<V1>
        where V2 : struct, ISimd<V2>
        where V3 : struct, ISimd<V3>
        where V4 : struct, ISimd<V4>
    {
        Check<V1>(x, z, expected);
        Check<V2>(x, z, expected);
        Check<V3>(x, z, expected);
        Check<V4>(x, z, expected);
    }

    private static void Check<V>(Native x, Native z, double[] expected)
        where V : struct, ISimd<V>
    {
        nint length = (nint)x.Count;
        foreach (bool isLight in new[] { false, true })
        {
            foreach (bool stream in new[] { false, true })
            {
                foreach (int misalignment in new[] { 0, 1, 3 })
                {
                    using var y = new Native(x.DType, length, misalignment);
                    var source = new BinarySource<AddBody, V>(default, x.Pointer, z.Pointer);
                    ElementwiseLoops.Run<BinarySource<AddBody, V>, V>(source, y.Pointer, length, isLight, stream);
                    string what = $"{typeof(V)}, {length}, light {isLight}, stream {stream}, off {misalignment}";
                    CollectionAssert.AreEqual(expected, y.ToArray(), what);

                    // In place: what is computed twice must be read before it is written.
                    using Native own = Native.Of(x.DType, x.ToArray(), misalignment);
                    source = new BinarySource<AddBody, V>(default, own.Pointer, z.Pointer);
                    ElementwiseLoops.Run<BinarySource<AddBody, V>, V>(source, own.Pointer, length, isLight, stream);
                    CollectionAssert.AreEqual(expected, own.ToArray(), what + ", in place");
                }
            }
        }
    }

    [TestMethod]
    public void Reductions_OnEveryWidth_StayInBoundsAndAgree()
    {
        for (int length = 1; length < 140; length++)
        {
            Check<Simd128<float>, float>(DType.Float32, length);
            Check<Simd256<float>, float>(DType.Float32, length);
            Check<Simd512<float>, float>(DType.Float32, length);
            Check<SimdScalar<float>, float>(DType.Float32, length);
            Check<Simd128<long>, long>(DType.Int64, length);
            Check<Simd256<long>, long>(DType.Int64, length);
            Check<Simd512<long>, long>(DType.Int64, length);
        }
    }

    private static void Check<V, T>(DType dtype, int length)
        where V : struct, ISimd<V>
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
    {
        // Whole numbers: sums are exact in any order.
        using Native x = Native.Of(dtype, Values.Random(length, DType.Int32, length), length % 5);
        V lanes = ReduceLoops<SumReducer, V, T>.Run(x.Pointer, length);
        Assert.AreEqual(x.ToArray().Sum(), double.CreateChecked(ReduceLoops<SumReducer, V, T>.Lane(lanes)));
        lanes = ReduceLoops<MaxReducer, V, T>.Run(x.Pointer, length);
        Assert.AreEqual(x.ToArray().Max(), double.CreateChecked(ReduceLoops<MaxReducer, V, T>.Lane(lanes)));

        using var totals = new Native(dtype, (length + 15) / 16 * 16);
        ReduceLoops<SumReducer, V, T>.Start(totals.Pointer, length);
        ReduceLoops<SumReducer, V, T>.AddRow(totals.Pointer, x.Pointer, length);
        ReduceLoops<SumReducer, V, T>.AddRows(totals.Pointer, x.Pointer, x.Pointer, x.Pointer, x.Pointer, length);
        for (int i = 0; i < length; i++)
        {
            Assert.AreEqual(5 * x[i], totals[i]);
        }
    }
}
