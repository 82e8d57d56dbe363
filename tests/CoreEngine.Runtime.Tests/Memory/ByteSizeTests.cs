using CoreEngine.Runtime;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed class ByteSizeTests
{
    [TestMethod]
    [DataRow("0", 0L)]
    [DataRow("1073741824", 1L << 30)]
    [DataRow("8G", 8L << 30)]
    [DataRow(" 512 m ", 512L << 20)]
    [DataRow("1.5GiB", 3L << 29)]
    [DataRow("2kb", 2048L)]
    [DataRow("1T", 1L << 40)]
    [DataRow("100B", 100L)]
    public void ReadsSizes(string text, long expected)
    {
        Assert.IsTrue(ByteSize.TryParse(text, out long bytes));
        Assert.AreEqual(expected, bytes);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("G")]
    [DataRow("-1G")]
    [DataRow("8X")]
    [DataRow("eight")]
    [DataRow("9000000000G")]
    [DataRow("1e3")]
    [DataRow("0x10")]
    public void RefusesWhatIsNoSize(string text) => Assert.IsFalse(ByteSize.TryParse(text, out _));

    [TestMethod]
    [DataRow(0L, "0 B")]
    [DataRow(1023L, "1023 B")]
    [DataRow(1536L, "1.5 KiB")]
    [DataRow(5L << 30, "5 GiB")]
    public void WritesSizes(long bytes, string expected) => Assert.AreEqual(expected, ByteSize.Format(bytes));

    [TestMethod]
    public void SettingsComeFromTheEnvironmentsText()
    {
        Assert.AreEqual(new StorageSettings(null, false), StorageSettings.Read(null, null));
        Assert.AreEqual(new StorageSettings(8L << 30, true), StorageSettings.Read("8G", "1"));
        Assert.AreEqual(new StorageSettings(null, false), StorageSettings.Read(" ", "0"));
    }

    [TestMethod]
    [DataRow("0", null, "COREENGINE_MEMORY_LIMIT is '0'")]
    [DataRow("lots", null, "COREENGINE_MEMORY_LIMIT is 'lots'")]
    [DataRow("-8G", null, "COREENGINE_MEMORY_LIMIT is '-8G'")]
    [DataRow(null, "yes", "COREENGINE_MEMORY_DEBUG is 'yes'")]
    public void BadSettingsAreNamed(string? limit, string? debug, string message)
    {
        var error = Assert.ThrowsExactly<EngineSettingsException>(() => StorageSettings.Read(limit, debug));
        Assert.Contains(message, error.Message);
    }
}
