using CoreEngine.Runtime;
using CsCheck;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed class SizeClassTests
{
    [TestMethod]
    public void EveryClassHoldsItsOwnSizeAndOneByteMoreGoesToTheNext()
    {
        for (int i = 0; i < SizeClass.Count; i++)
        {
            long size = SizeClass.SizeOf(i);
            Assert.AreEqual(i, SizeClass.IndexOf(size));
            Assert.AreEqual(0, size % SizeClass.Granule);
            if (i + 1 < SizeClass.Count)
            {
                Assert.AreEqual(i + 1, SizeClass.IndexOf(size + 1));
            }
        }

        Assert.AreEqual(SizeClass.MaxBytes, SizeClass.SizeOf(SizeClass.Count - 1));
        Assert.AreEqual(0, SizeClass.IndexOf(0));
    }

    [TestMethod]
    public void ARequestFitsAndWastesAtMostAnEighthOr64Bytes() =>
        Gen.Int[0, 46]
            .SelectMany(bits => Gen.Long[0, 1L << bits])
            .Sample(
                bytes =>
                {
                    long size = SizeClass.SizeOf(SizeClass.IndexOf(bytes));
                    Assert.IsGreaterThanOrEqualTo(bytes, size);
                    Assert.IsLessThanOrEqualTo(Math.Max(bytes / 8, 64), size - bytes);
                },
                iter: 20_000
            );
}
