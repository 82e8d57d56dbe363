using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoreEngine.Budgets;

/// <summary>The committed file of budgets: managed bytes that one call may allocate, by the benchmark's description.</summary>
internal static class BudgetFile
{
    /// <exception cref="JsonException">The file is no object of whole numbers.</exception>
    public static Dictionary<string, long> Read(string file) =>
        JsonSerializer.Deserialize(File.ReadAllText(file), BudgetJson.Default.DictionaryStringInt64)!;

    /// <summary>Writes budgets, in the order given.</summary>
    public static void Write(string file, Dictionary<string, long> budgets) =>
        File.WriteAllText(
            file,
            JsonSerializer.Serialize(budgets, new BudgetJson(s_readable).DictionaryStringInt64) + "\n"
        );

    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        // A plus sign stays one.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is wrong with measured numbers, one line each: over budget, or without one.</summary>
    /// <param name="measured">Bytes of one call.</param>
    /// <param name="budgets">What they may be.</param>
    public static IReadOnlyList<string> Check(
        IReadOnlyDictionary<string, long> measured,
        IReadOnlyDictionary<string, long> budgets
    ) =>
        [
            .. measured
                .Where(call => !budgets.TryGetValue(call.Key, out long budget) || call.Value > budget)
                .Select(call =>
                    budgets.TryGetValue(call.Key, out long budget)
                        ? $"{call.Key}: {call.Value} bytes a call, the budget is {budget}"
                        : $"{call.Key}: {call.Value} bytes a call, and there is no budget for it"
                ),
        ];
}

/// <summary>The file's layout.</summary>
[JsonSerializable(typeof(Dictionary<string, long>))]
internal sealed partial class BudgetJson : JsonSerializerContext;
