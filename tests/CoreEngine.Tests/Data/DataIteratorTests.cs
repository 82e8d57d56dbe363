using System.Globalization;
using CoreEngine.Data;

namespace CoreEngine.Tests.Data;

[TestClass]
public sealed class DataIteratorTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coreengine-").FullName;

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(4)]
    public void EpochsGoOnWhereTheLastBatchWrapped(int prefetch)
    {
        using DataIterator iterator = Csv(Lines(5), 2, "True", prefetch);
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 3, 4, 0 }, Rest(iterator));
        iterator.Reset();
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, Rest(iterator));
        iterator.Reset();
        Assert.IsTrue(iterator.Next());
        iterator.Reset();
        // Given up before its end: the next epoch starts at the beginning.
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 3, 4, 0 }, Rest(iterator));
    }

    [TestMethod]
    public void WithoutWrappingThePadIsZero()
    {
        using DataIterator iterator = Csv(Lines(3), 2, "False", 2);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            CollectionAssert.AreEqual(new float[] { 0, 1, 2, 0 }, Rest(iterator));
            iterator.Reset();
        }
    }

    [TestMethod]
    public void EveryLineBelongsToExactlyOnePart()
    {
        string path = Write("all.libsvm", string.Concat(Enumerable.Range(0, 23).Select(i => $"{i * i} {i % 7}:{i}\n")));
        for (int parts = 1; parts <= 9; parts++)
        {
            var labels = new List<float>();
            for (int part = 0; part < parts; part++)
            {
                using DataIterator iterator = DataIterators.Create(
                    "LibSVMIter",
                    new Dictionary<string, string>
                    {
                        ["data_libsvm"] = path,
                        ["data_shape"] = "(7,)",
                        ["batch_size"] = "1",
                        ["num_parts"] = parts.ToString(CultureInfo.InvariantCulture),
                        ["part_index"] = part.ToString(CultureInfo.InvariantCulture),
                    }
                );
                while (iterator.Next())
                {
                    labels.Add(iterator.Current.Label.ToScalar<float>());
                }
            }

            CollectionAssert.AreEqual(Enumerable.Range(0, 23).Select(i => (float)(i * i)).ToArray(), labels);
        }
    }

    [TestMethod]
    [DataRow("1\n2\nx\n", "line 3, number 1")]
    [DataRow("1\n2,3\n", "line 2 has 2 numbers")]
    public void WrongLinesAreNamedAfterTheBatchesBeforeThem(string text, string problem)
    {
        using DataIterator iterator = Csv(text, 1, "True", 4);
        Assert.IsTrue(iterator.Next());
        EngineException error = Assert.Throws<EngineException>(() =>
        {
            while (iterator.Next()) { }
        });
        Assert.Contains(problem, error.Message);
        iterator.Reset();
        Assert.IsTrue(iterator.Next());
        Assert.AreEqual(1, iterator.Current.Data.ToScalar<float>());
    }

    [TestMethod]
    [DataRow("0 7:1", "feature 7 does not exist")]
    [DataRow("0 1:1 1:2", "two values")]
    [DataRow("0 a:1", "no whole number")]
    [DataRow("z 0:1", "the label is no number")]
    public void WrongFeaturesAreNamed(string line, string problem)
    {
        string path = Write("wrong.libsvm", line + "\n");
        using DataIterator iterator = DataIterators.Create(
            "LibSVMIter",
            new Dictionary<string, string>
            {
                ["data_libsvm"] = path,
                ["data_shape"] = "(7,)",
                ["batch_size"] = "1",
            }
        );
        Assert.Contains(problem, Assert.Throws<EngineException>(() => iterator.Next()).Message);
    }

    [TestMethod]
    public void AnArrayThatWasDetachedOutlivesItsBatch()
    {
        using DataIterator iterator = Csv(Lines(4), 2, "True", 1);
        Assert.IsTrue(iterator.Next());
        using NDArray kept = iterator.Current.Data.Detach();
        Assert.IsTrue(iterator.Next());
        Assert.IsFalse(iterator.Next());
        CollectionAssert.AreEqual(new float[] { 0, 1 }, kept.ToArray<float>());
    }

    [TestMethod]
    public void ParametersAreCheckedBeforeAnythingIsRead()
    {
        string message = Assert
            .Throws<EngineException>(() =>
                DataIterators.Create("CSVIter", new Dictionary<string, string> { ["data_csv"] = "no such file" })
            )
            .Message;
        Assert.Contains("data_shape", message);
        Assert.Contains(
            "CSVIter",
            Assert.Throws<EngineException>(() => DataIterators.Create("x", new Dictionary<string, string>())).Message
        );
    }

    private DataIterator Csv(string text, int batch, string round, int prefetch) =>
        DataIterators.Create(
            "CSVIter",
            new Dictionary<string, string>
            {
                ["data_csv"] = Write("data.csv", text),
                ["data_shape"] = "(1,)",
                ["batch_size"] = batch.ToString(CultureInfo.InvariantCulture),
                ["round_batch"] = round,
                ["prefetch_buffer"] = prefetch.ToString(CultureInfo.InvariantCulture),
            }
        );

    private static float[] Rest(DataIterator iterator)
    {
        var values = new List<float>();
        while (iterator.Next())
        {
            values.AddRange(iterator.Current.Data.ToArray<float>());
        }

        return [.. values];
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{i}\n"));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
