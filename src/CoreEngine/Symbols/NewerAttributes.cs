namespace CoreEngine;

/// <summary>
/// Attributes that MXNet has had since versions after 1.0.0, with the values that ask for what 1.0.0 did without them.
/// Frontends write them without need, so models of those versions would be refused for nothing.
/// </summary>
internal static class NewerAttributes
{
    private static readonly string[] s_no = ["False", "0", "None"];
    private static readonly string[] s_none = ["None"];
    private static readonly string[] s_firstAxis = ["0"];
    private static readonly string[] s_float32 = ["float32"];
    private static readonly string[] s_noAxes = ["()", "[]", "None"];

    // How fast something runs, not what comes out.
    private static readonly string[] s_anything = [];

    private static readonly Dictionary<(string Operator, string Key), string[]> s_harmless = new()
    {
        [("Pooling", "count_include_pad")] = ["True", "1", "None"],
        [("Pooling", "layout")] = ["NCW", "NCHW", "NCDHW", "None"],
        [("Pooling", "p_value")] = s_none,
        [("Dropout", "axes")] = s_noAxes,
        [("Dropout", "cudnn_off")] = s_anything,
        [("BilinearSampler", "cudnn_off")] = s_anything,
        [("SpatialTransformer", "cudnn_off")] = s_anything,
        [("BatchNorm", "min_calib_range")] = s_none,
        [("BatchNorm", "max_calib_range")] = s_none,
        [("Embedding", "sparse_grad")] = s_no,
        [("dot", "forward_stype")] = ["default", "None"],
        [("batch_dot", "forward_stype")] = ["default", "None"],
        [("softmax", "temperature")] = ["1", "1.0", "None"],
        [("softmax", "dtype")] = s_none,
        [("softmax", "use_length")] = s_no,
        [("log_softmax", "temperature")] = ["1", "1.0", "None"],
        [("log_softmax", "dtype")] = s_none,
        [("log_softmax", "use_length")] = s_no,
        [("SequenceMask", "axis")] = s_firstAxis,
        [("SequenceLast", "axis")] = s_firstAxis,
        [("SequenceReverse", "axis")] = s_firstAxis,
        [("topk", "dtype")] = s_float32,
        [("argsort", "dtype")] = s_float32,
        [("pick", "mode")] = ["clip"],
        [("_arange", "infer_range")] = s_no,
        [("RNN", "projection_size")] = s_none,
        [("RNN", "lstm_state_clip_min")] = s_none,
        [("RNN", "lstm_state_clip_max")] = s_none,
        [("RNN", "lstm_state_clip_nan")] = s_no,
        [("RNN", "use_sequence_length")] = s_no,
        [("sum", "axis")] = s_noAxes,
        [("mean", "axis")] = s_noAxes,
        [("prod", "axis")] = s_noAxes,
        [("nansum", "axis")] = s_noAxes,
        [("nanprod", "axis")] = s_noAxes,
        [("max", "axis")] = s_noAxes,
        [("min", "axis")] = s_noAxes,
        [("norm", "ord")] = ["2"],
        [("norm", "axis")] = s_none,
        [("norm", "keepdims")] = s_no,
        [("norm", "out_dtype")] = s_none,
    };

    /// <summary>Drops such attributes; whatever else is unknown stays, and is refused when the operator parses it.</summary>
    internal static void Drop(SymbolDocumentNode node)
    {
        foreach ((string key, string value) in node.Attributes)
        {
            if (
                s_harmless.TryGetValue((node.Operator, key), out string[]? values)
                && (values.Length == 0 || values.Contains(value, StringComparer.OrdinalIgnoreCase))
            )
            {
                node.Attributes.Remove(key);
            }
        }
    }
}
