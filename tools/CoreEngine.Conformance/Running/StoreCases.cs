using System.Globalization;
using System.Text;
using System.Text.Json;
using CoreEngine.KVStore;
using CoreEngine.Operators;
using CoreEngine.Optimizers;

namespace CoreEngine.Conformance;

/// <summary>The recorded calls of key-value stores, with and without compression, repeated on the engine's.</summary>
internal static class StoreCases
{
    internal const string File = "kvstore.json";
    internal const string CompressionFile = "gradient_compression.json";

    private const string Group = "(key-value stores)";

    /// <summary>The recorded updaters by what they do.</summary>
    private static readonly Dictionary<string, StoreUpdater> s_updaters = new()
    {
        ["stored += 2 * received"] = (_, received, stored) => Add(stored, 2 * received),
        ["stored += received"] = (_, received, stored) => Add(stored, received),
    };

    /// <summary>The cases, and what checks each.</summary>
    internal static IEnumerable<(string Group, string Id, Func<Comparison> Check)> In(GoldenFolder folder)
    {
        if (folder.Exists(File))
        {
            List<StoreRecording> recorded = folder.ReadJson(File, ConformanceJson.Default.ListStoreRecording);
            for (int i = 0; i < recorded.Count; i++)
            {
                StoreRecording one = recorded[i];
                string what = one.Optimizer ?? one.Storage ?? "sums";
                yield return (Group, $"{Group}/{i} {one.Type} {what}", () => Check(one));
            }
        }

        if (folder.Exists(CompressionFile))
        {
            List<CompressionRecording> recorded = folder.ReadJson(
                CompressionFile,
                ConformanceJson.Default.ListCompressionRecording
            );
            for (int i = 0; i < recorded.Count; i++)
            {
                CompressionRecording one = recorded[i];
                yield return (Group, $"{Group}/{i} {one.Type} {one.Workers} workers", () => Check(one));
            }
        }
    }

    private static Comparison Check(StoreRecording recorded)
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create(recorded.Type);
        double largest = 0;
        IReadOnlyList<StoreStep> steps = recorded.Optimizer is null ? StoreDefects.Correct(recorded) : recorded.Log;
        for (int i = 0; i < steps.Count; i++)
        {
            StoreStep step = steps[i];
            if (step.Expect is null)
            {
                Run(store, step);
                continue;
            }

            Comparison pulled = Pull(store, step, $"what call {i} pulled");
            largest = Math.Max(largest, pulled.LargestError);
            if (pulled.Mismatch is not null)
                return new(largest, pulled.Mismatch);
        }

        return new(largest, null);
    }

    private static Comparison Check(CompressionRecording recorded)
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create("device");
        store.SetGradientCompression(
            GradientCompression.Parse(
                new Dictionary<string, string>
                {
                    ["type"] = recorded.Type,
                    ["threshold"] = recorded.Threshold.ToString(CultureInfo.InvariantCulture),
                }
            )
        );
        if (recorded.Updater is { } rule)
            store.SetUpdater(UpdaterOf(rule));
        var shape = new Shape(recorded.Shape);
        store.Initialize(0, NDArray.Zeros(shape));
        for (int i = 0; i < recorded.Steps.Count; i++)
        {
            CompressionStep step = recorded.Steps[i];
            store.Push(0, [.. step.Push.Select(ArrayConversion.ToArray)]);
            NDArray pulled = NDArray.Zeros(shape);
            store.Pull(0, pulled);
            Comparison comparison = Compare($"what was pulled after push {i + 1}", step.Pulled, pulled);
            if (comparison.Mismatch is not null)
                return comparison;
        }

        return default;
    }

    private static void Run(KeyValueStore store, StoreStep step)
    {
        switch (step.Do)
        {
            case "init":
                store.Initialize(Keys(step.Key), Arrays(step.Value));
                break;
            case "push" when step.Key.ValueKind == JsonValueKind.Array:
                foreach ((StoreKey key, JsonElement values) in Keys(step.Key).Zip(step.Values.EnumerateArray()))
                {
                    store.Push(key, Arrays(values));
                }

                break;
            case "push":
                store.Push(Keys(step.Key)[0], Arrays(step.Values));
                break;
            case "set_updater":
                store.SetUpdater(UpdaterOf(step.Rule ?? ""));
                break;
            case "set_optimizer":
                store.SetOptimizer(Optimizer.FromJson(Description(step)));
                break;
            default:
                throw new GoldenDataException($"The recorded call '{step.Do}' of a key-value store is not known.");
        }
    }

    private static Comparison Pull(KeyValueStore store, StoreStep step, string what)
    {
        GoldenArray expected = step.Expect!;
        StoreKey key = Keys(step.Key)[0];
        NDArray target = NDArray.Zeros(expected.Storage, new Shape(expected.Shape!), expected.Dtype);
        if (step.RowIds is { } rows)
            store.PullRows(key, target, NDArray.From(rows.ToArray()));
        else
            store.Pull(key, target);
        return Compare(what, expected, target);
    }

    private static Comparison Compare(string what, GoldenArray expected, NDArray actual) =>
        Comparison.Of(what, expected.ToDense(), ArrayConversion.ToDense(actual), Tolerance.For(expected.Dtype));

    private static void Add(NDArray stored, NDArray value) =>
        Imperative.Invoke("elemwise_add", [stored, value], null, [stored]);

    private static StoreUpdater UpdaterOf(string rule) =>
        s_updaters.TryGetValue(rule, out StoreUpdater? updater)
            ? updater
            : throw new GoldenDataException($"The recorded updater '{rule}' is not known.");

    private static StoreKey[] Keys(JsonElement keys) =>
        keys.ValueKind switch
        {
            JsonValueKind.Array => [.. keys.EnumerateArray().SelectMany(Keys)],
            JsonValueKind.Number => [keys.GetInt32()],
            _ => [keys.GetString()!],
        };

    private static NDArray[] Arrays(JsonElement arrays) =>
        arrays.ValueKind == JsonValueKind.Array
            ? [.. arrays.EnumerateArray().SelectMany(Arrays)]
            : [ArrayConversion.ToArray(arrays.Deserialize(ConformanceJson.Default.GoldenArray)!)];

    /// <summary>The recorded hyperparameters have the names that descriptions use.</summary>
    private static string Description(StoreStep step)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("optimizer", step.Name);
            foreach ((string name, JsonElement value) in step.Params!)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
