namespace CoreEngine.CApi;

internal static unsafe partial class CustomCalls
{
    internal static void MXCustomOpRegister(
        byte* opType,
        delegate* unmanaged[Cdecl]<byte*, int, byte**, byte**, MXCallbackList*, int> creator
    ) => throw new NotSupportedException("MXCustomOpRegister is not there yet.");

    internal static void MXCustomFunctionRecord(
        int numInputs,
        nint* inputs,
        int numOutputs,
        nint* outputs,
        MXCallbackList* callbacks
    ) => throw new NotSupportedException("MXCustomFunctionRecord is not there yet.");
}
