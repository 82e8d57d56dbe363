using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>Calls of operators on arrays.</summary>
internal static unsafe partial class OperatorCalls
{
    internal static void MXImperativeInvoke(
        nint creator,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int numParams,
        byte** paramKeys,
        byte** paramVals
    ) => Invoke(creator, numInputs, inputs, numOutputs, outputs, numParams, paramKeys, paramVals);

    internal static void MXImperativeInvokeEx(
        nint creator,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int numParams,
        byte** paramKeys,
        byte** paramVals,
        int** outStypes
    )
    {
        Pointers.Require(outStypes, "out_stypes");
        NDArray[] results = Invoke(creator, numInputs, inputs, numOutputs, outputs, numParams, paramKeys, paramVals);
        *outStypes = Results.StorageTypes(results);
    }

    private static NDArray[] Invoke(
        nint creator,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int numParams,
        byte** paramKeys,
        byte** paramVals
    )
    {
        OperatorEntry entry = Handles.Operator(creator, nameof(creator));
        NDArray[] arrays = Handles.Arrays(inputs, numInputs, nameof(inputs));
        BoundOperator bound = entry.Bind(numInputs, numParams, paramKeys, paramVals);
        var given = new GivenOutputs(numOutputs, outputs);
        NDArray[] results = Imperative.Invoke(bound, arrays, given.Arrays);
        given.Return(results);
        return results;
    }
}
