using System.Numerics;
using CoreEngine.Graphs;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>Binding to new arrays.</content>
internal static unsafe partial class ExecutorCalls
{
    internal static void MXExecutorSimpleBind(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        uint* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    ) =>
        SimpleBind(
            symbolHandle,
            devType,
            devId,
            numG2cKeys,
            g2cKeys,
            g2cDevTypes,
            g2cDevIds,
            providedGradReqListLen,
            providedGradReqNames,
            providedGradReqTypes,
            numProvidedArgShapes,
            providedArgShapeNames,
            providedArgShapeData,
            providedArgShapeIdx,
            numProvidedArgDtypes,
            providedArgDtypeNames,
            providedArgDtypes,
            numProvidedArgStypes,
            providedArgStypeNames,
            providedArgStypes,
            numSharedArgNames,
            sharedArgNameList,
            sharedBufferLen,
            sharedBufferNameList,
            sharedBufferHandleList,
            updatedSharedBufferNameList,
            updatedSharedBufferHandleList,
            numInArgs,
            inArgs,
            argGrads,
            numAuxStates,
            auxStates,
            sharedExecHandle,
            @out
        );

    internal static void MXExecutorSimpleBindEx(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        int* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    ) =>
        SimpleBind(
            symbolHandle,
            devType,
            devId,
            numG2cKeys,
            g2cKeys,
            g2cDevTypes,
            g2cDevIds,
            providedGradReqListLen,
            providedGradReqNames,
            providedGradReqTypes,
            numProvidedArgShapes,
            providedArgShapeNames,
            providedArgShapeData,
            providedArgShapeIdx,
            numProvidedArgDtypes,
            providedArgDtypeNames,
            providedArgDtypes,
            numProvidedArgStypes,
            providedArgStypeNames,
            providedArgStypes,
            numSharedArgNames,
            sharedArgNameList,
            sharedBufferLen,
            sharedBufferNameList,
            sharedBufferHandleList,
            updatedSharedBufferNameList,
            updatedSharedBufferHandleList,
            numInArgs,
            inArgs,
            argGrads,
            numAuxStates,
            auxStates,
            sharedExecHandle,
            @out
        );

    internal static void MXExecutorSimpleBindEx64(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        long* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    ) =>
        SimpleBind(
            symbolHandle,
            devType,
            devId,
            numG2cKeys,
            g2cKeys,
            g2cDevTypes,
            g2cDevIds,
            providedGradReqListLen,
            providedGradReqNames,
            providedGradReqTypes,
            numProvidedArgShapes,
            providedArgShapeNames,
            providedArgShapeData,
            providedArgShapeIdx,
            numProvidedArgDtypes,
            providedArgDtypeNames,
            providedArgDtypes,
            numProvidedArgStypes,
            providedArgStypeNames,
            providedArgStypes,
            numSharedArgNames,
            sharedArgNameList,
            sharedBufferLen,
            sharedBufferNameList,
            sharedBufferHandleList,
            updatedSharedBufferNameList,
            updatedSharedBufferHandleList,
            numInArgs,
            inArgs,
            argGrads,
            numAuxStates,
            auxStates,
            sharedExecHandle,
            @out
        );

    private static void SimpleBind<T>(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        T* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        Symbol symbol = Handles.Symbol(symbolHandle, "symbol_handle");
        Graph graph = symbol.Graph;
        Device device = Devices.Of(devType, devId);
        // Callers name the inputs of all their symbols; this one need not have each.
        HashSet<string> variables = [.. symbol.ListInputs()];
        Dictionary<string, Shape> shapes = ByName(
            variables,
            providedArgShapeNames,
            ShapeLists.Read(providedArgShapeData, providedArgShapeIdx, numProvidedArgShapes, "provided_arg_shape_idx"),
            "provided_arg_shape_names"
        );
        Dictionary<string, DType> types = ByName(
            variables,
            providedArgDtypeNames,
            Types.Read(providedArgDtypes, numProvidedArgDtypes, "provided_arg_dtypes"),
            "provided_arg_dtype_names"
        );
        Dictionary<string, StorageType> storage = ByName(
            variables,
            providedArgStypeNames,
            Types.ReadStorage(providedArgStypes, numProvidedArgStypes, "provided_arg_stypes"),
            "provided_arg_stype_names"
        );
        GradientRequests requests = GradientRequestTexts.Read(
            symbol.ListArguments(),
            providedGradReqListLen,
            providedGradReqNames,
            providedGradReqTypes
        );
        var results = new BoundArrays(numInArgs, inArgs, argGrads, numAuxStates, auxStates);
        results.Require(graph.Arguments.Count, graph.AuxiliaryStates.Count);
        Pointers.Require(@out, nameof(@out));
        bool hasPool = sharedBufferLen is not null && *sharedBufferLen >= 0;
        Dictionary<string, NDArray>? pool = null;
        if (hasPool)
        {
            Pointers.Require(updatedSharedBufferNameList, "updated_shared_buffer_name_list");
            Pointers.Require(updatedSharedBufferHandleList, "updated_shared_buffer_handle_list");
            pool = ReadPool(*sharedBufferLen, sharedBufferNameList, sharedBufferHandleList);
        }

        Executor executor = Executor.SimpleBind(
            symbol,
            shapes,
            requests,
            types,
            device,
            new BindOptions
            {
                GroupDevices = Groups(g2cKeys, g2cDevTypes, g2cDevIds, numG2cKeys),
                SharedExecutor = Optional(sharedExecHandle, "shared_exec_handle"),
                SharesResults = true,
                SharedParameters = Text.ReadAll(sharedArgNameList, numSharedArgNames, "shared_arg_name_list"),
                SharedArrays = pool,
            },
            storage
        );
        results.Write(executor);
        if (pool is not null)
        {
            *updatedSharedBufferNameList = ReturnBuffers.Mx.Texts([.. pool.Keys]);
            *updatedSharedBufferHandleList = ReturnBuffers.Mx.Handles(Handles.AddAll([.. pool.Values]));
            *sharedBufferLen = pool.Count;
        }

        *@out = Handles.Add(HandleKind.Executor, executor);
    }

    private static Dictionary<string, NDArray> ReadPool(int count, byte** names, nint* arrays)
    {
        string[] keys = Text.ReadAll(names, count, "shared_buffer_name_list");
        NDArray[] values = Handles.Arrays(arrays, count, "shared_buffer_handle_list");
        var pool = new Dictionary<string, NDArray>(keys.Length, StringComparer.Ordinal);
        for (int i = 0; i < keys.Length; i++)
        {
            // What comes back is the caller's a second time.
            pool[keys[i]] = values[i].Detach();
        }

        return pool;
    }

    private static Dictionary<string, T> ByName<T>(HashSet<string> known, byte** keys, T[] values, string argument)
    {
        string[] names = Text.ReadAll(keys, values.Length, argument);
        var byName = new Dictionary<string, T>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (known.Contains(names[i]) && !byName.TryAdd(names[i], values[i]))
                throw new EngineException($"'{argument}' names '{names[i]}' twice.");
        }

        return byName;
    }
}
