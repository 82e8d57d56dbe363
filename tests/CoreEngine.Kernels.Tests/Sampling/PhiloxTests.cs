namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed class PhiloxTests
{
    /// <summary>Known answers published with the Random123 library.</summary>
    [TestMethod]
    public void Words_EqualThePublishedAnswers()
    {
        Assert.AreEqual((0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u), Philox.Words((0, 0, 0, 0), 0));
        Assert.AreEqual((0x408F276Du, 0x41C83B0Eu, 0xA20BC7C6u, 0x6D5451FDu), Philox.Words((~0u, ~0u, ~0u, ~0u), ~0ul));
        Assert.AreEqual(
            (0xD16CFE09u, 0x94FDCCEBu, 0x5001E420u, 0x24126EA1u),
            Philox.Words((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), 0x299F31D0A4093822)
        );
    }

    [TestMethod]
    public void NextUInt32_GoesThroughBlocks()
    {
        var random = new Philox(1, 2, 3);
        uint[] words = new uint[12];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = random.NextUInt32();
        }

        Assert.HasCount(12, words.Distinct().ToArray());
        var again = new Philox(1, 2, 3);
        Assert.AreEqual(words[0], again.NextUInt32());
        Assert.AreNotEqual(words[0], new Philox(1, 2, 4).NextUInt32());
        Assert.AreNotEqual(words[0], new Philox(1, 3, 3).NextUInt32());
        Assert.AreNotEqual(words[0], new Philox(2, 2, 3).NextUInt32());
        Assert.AreNotEqual(words[0], new Philox(1, 2 + (1UL << 32), 3).NextUInt32());
    }
}
