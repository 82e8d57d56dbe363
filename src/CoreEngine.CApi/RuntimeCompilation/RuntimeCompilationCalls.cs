namespace CoreEngine.CApi;

internal static unsafe partial class RuntimeCompilationCalls
{
    internal static void MXRtcCreate(
        byte* name,
        uint numInput,
        uint numOutput,
        byte** inputNames,
        byte** outputNames,
        nint* inputs,
        nint* outputs,
        byte* kernel,
        nint* @out
    ) => throw new NotSupportedException("MXRtcCreate is not there yet.");

    internal static void MXRtcPush(
        nint handle,
        uint numInput,
        uint numOutput,
        nint* inputs,
        nint* outputs,
        uint gridDimX,
        uint gridDimY,
        uint gridDimZ,
        uint blockDimX,
        uint blockDimY,
        uint blockDimZ
    ) => throw new NotSupportedException("MXRtcPush is not there yet.");

    internal static void MXRtcFree(nint handle) => throw new NotSupportedException("MXRtcFree is not there yet.");

    internal static void MXRtcCudaModuleCreate(
        byte* source,
        int numOptions,
        byte** options,
        int numExports,
        byte** exports,
        nint* @out
    ) => throw new NotSupportedException("MXRtcCudaModuleCreate is not there yet.");

    internal static void MXRtcCudaModuleFree(nint handle) =>
        throw new NotSupportedException("MXRtcCudaModuleFree is not there yet.");

    internal static void MXRtcCudaKernelCreate(
        nint handle,
        byte* name,
        int numArgs,
        int* isNdarray,
        int* isConst,
        int* argTypes,
        nint* @out
    ) => throw new NotSupportedException("MXRtcCudaKernelCreate is not there yet.");

    internal static void MXRtcCudaKernelFree(nint handle) =>
        throw new NotSupportedException("MXRtcCudaKernelFree is not there yet.");

    internal static void MXRtcCudaKernelCall(
        nint handle,
        int devId,
        void** args,
        uint gridDimX,
        uint gridDimY,
        uint gridDimZ,
        uint blockDimX,
        uint blockDimY,
        uint blockDimZ,
        uint sharedMem
    ) => throw new NotSupportedException("MXRtcCudaKernelCall is not there yet.");
}
