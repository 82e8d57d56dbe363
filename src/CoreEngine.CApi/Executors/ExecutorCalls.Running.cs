using System.Text;

namespace CoreEngine.CApi;

/// <content>Running executors, and looking at them.</content>
internal static unsafe partial class ExecutorCalls
{
    internal static void MXExecutorFree(nint handle) =>
        (Handles.Remove(handle, HandleKind.Executor, nameof(handle)) as Executor)?.Dispose();

    internal static void MXExecutorPrint(nint handle, byte** outStr)
    {
        string text = Get(handle, nameof(handle)).ToDebugString();
        Pointers.Require(outStr, "out_str");
        *outStr = ReturnBuffers.Mx.Text(text);
    }

    internal static void MXExecutorForward(nint handle, int isTrain) =>
        Get(handle, nameof(handle)).Forward(isTrain != 0);

    internal static void MXExecutorBackward(nint handle, uint len, nint* headGrads) =>
        MXExecutorBackwardEx(handle, len, headGrads, isTrain: 1);

    internal static void MXExecutorBackwardEx(nint handle, uint len, nint* headGrads, int isTrain)
    {
        Executor executor = Get(handle, nameof(handle));
        NDArray?[] given = Handles.OptionalArrays(headGrads, len, "head_grads");
        // Frontends call this whether or not they asked for gradients.
        if (executor.Gradients.All(gradient => gradient is null))
            return;
        // Those of the last outputs may be left out.
        if (given.Length > 0 && given.Length < executor.Outputs.Count)
            Array.Resize(ref given, executor.Outputs.Count);
        executor.Backward(given, isTraining: isTrain != 0);
    }

    internal static void MXExecutorOutputs(nint handle, uint* outSize, nint** @out)
    {
        Executor executor = Get(handle, nameof(handle));
        Pointers.Require(outSize, "out_size");
        Pointers.Require(@out, nameof(@out));
        *@out = ReturnBuffers.Mx.Handles(Handles.AddAll([.. executor.Outputs.Select(array => array.Detach())]));
        *outSize = (uint)executor.Outputs.Count;
    }

    internal static void MXExecutorSetMonitorCallback(
        nint handle,
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle
    ) => MXExecutorSetMonitorCallbackEX(handle, callback, callbackHandle, monitorAll: 0);

    internal static void MXExecutorSetMonitorCallbackEX(
        nint handle,
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle,
        byte monitorAll
    ) =>
        Get(handle, nameof(handle))
            .SetMonitor(
                callback is null ? null : (name, array) => Report(callback, callbackHandle, name, array),
                includesInputs: monitorAll != 0
            );

    private static void Report(
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle,
        string name,
        NDArray array
    )
    {
        byte[] text = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, text);
        fixed (byte* pointer = text)
        {
            callback(pointer, Handles.Add(array), callbackHandle);
        }
    }

    private static Executor Get(nint handle, string argument) =>
        Handles.Get<Executor>(handle, HandleKind.Executor, argument);

    /// <summary>An executor that may be NULL.</summary>
    private static Executor? Optional(nint handle, string argument) => handle == 0 ? null : Get(handle, argument);
}
