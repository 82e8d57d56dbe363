using CoreEngine.Graphs;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>Binding to arrays that the caller has.</content>
internal static unsafe partial class ExecutorCalls
{
    internal static void MXExecutorBind(
        nint symbolHandle,
        int devType,
        int devId,
        uint len,
        nint* inArgs,
        nint* argGradStore,
        uint* gradReqType,
        uint auxStatesLen,
        nint* auxStates,
        nint* @out
    ) =>
        MXExecutorBindX(
            symbolHandle,
            devType,
            devId,
            0,
            null,
            null,
            null,
            len,
            inArgs,
            argGradStore,
            gradReqType,
            auxStatesLen,
            auxStates,
            @out
        );

    internal static void MXExecutorBindX(
        nint symbolHandle,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint len,
        nint* inArgs,
        nint* argGradStore,
        uint* gradReqType,
        uint auxStatesLen,
        nint* auxStates,
        nint* @out
    ) =>
        MXExecutorBindEX(
            symbolHandle,
            devType,
            devId,
            numMapKeys,
            mapKeys,
            mapDevTypes,
            mapDevIds,
            len,
            inArgs,
            argGradStore,
            gradReqType,
            auxStatesLen,
            auxStates,
            sharedExec: 0,
            @out
        );

    internal static void MXExecutorBindEX(
        nint symbolHandle,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint len,
        nint* inArgs,
        nint* argGradStore,
        uint* gradReqType,
        uint auxStatesLen,
        nint* auxStates,
        nint sharedExec,
        nint* @out
    )
    {
        Graph graph = Handles.Symbol(symbolHandle, "symbol_handle").Graph;
        Device device = Devices.Of(devType, devId);
        var options = new BindOptions
        {
            GroupDevices = Groups(mapKeys, mapDevTypes, mapDevIds, numMapKeys),
            SharedExecutor = Optional(sharedExec, "shared_exec"),
            SharesResults = true,
        };
        NDArray[] arguments = Handles.Arrays(inArgs, len, "in_args");
        // NULL in the place of all gradients means none.
        NDArray?[] gradients = argGradStore is null ? [] : Handles.OptionalArrays(argGradStore, len, "arg_grad_store");
        var requests = new GradientRequest[gradients.Length];
        if (Array.Exists(gradients, gradient => gradient is not null))
        {
            ReadOnlySpan<uint> codes = Pointers.Span(gradReqType, len, "grad_req_type");
            for (int i = 0; i < codes.Length; i++)
            {
                requests[i] = Request(codes[i], i);
            }
        }

        NDArray[] states = Handles.Arrays(auxStates, auxStatesLen, "aux_states");
        Pointers.Require(@out, nameof(@out));
        var executor = new Executor(graph, device, arguments, gradients, requests, states, options);
        *@out = Handles.Add(HandleKind.Executor, executor);
    }

    private static GradientRequest Request(uint code, int place) =>
        code switch
        {
            0 => GradientRequest.Null,
            // 2 allows to write where an input lies, which the planner of memory decides by itself.
            1 or 2 => GradientRequest.Write,
            3 => GradientRequest.Add,
            _ => throw new EngineException(
                $"'grad_req_type[{place}]' is {code}; it must be 0 (none), 1 (write), 2 (write in place) or 3 (add)."
            ),
        };

    private static Dictionary<string, Device> Groups(byte** keys, int* types, int* ids, uint count)
    {
        string[] names = Text.ReadAll(keys, count, "keys of the groups");
        ReadOnlySpan<int> deviceTypes = Pointers.Span(types, count, "device types of the groups");
        ReadOnlySpan<int> deviceIds = Pointers.Span(ids, count, "device numbers of the groups");
        var groups = new Dictionary<string, Device>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            groups[names[i]] = Devices.Of(deviceTypes[i], deviceIds[i]);
        }

        return groups;
    }
}
