using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>Graphs that are called like operators.</content>
internal static unsafe partial class AutogradCalls
{
    // Names that MXNet knows; here graphs are always planned for their shapes, whatever these say.
    private static readonly string[] s_flags =
    [
        "inline_limit",
        "forward_bulk_size",
        "backward_bulk_size",
        "static_alloc",
        "static_shape",
        "is_dynamic",
        "data_indices",
        "param_indices",
    ];

    internal static void MXCreateCachedOp(nint handle, nint* @out)
    {
        Symbol symbol = Handles.Symbol(handle, nameof(handle));
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(HandleKind.CachedOp, new CachedOp(symbol));
    }

    internal static void MXCreateCachedOpEx(nint handle, int numFlags, byte** keys, byte** vals, nint* @out)
    {
        foreach (string key in Text.Attributes(keys, vals, numFlags).Keys)
        {
            if (Array.IndexOf(s_flags, key) < 0)
            {
                throw new EngineException(
                    $"A cached operator has no flag '{key}'; there are {string.Join(", ", s_flags)}."
                );
            }
        }

        MXCreateCachedOp(handle, @out);
    }

    internal static void MXFreeCachedOp(nint handle) => Handles.Remove(handle, HandleKind.CachedOp, nameof(handle));

    internal static void MXInvokeCachedOp(nint handle, int numInputs, nint* inputs, int* numOutputs, nint** outputs) =>
        Invoke(handle, numInputs, inputs, numOutputs, outputs);

    internal static void MXInvokeCachedOpEx(
        nint handle,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int** outStypes
    )
    {
        Pointers.Require(outStypes, "out_stypes");
        NDArray[] results = Invoke(handle, numInputs, inputs, numOutputs, outputs);
        *outStypes = Results.StorageTypes(results);
    }

    private static NDArray[] Invoke(nint handle, int numInputs, nint* inputs, int* numOutputs, nint** outputs)
    {
        CachedOp op = Handles.Get<CachedOp>(handle, HandleKind.CachedOp, nameof(handle));
        NDArray[] arguments = Handles.Arrays(inputs, numInputs, nameof(inputs));
        var given = new GivenOutputs(numOutputs, outputs);
        NDArray?[] results = given.Arrays.Length > 0 ? [.. given.Arrays] : new NDArray?[op.OutputNames.Count];
        op.Run(arguments, results);
        given.Return(results!);
        return results!;
    }
}
