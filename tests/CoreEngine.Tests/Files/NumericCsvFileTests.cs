using System.Text;
using CoreEngine.Files;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class NumericCsvFileTests
{
    [TestMethod]
    [DataRow("1,2.5,-3e2\n4,5,6\n")]
    [DataRow("1,2.5,-3e2\r\n4,5,6")]
    [DataRow("\n1 , 2.5,\t-3e2\n\n4,5,6\n\n")]
    public void ReadsTables(string text)
    {
        NumericTable table = Read(text);
        Assert.AreEqual(2, table.Rows);
        Assert.AreEqual(3, table.Columns);
        CollectionAssert.AreEqual(new[] { 1, 2.5f, -300, 4, 5, 6 }, table.Values);
        CollectionAssert.AreEqual(new[] { 4f, 5, 6 }, table.Row(1).ToArray());
    }

    [TestMethod]
    public void ReadsTablesLongerThanAnyBuffer()
    {
        string row = string.Join(',', Enumerable.Range(0, 64));
        NumericTable table = Read(string.Concat(Enumerable.Repeat(row + "\n", 5000)));
        Assert.AreEqual(5000, table.Rows);
        for (int i = 0; i < table.Values.Length; i++)
        {
            Assert.AreEqual(i % 64, table.Values[i]);
        }
    }

    [TestMethod]
    [DataRow("", "the table is empty")]
    [DataRow("\n \n", "the table is empty")]
    [DataRow("1,2\n3\n", "row 2 has 1 numbers, the first row has 2")]
    [DataRow("1,2\n3,4,5\n", "row 2 has 3 numbers")]
    [DataRow("1,,2\n", "'' in row 1 is no finite number")]
    [DataRow("1,\n", "'' in row 1 is no finite number")]
    [DataRow("a,b\n1,2\n", "'a' in row 1 is no finite number")]
    [DataRow("1,NaN\n", "'NaN' in row 1 is no finite number")]
    [DataRow("1,1e99\n", "'1e99' in row 1 is no finite number")]
    public void DamageIsNamed(string text, string problem)
    {
        var error = Assert.ThrowsExactly<FileFormatException>(() => Read(text));
        Assert.Contains(problem, error.Message);
    }

    [TestMethod]
    public void ANumberWithoutEndIsRefusedEarly()
    {
        var error = Assert.ThrowsExactly<FileFormatException>(() => Read(new string('1', 1_000_000)));
        Assert.Contains("no number ends within", error.Message);
    }

    [TestMethod]
    public void PackedTablesAreUnpacked()
    {
        byte[] packed = IdxFileTests.Pack("1,2\n"u8.ToArray());
        NumericTable table = NumericCsvFile.Read(new MemoryStream(packed), "test.csv.gz");
        CollectionAssert.AreEqual(new[] { 1f, 2 }, table.Values);
        Assert.ThrowsExactly<FileAccessException>(() => NumericCsvFile.Load("absent.csv.gz"));
    }

    private static NumericTable Read(string text) =>
        NumericCsvFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "test.csv");
}
