using System.Text;
using System.Text.Json;

namespace CoreEngine.Fuzz.Tests;

[TestClass]
public sealed class MutationTests
{
    [TestMethod]
    public void TokensMakeUpTheText()
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"a\"b": [-1.5e3, "x", true],  'c' : ({}) """);
        ReadOnlyMemory<byte>[] tokens = TextMutation.Split(text);
        CollectionAssert.AreEqual(text, tokens.SelectMany(token => token.ToArray()).ToArray());
        string[] expected = ["{", "\"a\\\"b\"", ":", " ", "[", "-1.5e3", ","];
        CollectionAssert.AreEqual(expected, tokens.Take(7).Select(t => Encoding.UTF8.GetString(t.Span)).ToArray());
    }

    [TestMethod]
    public void DamagedJsonIsOftenJson()
    {
        byte[] text =
            """{"nodes":[{"op":"null","inputs":[]},{"op":"dot","inputs":[[0,0,0],[1,0,0]]}],"heads":[1]}"""u8.ToArray();
        ReadOnlyMemory<byte>[] tokens = TextMutation.Split(text);
        var mutation = new TextMutation("\"op\"");
        int valid = 0;
        int changed = 0;
        for (int i = 0; i < 1_000; i++)
        {
            byte[] damaged = mutation.Apply(tokens, new Random(i));
            changed += damaged.SequenceEqual(text) ? 0 : 1;
            try
            {
                using JsonDocument parsed = JsonDocument.Parse(damaged, new JsonDocumentOptions { MaxDepth = 200_000 });
                valid++;
            }
            catch (JsonException) { }
        }

        Assert.IsGreaterThan(950, changed);
        Assert.IsGreaterThan(200, valid);
        Assert.IsLessThan(900, valid);
    }

    [TestMethod]
    public void PartsAreCountedAfterTheyChanged()
    {
        // A count, its parts of two bytes, and a list of the same length with its count behind it.
        byte[] file = [3, 1, 1, 2, 2, 3, 3, 10, 20, 30, 3];
        var map = new FieldMap();
        map.Lists.Add(new RepeatedParts(new NumberField(0, 1), [(1, 3), (3, 5), (5, 7)]));
        map.Lists.Add(new RepeatedParts(new NumberField(10, 1), [(7, 8), (8, 9), (9, 10)]));
        int right = 0;
        for (int i = 0; i < 100; i++)
        {
            byte[] changed = map.ChangeParts(file, new Random(i));
            int count = changed[0];
            bool isRight =
                changed.Length == 2 + (3 * count)
                && changed[^1] == count
                && Enumerable.Range(0, count).All(k => changed[1 + (2 * k)] * 10 == changed[1 + (2 * count) + k]);
            right += isRight ? 1 : 0;
        }

        Assert.IsGreaterThan(60, right);
        Assert.IsLessThan(95, right);
    }

    [TestMethod]
    [DataRow(1, false, -2L)]
    [DataRow(2, false, -2L)]
    [DataRow(2, true, 258L)]
    [DataRow(4, false, int.MinValue)]
    [DataRow(4, true, -77_777)]
    [DataRow(8, false, long.MinValue)]
    [DataRow(8, true, 1L << 50)]
    public void NumbersComeBack(int width, bool isBigEndian, long value)
    {
        byte[] bytes = new byte[10];
        var field = new NumberField(1, width, isBigEndian);
        FieldMap.Set(bytes, field, value);
        long mask = width < 4 ? (1L << (8 * width)) - 1 : -1;
        Assert.AreEqual(value & mask, FieldMap.Get(bytes, field));
        Assert.AreEqual(0, bytes[0]);
        Assert.AreEqual(0, bytes[9]);
    }
}
