using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class DistinctRowsTests
{
    /// <summary>Few rows and many, so that bits and sorted lists are both used.</summary>
    private static readonly Gen<(long Extent, int Count, int Seed)> s_cases = Gen.Select(
        Gen.OneOf(Gen.Long[1, 200], Gen.Long[5000, 1_000_000_000]),
        Gen.Int[0, 60],
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void RowsAreFoundInOrder_WithTheirPlaces() =>
        s_cases.Sample(
            c =>
            {
                var random = new Random(c.Seed);
                long[] rows = Draw(random, c.Count, c.Extent);
                long[] others = [.. Draw(random, 20, c.Extent), .. rows];
                long[] expected = [.. rows.Distinct().Order()];
                using var scratch = new Native(DType.Int64, DistinctRows.ScratchBytes(c.Extent, c.Count) / 8);
                var distinct = new DistinctRows(c.Extent, c.Count, scratch.Pointer);
                long[] found = new long[expected.Length];
                long[] places = new long[others.Length];
                fixed (
                    long* from = rows,
                        wanted = others,
                        to = found,
                        at = places
                )
                {
                    distinct.Add(from, c.Count / 2);
                    distinct.Add(from + (c.Count / 2), c.Count - (c.Count / 2));
                    distinct.Complete();
                    Assert.AreEqual(expected.Length, distinct.Count);
                    distinct.CopyTo(to);
                    distinct.Find(wanted, others.Length, at);
                }

                CollectionAssert.AreEqual(expected, found);
                CollectionAssert.AreEqual(others.Select(row => (long)Array.IndexOf(expected, row)).ToArray(), places);
            },
            iter: 300
        );

    private static long[] Draw(Random random, int count, long extent) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(extent))];
}
