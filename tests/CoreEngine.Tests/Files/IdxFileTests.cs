using System.IO.Compression;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class IdxFileTests
{
    [TestMethod]
    public void ReadsEveryType()
    {
        using StoredArray bytes = Read("00000802 00000002 00000003 010203040506");
        Assert.AreEqual("(2,3)", bytes.Shape.ToString());
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6 }, bytes.Data.Values<byte>().ToArray());
        using StoredArray signed = Read("00000901 00000001 FF");
        Assert.AreEqual(-1, signed.Data.Values<sbyte>()[0]);
        using StoredArray words = Read("00000C01 00000002 00000001 FFFFFFFE");
        CollectionAssert.AreEqual(new[] { 1, -2 }, words.Data.Values<int>().ToArray());
        using StoredArray floats = Read("00000D01 00000001 3F800000");
        Assert.AreEqual(1f, floats.Data.Values<float>()[0]);
        using StoredArray doubles = Read("00000E01 00000001 3FF0000000000000");
        Assert.AreEqual(1.0, doubles.Data.Values<double>()[0]);
    }

    [TestMethod]
    [DataRow("", "the header should take 4 bytes")]
    [DataRow("1F8B0000", "the compressed data is damaged")]
    [DataRow("504B0304", "this is no IDX file")]
    [DataRow("00000B01 00000001 0001", "16-bit integers fit no array")]
    [DataRow("00000800", "rank 0")]
    [DataRow("000008FF", "rank 255")]
    [DataRow("00000801 00000003 0102", "the values should take 3 bytes but the file holds 2 more")]
    [DataRow("00000801 00000001 0102", "more bytes follow")]
    [DataRow("00000803 FFFFFFFF FFFFFFFF FFFFFFFF", "exceed 64 bits")]
    [DataRow("00000801 FFFFFFFF 00", "holds 1 more")]
    public void DamageIsNamed(string hexadecimal, string problem)
    {
        var error = Assert.ThrowsExactly<FileFormatException>(() => Read(hexadecimal).Dispose());
        Assert.Contains(problem, error.Message);
    }

    [TestMethod]
    public void PackedFilesAreUnpackedWhateverTheirName()
    {
        using var folder = new TemporaryFolder();
        byte[] plain = Bytes("00000801 00000003 070809");
        File.WriteAllBytes(folder["plain"], plain);
        File.WriteAllBytes(folder["packed"], Pack(plain));
        foreach (string name in new[] { "plain", "packed" })
        {
            using StoredArray array = IdxFile.Load(folder[name]);
            CollectionAssert.AreEqual(new byte[] { 7, 8, 9 }, array.Data.Values<byte>().ToArray());
        }

        // Cut short, and with a wrong sum.
        byte[] packed = Pack(plain);
        File.WriteAllBytes(folder["short"], packed[..^12]);
        Assert.ThrowsExactly<FileFormatException>(() => IdxFile.Load(folder["short"]));
        packed[^6] ^= 1;
        File.WriteAllBytes(folder["sum"], packed);
        Assert.ThrowsExactly<FileFormatException>(() => IdxFile.Load(folder["sum"]));
        Assert.ThrowsExactly<FileAccessException>(() => IdxFile.Load(folder["absent"]));
    }

    internal static byte[] Pack(byte[] plain)
    {
        using var stream = new MemoryStream();
        using (var packer = new GZipStream(stream, CompressionLevel.Optimal))
        {
            packer.Write(plain);
        }

        return stream.ToArray();
    }

    private static byte[] Bytes(string hexadecimal) => Convert.FromHexString(hexadecimal.Replace(" ", ""));

    private static StoredArray Read(string hexadecimal) =>
        IdxFile.Read(new MemoryStream(Bytes(hexadecimal)), "test.idx", new StoragePool(Device.Cpu()));
}
