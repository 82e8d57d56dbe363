using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>
/// Kernels compiled at run time from CUDA source. This build has no GPU, so nothing can be compiled: arguments are checked as
/// ever, and whoever gets them right is told so and what to do instead.
/// </summary>
internal static unsafe class RuntimeCompilationCalls
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
    )
    {
        Pointers.Require(@out, nameof(@out));
        string kernelName = Text.Read(name, nameof(name));
        Text.ReadAll(inputNames, numInput, nameof(inputNames));
        Text.ReadAll(outputNames, numOutput, nameof(outputNames));
        Handles.Arrays(inputs, numInput, nameof(inputs));
        Handles.Arrays(outputs, numOutput, nameof(outputs));
        Text.Read(kernel, nameof(kernel));
        throw NoGpu($"the kernel '{kernelName}' cannot be compiled");
    }

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
    )
    {
        Handles.Get<object>(handle, HandleKind.CudaKernel, nameof(handle));
        Handles.Arrays(inputs, numInput, nameof(inputs));
        Handles.Arrays(outputs, numOutput, nameof(outputs));
        CheckGrid(gridDimX, gridDimY, gridDimZ, blockDimX, blockDimY, blockDimZ);
        throw NoGpu("no kernel can run");
    }

    internal static void MXRtcFree(nint handle) => Handles.Remove(handle, HandleKind.CudaKernel, nameof(handle));

    internal static void MXRtcCudaModuleCreate(
        byte* source,
        int numOptions,
        byte** options,
        int numExports,
        byte** exports,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        Text.Read(source, nameof(source));
        Text.ReadAll(options, numOptions, nameof(options));
        Text.ReadAll(exports, numExports, nameof(exports));
        throw NoGpu("CUDA source cannot be compiled");
    }

    internal static void MXRtcCudaModuleFree(nint handle) =>
        Handles.Remove(handle, HandleKind.CudaModule, nameof(handle));

    internal static void MXRtcCudaKernelCreate(
        nint handle,
        byte* name,
        int numArgs,
        int* isNdarray,
        int* isConst,
        int* argTypes,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        Handles.Get<object>(handle, HandleKind.CudaModule, nameof(handle));
        string kernelName = Text.Read(name, nameof(name));
        Pointers.Span(isNdarray, numArgs, nameof(isNdarray));
        Pointers.Span(isConst, numArgs, nameof(isConst));
        Pointers.Span(argTypes, numArgs, nameof(argTypes));
        throw NoGpu($"there is no kernel '{kernelName}'");
    }

    internal static void MXRtcCudaKernelFree(nint handle) =>
        Handles.Remove(handle, HandleKind.CudaKernel, nameof(handle));

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
    )
    {
        Handles.Get<object>(handle, HandleKind.CudaKernel, nameof(handle));
        CheckGrid(gridDimX, gridDimY, gridDimZ, blockDimX, blockDimY, blockDimZ);
        throw NoGpu($"no kernel can run on gpu({devId})");
    }

    /// <summary>Checks what every GPU demands of a launch.</summary>
    private static void CheckGrid(uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ)
    {
        if (gridX == 0 || gridY == 0 || gridZ == 0 || blockX == 0 || blockY == 0 || blockZ == 0)
        {
            throw new EngineException(
                $"The grid ({gridX}, {gridY}, {gridZ}) of blocks ({blockX}, {blockY}, {blockZ}) has an extent of 0."
            );
        }
    }

    private static NotSupportedException NoGpu(string problem) =>
        new(
            $"This build has no GPU support: {problem}. Compute on the CPU with the operators there are, or write one of your "
                + "own with MXCustomOpRegister."
        );
}
