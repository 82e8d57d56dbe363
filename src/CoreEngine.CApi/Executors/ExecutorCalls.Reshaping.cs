using System.Numerics;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>The same computation with other shapes.</content>
internal static unsafe partial class ExecutorCalls
{
    internal static void MXExecutorReshape(
        int partialShaping,
        int allowUpSizing,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        uint* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExec,
        nint* @out
    ) =>
        Reshape(
            partialShaping,
            allowUpSizing,
            devType,
            devId,
            numMapKeys,
            mapKeys,
            mapDevTypes,
            mapDevIds,
            numProvidedArgShapes,
            providedArgShapeNames,
            providedArgShapeData,
            providedArgShapeIdx,
            numInArgs,
            inArgs,
            argGrads,
            numAuxStates,
            auxStates,
            sharedExec,
            @out
        );

    internal static void MXExecutorReshapeEx(
        int partialShaping,
        int allowUpSizing,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        int* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExec,
        nint* @out
    ) =>
        Reshape(
            partialShaping,
            allowUpSizing,
            devType,
            devId,
            numMapKeys,
            mapKeys,
            mapDevTypes,
            mapDevIds,
            numProvidedArgShapes,
            providedArgShapeNames,
            providedArgShapeData,
            providedArgShapeIdx,
            numInArgs,
            inArgs,
            argGrads,
            numAuxStates,
            auxStates,
            sharedExec,
            @out
        );

    private static void Reshape<T>(
        int partialShaping,
        int allowUpSizing,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        T* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExec,
        nint* @out
    )
        where T : unmanaged, IBinaryInteger<T>
    {
        Executor executor = Get(sharedExec, "shared_exec");
        Device device = Devices.Of(devType, devId);
        if (device != executor.Device)
        {
            throw new EngineException(
                $"The executor runs on {executor.Device}; with other shapes it cannot run on {device}. Bind it anew."
            );
        }

        // The groups stay where they are: all arrays are the same.
        Groups(mapKeys, mapDevTypes, mapDevIds, numMapKeys);
        Dictionary<string, Shape> shapes = ByName(
            [.. executor.ArgumentNames, .. executor.AuxiliaryStateNames],
            providedArgShapeNames,
            ShapeLists.Read(providedArgShapeData, providedArgShapeIdx, numProvidedArgShapes, "provided_arg_shape_idx"),
            "provided_arg_shape_names"
        );
        var results = new BoundArrays(numInArgs, inArgs, argGrads, numAuxStates, auxStates);
        results.Require(executor.Arguments.Count, executor.AuxiliaryStates.Count);
        Pointers.Require(@out, nameof(@out));
        Executor reshaped = executor.Reshape(
            shapes,
            allowPartial: partialShaping != 0,
            allowGrowth: allowUpSizing != 0
        );
        results.Write(reshaped);
        *@out = Handles.Add(HandleKind.Executor, reshaped);
    }
}
