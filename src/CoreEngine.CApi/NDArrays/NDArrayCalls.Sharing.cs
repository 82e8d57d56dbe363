using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Arrays that other processes or other libraries see.</summary>
internal static unsafe partial class NDArrayCalls
{
    internal static void MXNDArrayGetSharedMemHandle(nint handle, int* sharedPid, int* sharedId)
    {
        Pointers.Require(sharedPid, nameof(sharedPid));
        Pointers.Require(sharedId, nameof(sharedId));
        (*sharedPid, *sharedId) = Handles.Array(handle, nameof(handle)).ToSharedMemory();
    }

    internal static void MXNDArrayCreateFromSharedMem(
        int sharedPid,
        int sharedId,
        uint* shape,
        uint ndim,
        int dtype,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        OpenShared(sharedPid, sharedId, ArrayArguments.Shape(shape, ndim, nameof(shape)), dtype, @out);
    }

    internal static void MXNDArrayCreateFromSharedMemEx(
        int sharedPid,
        int sharedId,
        int* shape,
        int ndim,
        int dtype,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        OpenShared(sharedPid, sharedId, ArrayArguments.Shape(shape, ndim, nameof(shape)), dtype, @out);
    }

    internal static void MXNDArrayToDLPack(nint handle, nint* outDlpack)
    {
        Pointers.Require(outDlpack, nameof(outDlpack));
        *outDlpack = (nint)DLPackLoan.Lend(Handles.Array(handle, nameof(handle)));
    }

    internal static void MXNDArrayFromDLPack(nint dlpack, nint* outHandle) =>
        MXNDArrayFromDLPackEx(dlpack, transientHandle: 0, outHandle);

    internal static void MXNDArrayFromDLPackEx(nint dlpack, byte transientHandle, nint* outHandle)
    {
        Pointers.Require(outHandle, nameof(outHandle));
        *outHandle = Handles.Add(DLPackOwner.Take((DLManagedTensor*)dlpack, transientHandle != 0));
    }

    internal static void MXNDArrayCallDLPackDeleter(nint dlpack)
    {
        var tensor = (DLManagedTensor*)dlpack;
        if (tensor is not null && tensor->Deleter is not null)
            tensor->Deleter(tensor);
    }

    private static void OpenShared(int processId, int id, Shape shape, int dtype, nint* @out)
    {
        DType type = ArrayArguments.Type(dtype, nameof(dtype));
        if (!shape.IsKnown)
            throw new EngineException($"'{nameof(shape)}' is {shape}; arrays in shared memory have elements.");
        *@out = Handles.Add(NDArray.FromSharedMemory(processId, id, shape, type));
    }
}
