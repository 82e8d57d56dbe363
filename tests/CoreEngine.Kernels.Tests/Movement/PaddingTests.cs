using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class PaddingTests
{
    private static readonly Gen<(DType Type, long[] Dims, long[] Widths, bool Reflect, int Seed)> s_cases =
        from type in Values.AnyType
        from dims in Gen.Long[1, 5].Array[1, 4]
        from wide in Gen.Long[0, 6].Array[2 * dims.Length]
        from reflect in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select (type, dims, Fit(wide, dims, reflect), reflect, seed);

    [TestMethod]
    public void Forward_ReadsTheNearestOrMirroredElement() =>
        s_cases.Sample(
            c =>
            {
                var xShape = new Shape(c.Dims);
                var yShape = new Shape([.. c.Dims.Select((d, i) => d + c.Widths[2 * i] + c.Widths[(2 * i) + 1])]);
                using Native x = Native.Of(c.Type, Values.Random(c.Seed, c.Type, xShape.Size), c.Seed % 5);
                using var y = new Native(c.Type, yShape.Size, c.Seed % 3);
                Padding.Forward(c.Type, x.Pointer, xShape, y.Pointer, yShape, c.Widths, c.Reflect);
                for (long i = 0; i < y.Count; i++)
                {
                    Assert.AreEqual(x[Source(c.Dims, c.Widths, c.Reflect, i)], y[i]);
                }
            },
            iter: 300
        );

    [TestMethod]
    public void Backward_AddsEveryImageOfAnElement() =>
        s_cases.Sample(
            c =>
            {
                var xShape = new Shape(c.Dims);
                var yShape = new Shape([.. c.Dims.Select((d, i) => d + c.Widths[2 * i] + c.Widths[(2 * i) + 1])]);
                using Native dy = Native.Of(DType.Int64, Values.Random(c.Seed, DType.Int64, yShape.Size));
                using Native dx = Native.Of(DType.Int64, new double[xShape.Size]);
                Padding.Backward(DType.Int64, dy.Pointer, yShape, dx.Pointer, xShape, c.Widths, c.Reflect);
                double[] expected = new double[xShape.Size];
                for (long i = 0; i < dy.Count; i++)
                {
                    expected[Source(c.Dims, c.Widths, c.Reflect, i)] += dy[i];
                }

                CollectionAssert.AreEqual(expected, dx.ToArray());
            },
            iter: 300
        );

    [TestMethod]
    public void Forward_WithAFrameThatDoesNotFit_IsRefused()
    {
        using Native x = Native.Of(DType.Float32, [1, 2]);
        using var y = new Native(DType.Float32, 6);
        Assert.ThrowsExactly<ArgumentException>(() =>
            Padding.Forward(x.DType, x.Pointer, [2], y.Pointer, [6], [2, 2], true)
        );
        Assert.ThrowsExactly<ArgumentException>(() =>
            Padding.Forward(x.DType, x.Pointer, [2], y.Pointer, [6], [1, 2], false)
        );
    }

    private static long[] Fit(long[] widths, long[] dims, bool reflect) =>
        [.. widths.Select((w, i) => reflect ? Math.Min(w, dims[i / 2] - 1) : w)];

    private static long Source(long[] dims, long[] widths, bool reflect, long index)
    {
        long source = 0;
        long stride = 1;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            long extent = dims[axis];
            (index, long place) = Math.DivRem(index, extent + widths[2 * axis] + widths[(2 * axis) + 1]);
            place -= widths[2 * axis];
            if (reflect)
                place = Math.Abs(place) < extent ? Math.Abs(place) : (2 * (extent - 1)) - place;
            else
                place = Math.Clamp(place, 0, extent - 1);
            source += place * stride;
            stride *= extent;
        }

        return source;
    }
}
