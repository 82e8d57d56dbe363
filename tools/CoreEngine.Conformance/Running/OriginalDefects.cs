namespace CoreEngine.Conformance;

/// <summary>
/// Recorded results that are plainly wrong in the original: an engine that agrees with them passes, one that computes the
/// sane result is reported as skipped, with the reason. Every entry needs one that the recorded numbers prove.
/// </summary>
public static class OriginalDefects
{
    private const string SharedGradient =
        "the original gives both gradients one array, so what was added to the first stands in the second as well";

    private const string ScaledBefore =
        "the original divides the gradient that was there before by the number of elements, together with the new one";

    private const string Overwritten = "the original overwrites the gradient where it was asked to add to it";

    private static readonly Dictionary<string, string> s_reasons = new()
    {
        ["elemwise_add/3"] = SharedGradient,
        ["mean/2"] = ScaledBefore,
        ["mean/6"] = ScaledBefore,
        ["mean/9"] = ScaledBefore,
        ["mean/12"] = ScaledBefore,
        ["clip/4"] = Overwritten,
    };

    /// <summary>The cases.</summary>
    public static IReadOnlyCollection<string> Ids => s_reasons.Keys;

    /// <summary>Why a recorded result is wrong; null when it is not known to be.</summary>
    public static string? Reason(string id) => s_reasons.GetValueOrDefault(id);
}
