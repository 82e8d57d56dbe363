using System.Text.Json;

namespace CoreEngine.Conformance;

/// <summary>Calls of one key-value store (an entry of <c>kvstore.json</c>).</summary>
/// <param name="Type">The store's type.</param>
/// <param name="Log">The calls, in their order.</param>
/// <param name="Optimizer">The optimizer that the calls set; null when they set none.</param>
/// <param name="Storage">How the values are stored; null when densely.</param>
public sealed record StoreRecording(
    string Type,
    IReadOnlyList<StoreStep> Log,
    string? Optimizer = null,
    string? Storage = null
);

/// <summary>One call.</summary>
/// <param name="Do">init, push, pull, row_sparse_pull, set_updater or set_optimizer.</param>
/// <param name="Key">A key, which is a text or a number, or a list of them.</param>
/// <param name="Value">What init gives: an array, or one for each key.</param>
/// <param name="Values">What push gives: arrays, or a list of them for each key.</param>
/// <param name="RowIds">The rows to pull.</param>
/// <param name="Expect">What was pulled.</param>
/// <param name="Rule">What the updater does.</param>
/// <param name="Name">The optimizer.</param>
/// <param name="Params">Its hyperparameters.</param>
public sealed record StoreStep(
    string Do,
    JsonElement Key,
    JsonElement Value,
    JsonElement Values,
    IReadOnlyList<long>? RowIds,
    GoldenArray? Expect,
    string? Rule,
    string? Name,
    IReadOnlyDictionary<string, JsonElement>? Params
);

/// <summary>Compressed pushes to one store (an entry of <c>gradient_compression.json</c>).</summary>
/// <param name="Type">The kind of compression.</param>
/// <param name="Threshold">Its threshold.</param>
/// <param name="Workers">How many gradients each push adds up.</param>
/// <param name="Updater">What the updater does; null without one.</param>
/// <param name="Shape">The shape of the one value, which starts as zeros.</param>
/// <param name="Steps">The pushes, each with what was pulled after it.</param>
public sealed record CompressionRecording(
    string Type,
    double Threshold,
    int Workers,
    string? Updater,
    long[] Shape,
    IReadOnlyList<CompressionStep> Steps
);

/// <summary>One push of gradients, and the value pulled after it.</summary>
public sealed record CompressionStep(IReadOnlyList<GoldenArray> Push, GoldenArray Pulled);
