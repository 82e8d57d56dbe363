using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class PickTests
{
    private static readonly Gen<(DType Type, int Outer, int Length, int Inner, int Seed)> s_cases = Gen.Select(
        Values.AnyType,
        Gen.Int[1, 30],
        Gen.Int[1, 9],
        Gen.OneOf(Gen.Const(1), Gen.Int[2, 12]),
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void Read_TakesTheNamedElementOfEachLine_CutOffToWhatExists() =>
        s_cases.Sample(
            c =>
            {
                using Native x = Native.Of(c.Type, Values.Random(c.Seed, c.Type, c.Outer * c.Length * c.Inner), 1);
                using var y = new Native(c.Type, c.Outer * c.Inner, 2);
                long[] indices = Indices(c.Seed, c.Outer * c.Inner, c.Length);
                fixed (long* places = indices)
                {
                    Pick.Read(c.Type, x.Pointer, places, c.Outer, c.Length, c.Inner, y.Pointer);
                }

                for (int i = 0; i < indices.Length; i++)
                {
                    Assert.AreEqual(x[Place(i, indices[i], c.Length, c.Inner)], y[i]);
                }
            },
            iter: 300
        );

    [TestMethod]
    public void Write_ChangesTheNamedElementOfEachLine_AndNoOther() =>
        s_cases.Sample(
            c =>
            {
                double[] before = Values.Random(c.Seed, c.Type, c.Outer * c.Length * c.Inner);
                using Native x = Native.Of(c.Type, before, 3);
                using Native y = Native.Of(c.Type, Values.Random(c.Seed + 1, c.Type, c.Outer * c.Inner));
                long[] indices = Indices(c.Seed, c.Outer * c.Inner, c.Length);
                double[] expected = x.ToArray();
                for (int i = 0; i < indices.Length; i++)
                {
                    expected[Place(i, indices[i], c.Length, c.Inner)] = y[i];
                }

                fixed (long* places = indices)
                {
                    Pick.Write(c.Type, y.Pointer, places, c.Outer, c.Length, c.Inner, x.Pointer);
                }

                CollectionAssert.AreEqual(expected, x.ToArray());
            },
            iter: 300
        );

    private static long Place(int i, long index, int length, int inner) =>
        (((i / inner * (long)length) + Math.Clamp(index, 0, length - 1)) * inner) + (i % inner);

    private static long[] Indices(int seed, int count, int length)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => random.Next(-2, length + 2) * (random.Next(9) == 0 ? 1L << 40 : 1)),
        ];
    }
}
