using System.Text.Json;
using CoreEngine.Data;

namespace CoreEngine.Conformance;

/// <summary>The recorded batches of iterators, and files of records, read and written by the engine.</summary>
internal static class DataCases
{
    private const string Iterators = "(iterators)";
    private const string Records = "(records)";
    private const string ListFile = "recordio/expected.json";

    private static readonly string[] s_iteratorFiles = ["iterators/csv.json", "iterators/libsvm.json"];

    /// <summary>The cases, and what checks each.</summary>
    internal static IEnumerable<(string Group, string Id, Func<Comparison> Check)> In(GoldenFolder folder)
    {
        foreach (string file in s_iteratorFiles.Where(folder.Exists))
        {
            List<IteratorRecording> recorded = folder.ReadJson(file, ConformanceJson.Default.ListIteratorRecording);
            for (int i = 0; i < recorded.Count; i++)
            {
                IteratorRecording one = recorded[i];
                if (!one.FailsInOriginal)
                    yield return (Iterators, $"{Iterators}/{i} {one.Iter}", () => Check(folder, one));
            }
        }

        if (!folder.Exists(ListFile))
            yield break;
        RecordsFile records = folder.ReadJson(ListFile, ConformanceJson.Default.RecordsFile);
        yield return (Records, $"{Records}/plain.rec", () => Check(folder, "recordio/plain.rec", records.Plain));
        yield return (Records, $"{Records}/packed.rec", () => Check(folder, "recordio/packed.rec", records.Packed));
    }

    private static Comparison Check(GoldenFolder folder, IteratorRecording recorded)
    {
        string scratch = Directory.CreateTempSubdirectory("coreengine-").FullName;
        try
        {
            using DataIterator iterator = DataIterators.Create(recorded.Iter, Parameters(folder, recorded, scratch));
            for (int epoch = 0; epoch < recorded.Epochs.Count; epoch++)
            {
                foreach ((int number, RecordedBatch expected) in recorded.Epochs[epoch].Index())
                {
                    string what = $"epoch {epoch}, batch {number}";
                    if (!iterator.Next())
                        return new(0, $"{what} is missing");
                    // Without wrapping, the original leaves old values behind the last examples.
                    bool wraps =
                        !recorded.Params.TryGetValue("round_batch", out JsonElement round) || round.GetBoolean();
                    Comparison compared = Compare(what, expected, iterator.Current, wraps);
                    if (compared.Mismatch is not null)
                        return compared;
                }

                if (iterator.Next())
                    return new(0, $"epoch {epoch} has more batches than were recorded");
                iterator.Reset();
            }

            return new(0, null);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static Dictionary<string, string> Parameters(
        GoldenFolder folder,
        IteratorRecording recorded,
        string scratch
    )
    {
        var parameters = new Dictionary<string, string>();
        foreach ((string key, JsonElement value) in recorded.Params)
        {
            if (value.ValueKind == JsonValueKind.Null)
                continue;
            string text = value.ToString();
            if (folder.Exists("iterators/" + text))
            {
                string path = Path.Combine(scratch, text);
                File.WriteAllBytes(path, folder.ReadBytes("iterators/" + text));
                text = path;
            }

            parameters.Add(key, text);
        }

        return parameters;
    }

    private static Comparison Compare(string what, RecordedBatch expected, DataBatch actual, bool wraps)
    {
        if (actual.Pad != expected.Pad)
            return new(0, $"{what} has pad {actual.Pad}, {expected.Pad} was recorded");
        int fresh = actual.Index.Length - (wraps ? 0 : actual.Pad);
        // Of sparse batches, the original only tells the last example's number, in the first place.
        bool tellsLast = expected.Data[0].IsSparse;
        for (int i = 0; i < (tellsLast ? 1 : fresh); i++)
        {
            ulong number = tellsLast ? actual.Index[^1] : actual.Index[i];
            if (number != (ulong)expected.Index[i])
                return new(0, $"{what} has the numbers {string.Join(",", actual.Index)}");
        }

        Comparison data = Compare($"data of {what}", expected.Data[0], actual.Data, fresh);
        return data.Mismatch is null ? Compare($"label of {what}", expected.Label[0], actual.Label, fresh) : data;
    }

    private static Comparison Compare(string what, GoldenArray expected, NDArray actual, int fresh)
    {
        DenseArray values = expected.ToDense();
        if (actual.Shape != values.Shape || actual.DType != values.Dtype || actual.StorageType != values.Storage)
            return new(0, $"{what} is {actual}, not of shape {values.Shape} and {values.Storage}");
        using NDArray dense = actual.ToDense();
        ReadOnlySpan<float> numbers = dense.AsSpan<float>();
        long count = numbers.Length / actual.Shape[0] * fresh;
        double largest = 0;
        for (int i = 0; i < count; i++)
        {
            double error = Math.Abs(numbers[i] - values[i]) / Math.Max(Math.Abs(values[i]), 1e-6);
            largest = Math.Max(largest, error);
            if (error > 1e-6)
                return new(largest, $"{what}[{i}] is {numbers[i]:G9}, {values[i]:G9} was recorded");
        }

        return new(largest, null);
    }

    private static Comparison Check(GoldenFolder folder, string file, List<byte[]> expected)
    {
        byte[] bytes = folder.ReadBytes(file);
        using var reader = new RecordReader(new MemoryStream(bytes), file);
        foreach ((int number, byte[] record) in expected.Index())
        {
            if (!reader.TryRead(out ReadOnlySpan<byte> actual))
                return new(0, $"record {number} is missing");
            if (!actual.SequenceEqual(record))
                return new(0, $"record {number} has other bytes");
        }

        if (reader.TryRead(out _))
            return new(0, "there are more records than were recorded");
        using var written = new MemoryStream();
        using var writer = new RecordWriter(written, file);
        expected.ForEach(record => writer.Write(record));
        return new(0, written.ToArray().AsSpan().SequenceEqual(bytes) ? null : "written again, the bytes differ");
    }
}
