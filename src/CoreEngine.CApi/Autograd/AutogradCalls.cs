namespace CoreEngine.CApi;

internal static unsafe partial class AutogradCalls
{
    internal static void MXNDArrayGetGrad(nint handle, nint* @out) =>
        throw new NotSupportedException("MXNDArrayGetGrad is not there yet.");

    internal static void MXNDArrayDetach(nint handle, nint* @out) =>
        throw new NotSupportedException("MXNDArrayDetach is not there yet.");

    internal static void MXNDArraySetGradState(nint handle, int state) =>
        throw new NotSupportedException("MXNDArraySetGradState is not there yet.");

    internal static void MXNDArrayGetGradState(nint handle, int* @out) =>
        throw new NotSupportedException("MXNDArrayGetGradState is not there yet.");

    internal static void MXAutogradSetIsRecording(int isRecording, int* prev) =>
        throw new NotSupportedException("MXAutogradSetIsRecording is not there yet.");

    internal static void MXAutogradSetIsTraining(int isTraining, int* prev) =>
        throw new NotSupportedException("MXAutogradSetIsTraining is not there yet.");

    internal static void MXAutogradIsRecording(byte* curr) =>
        throw new NotSupportedException("MXAutogradIsRecording is not there yet.");

    internal static void MXAutogradIsTraining(byte* curr) =>
        throw new NotSupportedException("MXAutogradIsTraining is not there yet.");

    internal static void MXAutogradMarkVariables(uint numVar, nint* varHandles, uint* reqsArray, nint* gradHandles) =>
        throw new NotSupportedException("MXAutogradMarkVariables is not there yet.");

    internal static void MXAutogradComputeGradient(uint numOutput, nint* outputHandles) =>
        throw new NotSupportedException("MXAutogradComputeGradient is not there yet.");

    internal static void MXAutogradBackward(uint numOutput, nint* outputHandles, nint* ogradHandles, int retainGraph) =>
        throw new NotSupportedException("MXAutogradBackward is not there yet.");

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
    ) => throw new NotSupportedException("MXAutogradBackwardEx is not there yet.");

    internal static void MXAutogradGetSymbol(nint handle, nint* @out) =>
        throw new NotSupportedException("MXAutogradGetSymbol is not there yet.");

    internal static void MXCreateCachedOp(nint handle, nint* @out) =>
        throw new NotSupportedException("MXCreateCachedOp is not there yet.");

    internal static void MXFreeCachedOp(nint handle) =>
        throw new NotSupportedException("MXFreeCachedOp is not there yet.");

    internal static void MXInvokeCachedOp(nint handle, int numInputs, nint* inputs, int* numOutputs, nint** outputs) =>
        throw new NotSupportedException("MXInvokeCachedOp is not there yet.");

    internal static void MXInvokeCachedOpEx(
        nint handle,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int** outStypes
    ) => throw new NotSupportedException("MXInvokeCachedOpEx is not there yet.");

    internal static void MXCreateCachedOpEx(nint handle, int numFlags, byte** keys, byte** vals, nint* @out) =>
        throw new NotSupportedException("MXCreateCachedOpEx is not there yet.");
}
