using CoreEngine.Files;

namespace CoreEngine.Onnx.Tests;

[TestClass]
public sealed class WireReaderTests
{
    [TestMethod]
    public void NumbersTextsAndMessagesAreRead()
    {
        byte[] bytes =
        [
            0x08,
            0x96,
            0x01,
            0x12,
            0x02,
            (byte)'h',
            (byte)'i',
            0x1A,
            0x02,
            0x08,
            0x01,
            0x25,
            0,
            0,
            0x80,
            0x3F,
        ];
        var reader = new WireReader(bytes, "test");
        Assert.IsTrue(reader.Next());
        Assert.AreEqual(1, reader.Field);
        Assert.AreEqual(150, reader.Int64());
        Assert.IsTrue(reader.Next());
        Assert.AreEqual("hi", reader.Text());
        Assert.IsTrue(reader.Next());
        WireReader inner = reader.Message();
        Assert.IsTrue(inner.Next());
        Assert.AreEqual(1, inner.Int64());
        Assert.IsFalse(inner.Next());
        Assert.IsTrue(reader.Next());
        Assert.AreEqual(1f, reader.Float());
        Assert.IsFalse(reader.Next());
    }

    [TestMethod]
    public void NegativeNumbersTakeTenBytes()
    {
        var reader = new WireReader(
            new byte[] { 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 },
            "test"
        );
        Assert.IsTrue(reader.Next());
        Assert.AreEqual(-1, reader.Int64());
    }

    [TestMethod]
    public void PackedAndSingleNumbersAreOneList()
    {
        var reader = new WireReader(new byte[] { 0x0A, 0x03, 0x01, 0x02, 0x03, 0x08, 0x04 }, "test");
        var values = new List<long>();
        while (reader.Next())
        {
            reader.AddIntegers(values);
        }

        CollectionAssert.AreEqual(new long[] { 1, 2, 3, 4 }, values);
    }

    [TestMethod]
    [DataRow(new byte[] { 0x08 }, DisplayName = "a number is cut off")]
    [DataRow(new byte[] { 0x08, 0xFF }, DisplayName = "a number ends within")]
    [DataRow(new byte[] { 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, DisplayName = "eleven bytes")]
    [DataRow(new byte[] { 0x12, 0x05, 0x00 }, DisplayName = "a text longer than the bytes")]
    [DataRow(new byte[] { 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, DisplayName = "a text of 4 GB")]
    [DataRow(new byte[] { 0x0D, 0x00 }, DisplayName = "a float is cut off")]
    [DataRow(new byte[] { 0x0B }, DisplayName = "a group")]
    [DataRow(new byte[] { 0x00, 0x00 }, DisplayName = "field 0")]
    public void DamagedBytesAreAnErrorWithTheirPlace(byte[] bytes)
    {
        FileFormatException error = Assert.ThrowsExactly<FileFormatException>(() =>
        {
            var reader = new WireReader(bytes, "test");
            while (reader.Next())
            {
                reader.Skip();
            }
        });
        Assert.AreEqual("test", error.File);
        Assert.IsGreaterThanOrEqualTo(0, error.Offset);
    }

    [TestMethod]
    public void MessagesNestToALimitedDepth()
    {
        // Each message holds the rest of the bytes as its one field.
        byte[] bytes = [];
        for (int i = 0; i < 120; i++)
        {
            bytes = [0x0A, .. Varint(bytes.Length), .. bytes];
        }

        Assert.ThrowsExactly<FileFormatException>(() => Descend(new WireReader(bytes, "test")));
    }

    private static void Descend(WireReader reader)
    {
        while (reader.Next())
        {
            Descend(reader.Message());
        }
    }

    private static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), (byte)(value >> 7)];
}
