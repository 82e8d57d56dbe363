using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Which calls the backward pass computes once more instead of keeping their results: less memory for more time (Chen,
/// Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016). MXNet calls it mirroring.
/// </summary>
public static class Mirroring
{
    /// <summary>A call with this annotation set to True or 1 is always computed again.</summary>
    public const string ForceKey = "__force_mirroring__";

    /// <summary>A call with this annotation set to True or 1 is the end of a stage: its result is kept.</summary>
    public const string StageKey = "__mirror_stage__";

    // Products of matrices and their like take most of the time; what joins arrays would keep its inputs instead.
    private static readonly HashSet<string> s_expensive = new(StringComparer.Ordinal)
    {
        "Convolution",
        "Convolution_v1",
        "Deconvolution",
        "FullyConnected",
        "dot",
        "batch_dot",
        "_linalg_gemm",
        "_linalg_gemm2",
        "Correlation",
        "RNN",
        "Concat",
        "SoftmaxOutput",
    };

    // What these write into an input is the same each time.
    private static readonly HashSet<string> s_settles = new(StringComparer.Ordinal) { "BatchNorm", "BatchNorm_v1" };

    /// <summary>The calls that are annotated for it.</summary>
    public static bool IsForced(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return CanRepeat(node) && IsSet(node, ForceKey);
    }

    /// <summary>
    /// The calls that are annotated for it, and all others that are cheap: everything but matrix products,
    /// convolutions, recurrent layers, joins and losses, and but ends of stages.
    /// </summary>
    public static bool IsCheap(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return CanRepeat(node)
            && (IsSet(node, ForceKey) || (!IsSet(node, StageKey) && !s_expensive.Contains(node.Operator!.Name)));
    }

    /// <summary>Random numbers would come out differently; a state that is changed holds something else by then.</summary>
    private static bool CanRepeat(Node node) =>
        node.Operator is { } op && !op.IsRandom && (op.MutableInputs.Length == 0 || s_settles.Contains(op.Name));

    private static bool IsSet(Node node, string key) =>
        node.Annotations.TryGetValue(key, out string? text)
        && (text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase));
}
