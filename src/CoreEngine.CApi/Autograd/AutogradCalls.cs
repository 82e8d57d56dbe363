using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Recording, gradients, and what belongs to them.</summary>
internal static unsafe partial class AutogradCalls
{
    internal static void MXNDArrayGetGrad(nint handle, nint* @out)
    {
        NDArray array = Handles.Array(handle, nameof(handle));
        Pointers.Require(@out, nameof(@out));
        *@out = array.Gradient is { } gradient ? Handles.Add(gradient.Share()) : 0;
    }

    internal static void MXNDArrayDetach(nint handle, nint* @out)
    {
        NDArray array = Handles.Array(handle, nameof(handle));
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(array.Detach());
    }

    internal static void MXNDArraySetGradState(nint handle, int state) =>
        Handles.Array(handle, nameof(handle)).HasFreshGradient = state != 0;

    internal static void MXNDArrayGetGradState(nint handle, int* @out)
    {
        NDArray array = Handles.Array(handle, nameof(handle));
        Pointers.Require(@out, nameof(@out));
        *@out = array.HasFreshGradient ? 1 : 0;
    }

    internal static void MXAutogradSetIsRecording(int isRecording, int* prev)
    {
        (bool before, _) = Autograd.Swap(isRecording != 0, Autograd.IsTraining);
        if (prev is not null)
            *prev = before ? 1 : 0;
    }

    internal static void MXAutogradSetIsTraining(int isTraining, int* prev)
    {
        (_, bool before) = Autograd.Swap(Autograd.IsRecording, isTraining != 0);
        if (prev is not null)
            *prev = before ? 1 : 0;
    }

    internal static void MXAutogradIsRecording(byte* curr)
    {
        Pointers.Require(curr, nameof(curr));
        *curr = Autograd.IsRecording ? (byte)1 : (byte)0;
    }

    internal static void MXAutogradIsTraining(byte* curr)
    {
        Pointers.Require(curr, nameof(curr));
        *curr = Autograd.IsTraining ? (byte)1 : (byte)0;
    }

    internal static void MXAutogradMarkVariables(uint numVar, nint* varHandles, uint* reqsArray, nint* gradHandles)
    {
        NDArray[] variables = Handles.Arrays(varHandles, numVar, "var_handles");
        ReadOnlySpan<uint> requests = Pointers.Span(reqsArray, numVar, "reqs_array");
        NDArray[] gradients = Handles.Arrays(gradHandles, numVar, "grad_handles");
        var wanted = new GradientRequest[requests.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = requests[i] switch
            {
                0 => GradientRequest.Null,
                1 or 2 => GradientRequest.Write,
                3 => GradientRequest.Add,
                _ => throw new EngineException(
                    $"'reqs_array[{i}]' is {requests[i]}; it must be 0 (null), 1 (write), 2 (write in place) or 3 (add)."
                ),
            };
        }

        for (int i = 0; i < variables.Length; i++)
        {
            // A handle of its own: the caller may free his.
            Autograd.MarkVariable(variables[i], gradients[i].Share(), wanted[i]);
        }
    }

    internal static void MXAutogradComputeGradient(uint numOutput, nint* outputHandles) =>
        MXAutogradBackward(numOutput, outputHandles, null, 0);

    internal static void MXAutogradBackward(uint numOutput, nint* outputHandles, nint* ogradHandles, int retainGraph)
    {
        NDArray[] heads = Handles.Arrays(outputHandles, numOutput, "output_handles");
        Autograd.Backward(heads, HeadGradients(ogradHandles, numOutput), retainGraph != 0);
    }

    internal static void MXAutogradBackwardEx(
        uint numOutput,
        nint* outputHandles,
        nint* ogradHandles,
        uint numVariables,
        nint* varHandles,
        int retainGraph,
        int createGraph,
        int isTrain,
        nint** gradHandles,
        int** gradStypes
    )
    {
        NDArray[] heads = Handles.Arrays(outputHandles, numOutput, "output_handles");
        NDArray?[] headGradients = HeadGradients(ogradHandles, numOutput);
        if (numVariables == 0)
        {
            Autograd.Backward(heads, headGradients, retainGraph != 0 || createGraph != 0, isTrain != 0);
            return;
        }

        NDArray[] variables = Handles.Arrays(varHandles, numVariables, "var_handles");
        Pointers.Require(gradHandles, "grad_handles");
        Pointers.Require(gradStypes, "grad_stypes");
        NDArray[] gradients = Autograd.Gradients(
            heads,
            variables,
            headGradients,
            retainGraph != 0,
            createGraph != 0,
            isTrain != 0
        );
        *gradStypes = Results.StorageTypes(gradients);
        *gradHandles = Results.Handles(gradients);
    }

    internal static void MXAutogradGetSymbol(nint handle, nint* @out)
    {
        NDArray array = Handles.Array(handle, nameof(handle));
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(Symbol.FromRecorded(array));
    }

    private static NDArray?[] HeadGradients(nint* handles, uint count) =>
        handles is null ? [] : Handles.OptionalArrays(handles, count, "ograd_handles");
}
