using System.Runtime.InteropServices;
using System.Text.Json;

namespace CoreEngine.Conformance;

/// <summary>
/// What the original's stores do wrong in the recordings. After a push of several arrays without an updater the stored value
/// and the buffer in which pushes are added up are one array there: an updater that is set later finds the sum where the
/// stored value should be, and what was stored is lost.
/// </summary>
internal static class StoreDefects
{
    /// <summary>The calls with what should have been pulled after the updater <c>stored += 2 * received</c> was set.</summary>
    internal static IReadOnlyList<StoreStep> Correct(StoreRecording recorded)
    {
        var stored = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var steps = new List<StoreStep>();
        bool hasUpdater = false;
        foreach (StoreStep step in recorded.Log)
        {
            steps.Add(step);
            if (step.Do == "set_updater")
            {
                hasUpdater = true;
            }
            else if (step.Key.ValueKind == JsonValueKind.String)
            {
                string key = step.Key.GetString()!;
                if (step.Do == "push")
                    stored[key] = Combine(hasUpdater ? stored[key] : null, Sum(step.Values));
                else if (step.Do == "pull" && hasUpdater)
                    steps[^1] = step with { Expect = Replace(step.Expect!, stored[key]) };
            }
        }

        return steps;
    }

    private static double[] Combine(double[]? stored, double[] received) =>
        stored is null ? received : [.. stored.Zip(received, (s, r) => s + (2 * r))];

    private static double[] Sum(JsonElement arrays)
    {
        DenseArray[] parts =
        [
            .. arrays
                .EnumerateArray()
                .Select(array => array.Deserialize(ConformanceJson.Default.GoldenArray)!.ToDense()),
        ];
        return [.. Enumerable.Range(0, parts[0].Length).Select(i => parts.Sum(part => part[i]))];
    }

    private static GoldenArray Replace(GoldenArray array, double[] values) =>
        array with
        {
            Data = MemoryMarshal.AsBytes<float>(Array.ConvertAll(values, value => (float)value)).ToArray(),
        };
}
