namespace CoreEngine;

/// <summary>The keys of attributes that mean something to the engine whatever the operator: they are kept as <c>__key__</c>.</summary>
internal static class AttributeKeys
{
    internal const string Shape = "__shape__";
    internal const string DType = "__dtype__";
    internal const string StorageType = "__storage_type__";
    internal const string Initializer = "__init__";
    internal const string LearningRateMultiplier = "__lr_mult__";
    internal const string WeightDecayMultiplier = "__wd_mult__";

    /// <summary>The keys that may be written without underscores.</summary>
    internal static ReadOnlySpan<string> Hidden => s_hidden;

    private static readonly string[] s_hidden = ["ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage"];

    /// <summary>True for keys of the form <c>__key__</c>, which every node may carry.</summary>
    internal static bool IsAnnotation(string key) =>
        key.Length > 4
        && key.StartsWith("__", StringComparison.Ordinal)
        && key.EndsWith("__", StringComparison.Ordinal);

    /// <summary>True when this is one of the hidden keys, with its underscores.</summary>
    internal static bool IsWrappedHidden(string key) => IsAnnotation(key) && s_hidden.Contains(key[2..^2]);

    internal static string Wrap(string key) => $"__{key}__";

    /// <summary>The key as nodes keep it: <c>lr_mult</c> becomes <c>__lr_mult__</c>.</summary>
    /// <exception cref="SymbolException">The key is of the old kind that speaks of an input, like weight_lr_mult.</exception>
    internal static string Normalize(string key, string value, string symbol)
    {
        foreach (string hidden in s_hidden)
        {
            if (key.StartsWith(hidden, StringComparison.Ordinal))
                return Wrap(key);
            if (key.EndsWith(hidden, StringComparison.Ordinal))
            {
                string input = key[..^hidden.Length].TrimEnd('_');
                throw new SymbolException(
                    symbol,
                    $"the attribute '{key}' speaks of an input, which is out of use. Make the input yourself, with "
                        + $"Symbol.Variable and the attribute {hidden} = {value}, and pass it as '{input}'."
                );
            }
        }

        return key;
    }
}
