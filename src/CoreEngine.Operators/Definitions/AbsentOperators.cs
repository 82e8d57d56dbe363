using System.Collections.Frozen;

namespace CoreEngine.Operators;

/// <summary>The operators of MXNet 1.0.0 that make no sense here, and why: whoever asks for one is told.</summary>
public static class AbsentOperators
{
    private const string Images =
        "it crops and writes image files one by one into a batch, which MXNet itself gave up; call _cvimdecode and slice its "
        + "result";

    private const string Host =
        "its attributes are addresses of functions in the process that made the graph; register the operator and call it "
        + "with Custom";

    private const string Bookkeeping =
        "it is a node that MXNet puts into its own gradient graphs, and computes nothing";

    /// <summary>The reason for each name.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } =
        new Dictionary<string, string>
        {
            ["_CachedOp"] = "it is made of a symbol, not of attributes: see CachedOp",
            ["_CustomFunction"] = "it is recorded by calling a CustomFunction, not by name",
            ["_NDArray"] = Host,
            ["_Native"] = Host,
            ["_NoGradient"] = Bookkeeping,
            ["_broadcast_backward"] = Bookkeeping,
            ["_imdecode"] = Images,
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
